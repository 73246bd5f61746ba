import { addCycles, type CountedGroups, emptyHistogram } from "../bit-interleaving/counted-groups.ts";
import type { CycleParts, GroupProfile } from "../bit-interleaving/group-statistics.ts";
import { lockstepPes } from "../bit-interleaving/lockstep-sums.ts";
import { gridPlanes } from "../numerics/formats.ts";
import { sqnr } from "../numerics/quantize.ts";

/** How the groups of a layer, or of a network, distil: each group counts once, the mean over activation vectors. */
export interface GroupSummary {
  readonly groups: number;
  /** Mean cycles of a group. */
  readonly mean_cycles: number;
  /** Standard error of that mean over the activation vectors, in cycles; 0 where there is one vector. */
  readonly standardError_cycles: number;
  /** Cycles that 10, 50 and 90 % of the groups do not exceed, and the most that one takes. */
  readonly p10_cycles: number;
  readonly median_cycles: number;
  readonly p90_cycles: number;
  readonly largest_cycles: number;
  /** Groups by their cycles, index = cycles. */
  readonly histogram: readonly number[];
  /** Shares of all cycles by cause; they add up to 1. */
  readonly cycleShares: CycleParts;
  /** Share of the groups that each plane decides, index = significance. */
  readonly decidingShares: readonly number[];
  /** Weights by the number of essential bits of their magnitude in the format, before alignment; index = bits. */
  readonly essentialBits: readonly number[];
  /** What 2, 4, … 256 filters in lockstep take beyond the mean, as a share of it. */
  readonly lockstepLoss: Readonly<Record<string, number>>;
  /** Share of ones in each plane after alignment, index = significance. */
  readonly alignedPlaneDensity: readonly number[];
  /**
   * Signal-to-noise ratio of the weights as a processing element adds them up: rounding, alignment and disabled planes
   * are noise; null where nothing is lost.
   */
  readonly alignedSqnr_dB: number | null;
}

const sumOf = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0);

/** Summarizes statistics of one format and lane width together; at least one, with a group that takes cycles. */
export const summarizeGroups = (parts: readonly GroupProfile[]): GroupSummary =>
  summarizeCounted(
    parts.map((part) => {
      const histogram = emptyHistogram();
      addCycles(histogram, part.cycles);
      return { ...part, histogram };
    }),
  );

/** Summarizes tensors as `summarizeGroups` does. */
export const summarizeCounted = (parts: readonly CountedGroups[]): GroupSummary => {
  const histogram = addUp(parts.map(histogramOf));
  const groups = sumOf(histogram);
  const cycles = histogram.reduce((sum, count, length) => sum + count * length, 0);
  const total = (value: (part: CountedGroups) => number): number => sumOf(parts.map(value));
  const share = (cause: keyof CycleParts): number => total(({ cycleParts }) => cycleParts[cause]) / cycles;
  const quantile = (fraction: number): number => {
    let upTo = 0;
    return histogram.findIndex((count) => {
      upTo += count;
      return upTo >= fraction * groups;
    });
  };
  const deciding = addUp(parts.map(({ decidingGroups }) => [...decidingGroups]));
  const decided = sumOf(deciding);
  const weights = total(({ filters, reductionLength }) => filters * reductionLength);
  const noise = total(({ noisePower }) => noisePower);
  // Without a loss, a set of filters would take as long as the mean filter.
  const lockstep = addUp(parts.map(({ lockstepCycles }) => [...lockstepCycles]));
  const alone = (pes: number): number =>
    total((part) => (totalCycles(part) * Math.ceil(part.filters / pes)) / part.filters);
  return {
    groups,
    mean_cycles: cycles / groups,
    standardError_cycles: Math.sqrt(total((part) => (part.standardError * totalCycles(part)) ** 2)) / groups,
    p10_cycles: quantile(0.1),
    median_cycles: quantile(0.5),
    p90_cycles: quantile(0.9),
    largest_cycles: histogram.length - 1,
    histogram,
    cycleShares: {
      essential: share("essential"),
      imbalance: share("imbalance"),
      emptyWindows: share("emptyWindows"),
      padding: share("padding"),
    },
    decidingShares: deciding.map((count) => (decided === 0 ? 0 : count / decided)),
    essentialBits: addUp(parts.map(({ essentialBits }) => [...essentialBits])),
    lockstepLoss: Object.fromEntries(
      lockstepPes.map((pes, index) => [String(pes), lockstep[index] / alone(pes) - 1]),
    ),
    alignedPlaneDensity: Array.from(
      { length: gridPlanes },
      (_, plane) =>
        total(
          ({ planeDensity, filters, reductionLength }) => planeDensity[plane] * filters * reductionLength,
        ) / weights,
    ),
    alignedSqnr_dB:
      noise === 0
        ? null
        : sqnr(
            total(({ signalPower }) => signalPower),
            noise,
          ),
  };
};

const totalCycles = ({ cycleParts }: CountedGroups): number =>
  cycleParts.essential + cycleParts.imbalance + cycleParts.emptyWindows + cycleParts.padding;

/** Groups by their cycles, each with the share of one activation vector. */
const histogramOf = ({ histogram, vectors }: CountedGroups): number[] => {
  const longest = histogram.findLastIndex((count) => count > 0);
  return Array.from(histogram.subarray(0, longest + 1), (count) => count / vectors);
};

/** The sums, place by place, of lists that may differ in length. */
const addUp = (lists: readonly (readonly number[])[]): number[] =>
  Array.from({ length: Math.max(...lists.map(({ length }) => length)) }, (_, place) =>
    lists.reduce((sum, list) => sum + (list[place] ?? 0), 0),
  );
