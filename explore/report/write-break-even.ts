import { join } from "node:path";
import type { BreakEvenMap } from "../compare/break-even.ts";
import { breakEvenPlot } from "../plots/break-even-map.ts";
import type { TopLevelSpec } from "../plots/render.ts";
import { writePlot } from "../plots/write-plot.ts";
import { writeFileAtomically } from "../store/atomic-file.ts";
import { makeFolder } from "../store/make-folder.ts";
import { factorText, mapLayerText, mapTerms, wonBy } from "./break-even-text.ts";

/** The picture of a map. */
export const mapPlot = (map: BreakEvenMap): TopLevelSpec =>
  breakEvenPlot(
    {
      parameter: map.parameter,
      machines: map.machines.map(({ title }) => title),
      places: map.places
        .filter(({ contenders }) => contenders.length > 0)
        .map((place) => ({ ...place, ...wonBy(place, map) })),
      networks: map.networks
        .filter(({ contenders }) => contenders.length > 0)
        .map((network) => ({
          ...network,
          ...wonBy(network, map),
          network: network.mark === undefined ? network.network : `${network.network} (synthetic)`,
        })),
    },
    {
      title: `${map.name}: the fastest machine, and ${factorText(map)}`,
      subtitle: `${mapTerms(map)}; ${mapLayerText}`,
    },
  );

/** Writes a map and its picture into `<results>/<name>-break-even`; answers with that folder. */
export const writeBreakEven = async (map: BreakEvenMap, results: string): Promise<string> => {
  const directory = join(results, `${map.name}-break-even`);
  await makeFolder(directory);
  await writePlot(directory, "break-even", mapPlot(map));
  await writeFileAtomically(join(directory, "break-even.json"), `${JSON.stringify(map)}\n`);
  return directory;
};
