import { parseFormat } from "../../core/numerics/formats.ts";
import type { GroupSummary } from "../../core/workloads/group-summary.ts";
import { engineering } from "../table/engineering.ts";
import { textTable } from "../table/text-table.ts";
import type { Distilled } from "./distillation-profile.ts";

/** How groups distil, for a terminal: a table of cycles, a table of where they go, all layers together first. */
export const distillationText = (profile: Distilled): string => {
  const { layers } = profile;
  const rows = [profile.distillation, ...layers.map(({ distillation }) => distillation)];
  const names = { name: "layer", data: ["all", ...layers.map(({ name }) => name)] };
  const numbers = (name: string, value: (row: GroupSummary) => number) => ({
    name,
    data: Float64Array.from(rows, value),
  });
  const percent = (name: string, value: (row: GroupSummary) => number) =>
    numbers(name, (row) => Math.round(1e4 * value(row)) / 100);
  return [
    settingsText(profile),
    textTable([
      names,
      numbers("groups", ({ groups }) => groups),
      numbers("mean_cycles", (row) => row.mean_cycles),
      numbers("error_cycles", (row) => row.standardError_cycles),
      numbers("p10_cycles", (row) => row.p10_cycles),
      numbers("median_cycles", (row) => row.median_cycles),
      numbers("p90_cycles", (row) => row.p90_cycles),
      numbers("largest_cycles", (row) => row.largest_cycles),
      numbers("plane", decidingPlane),
      percent("plane_%", (row) => row.decidingShares[decidingPlane(row)]),
      numbers("aligned_sqnr_dB", (row) => row.alignedSqnr_dB ?? Number.POSITIVE_INFINITY),
    ]),
    "Where the cycles go, in percent: essential bits were they spread evenly over the planes, imbalance between planes, empty\n" +
      "check windows, padding of the last group; and what 32 filters in lockstep take beyond that",
    textTable([
      names,
      percent("essential_%", ({ cycleShares }) => cycleShares.essential),
      percent("imbalance_%", ({ cycleShares }) => cycleShares.imbalance),
      percent("empty_windows_%", ({ cycleShares }) => cycleShares.emptyWindows),
      percent("padding_%", ({ cycleShares }) => cycleShares.padding),
      percent("lockstep_32_%", ({ lockstepLoss }) => lockstepLoss["32"]),
    ]),
  ].join("\n");
};

/** The plane that decides most groups, the most significant of those. */
const decidingPlane = ({ decidingShares }: GroupSummary): number =>
  decidingShares.lastIndexOf(Math.max(...decidingShares));

const settingsText = ({ settings, distillation }: Distilled): string => {
  const { laneWidth, window, activePlanes, activationExponents, activationVectors, activationZeros } =
    settings;
  const kept = Math.min(activePlanes, parseFormat(settings.format).planes);
  const zeros = activationZeros === 0 ? "" : `, ${Math.round(1e4 * activationZeros) / 100} % of them zero`;
  const exponents = {
    ignore: "; equal activation exponents",
    distribution: `; ${activationVectors} vectors of half-normal activations${zeros}`,
    captured: "; captured activations",
  }[activationExponents];
  return (
    `Groups of ${laneWidth} lanes, ${window === 0 ? "no check window" : `a check window of ${window}`}, ` +
    `the top ${kept} planes${parseFormat(settings.format).kind === "float" ? exponents : ""}: ` +
    `${engineering(distillation.mean_cycles)} cycles a group in the mean over ${engineering(distillation.groups)} groups\n` +
    "Cycles are those of the scan; plane is the one that decides most groups; aligned_sqnr_dB counts rounding, alignment and disabled planes"
  );
};
