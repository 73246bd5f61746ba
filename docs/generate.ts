/**
 * Writes what is generated in this folder: the pictures, and the tables between the markers of bit-interleaving.md.
 * `npm run docs`; continuous integration asks that nothing changes.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { groupInterval } from "../core/bit-interleaving/timing.ts";
import { renderPlot } from "../explore/plots/render.ts";
import { type MeanScan, meanScan, sources } from "./gaussian-scans.ts";
import { interleavingFigures } from "./interleaving-figures.ts";
import { readMeasuredScans } from "./measured-scans.ts";

const groups = 100_000;
const inputPorts = 16;

const at = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const markdownTable = (rows: readonly (readonly string[])[]): string => {
  const [header, ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(header), `|${header.map(() => "---:").join("|")}|`, ...body.map(line)].join("\n");
};

/** Replaces what stands between the markers of a name. */
const fill = (text: string, name: string, content: string): string => {
  const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`bit-interleaving.md has no markers for ${name}`);
  return `${text.slice(0, from + begin.length)}\n${content}\n\n${text.slice(to)}`;
};

const measured = await readMeasuredScans();
const { laneWidths } = measured;
const scans: MeanScan[][] = sources.map((source) =>
  laneWidths.map((lanes) => meanScan(source, lanes, groups)),
);

/** How far the RTL's mean may be off: what as many groups as were simulated there deviate by. */
const theirError = ({ standardError }: MeanScan): number =>
  standardError * Math.sqrt(groups / measured.groups);

const scanTable = markdownTable([
  [
    "lanes",
    "operands",
    "mean cycles",
    "± standard error",
    "RTL, 60 groups",
    "± its standard error",
    "difference",
  ],
  ...laneWidths.flatMap((lanes, width) =>
    sources.map(({ name }, source) => {
      const ours = scans[source][width];
      const theirs = measured.means[name][width];
      return [
        String(lanes),
        name,
        ours.mean.toFixed(2),
        ours.standardError.toFixed(3),
        theirs.toFixed(1),
        theirError(ours).toFixed(2),
        `${(100 * (ours.mean / theirs - 1)).toFixed(1)} %`,
      ];
    }),
  ),
]);

const intervalTable = markdownTable([
  ["lanes", ...sources.map(({ name }) => `${name}, cycles a group`), "16-bit gains", "8-bit gains"],
  ...laneWidths.map((laneWidth, width) => {
    const intervals = sources.map(({ name }, source) =>
      groupInterval(
        "rtl",
        { kind: name === "float32" ? "float" : "fixed", laneWidth, inputPorts, window: 8 },
        scans[source][width].mean,
      ),
    );
    return [
      String(laneWidth),
      ...intervals.map((interval) => interval.toFixed(1)),
      ...intervals.slice(1).map((interval) => `${(100 * (intervals[0] / interval - 1)).toFixed(0)} %`),
    ];
  }),
]);

await mkdir(at("images"), { recursive: true });
for (const [name, spec] of Object.entries(interleavingFigures())) {
  await writeFile(at(`images/${name}.svg`), (await renderPlot(spec)).svg);
}
const page = at("bit-interleaving.md");
const text = await readFile(page, "utf8");
await writeFile(page, fill(fill(text, "scans", scanTable), "intervals", intervalTable));
