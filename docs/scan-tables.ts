import { groupInterval } from "../core/bit-interleaving/timing.ts";
import { type MeanScan, meanScan, sources } from "./gaussian-scans.ts";
import { markdownTable } from "./markdown.ts";
import { readMeasuredScans } from "./measured-scans.ts";

const groups = 100_000;
const inputPorts = 16;

/** The generated parts of bit-interleaving.md: mean scans beside those of the RTL, and the intervals that follow. */
export const scanTables = async (): Promise<Readonly<Record<"scans" | "intervals", string>>> => {
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
  return { scans: scanTable, intervals: intervalTable };
};
