/**
 * Writes what is generated in this folder: the pictures, and the parts between markers of the pages. `npm run docs`;
 * continuous integration asks that nothing changes.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as Effect from "effect/Effect";
import { loadTechnology } from "../explore/catalog/technology.ts";
import { renderPlot } from "../explore/plots/render.ts";
import { validatePublished } from "../explore/report/validate-published.ts";
import { allShareResults } from "./dram-share.ts";
import { clockTable, fitsTable, planesTable, sourcesTable, totalsTable } from "./energy-tables.ts";
import { fig7Pictures, fig7Tables } from "./fig7.ts";
import { identityTable, sharePlot, shareSentence, sharesTable } from "./fig9-tables.ts";
import { interleavingFigures } from "./interleaving-figures.ts";
import { machinePage, machineParts, machinesTable, pagedMachines } from "./machine-pages.ts";
import { fillPage } from "./markdown.ts";
import { dramTable, rangesTable, scalingTable, sramTable } from "./memory-tables.ts";
import { readFig9 } from "./micro21-fig9.ts";
import { operatorTable } from "./onnx-operators.ts";
import { mapPicture, mapTable } from "./recorded-map.ts";
import { scanTables } from "./scan-tables.ts";
import { shippedNetworksTable } from "./shipped-networks.ts";
import { twinTables } from "./synthetic-twins.ts";

const at = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const technology = await loadTechnology();
const fig9 = readFig9();
const results = await allShareResults(technology);

const pictures = {
  ...interleavingFigures(),
  "dram-share": sharePlot(results, fig9, technology),
  ...(await fig7Pictures()),
  "break-even": await mapPicture(),
};
await mkdir(at("images"), { recursive: true });
for (const [name, spec] of Object.entries(pictures)) {
  await writeFile(at(`images/${name}.svg`), (await renderPlot(spec)).svg);
}

await fillPage(at("bit-interleaving.md"), await scanTables());
await fillPage(at("onnx.md"), { operators: operatorTable() });
await fillPage(at("networks.md"), { "shipped networks": await shippedNetworksTable() });
await fillPage(at("synthetic-weights.md"), await twinTables());
await fillPage(at("comparison.md"), { ...(await fig7Tables()), "break-even": await mapTable(64) });
await fillPage(at("machines.md"), { machines: await machinesTable() });
const { checks } = await Effect.runPromise(validatePublished({ calibration: true }));
for (const name of pagedMachines()) await fillPage(machinePage(name), await machineParts(name, checks));
await fillPage(at("energy.md"), {
  totals: totalsTable(technology),
  planes: planesTable(technology),
  fits: fitsTable(technology),
  sources: sourcesTable(technology),
  clock: clockTable(technology),
  sram: sramTable(technology),
  dram: dramTable(technology),
  identity: identityTable(fig9, technology),
  "why they differ": shareSentence(results, fig9, technology),
  shares: sharesTable(results, technology),
  scaling: scalingTable(technology),
  ranges: rangesTable(technology),
});
