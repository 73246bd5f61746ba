import { gridPlanes } from "../numerics/formats.ts";
import type { Powers } from "../numerics/round-floats.ts";
import type { ActivationExponents } from "./activation-exponents.ts";
import { distilFilter } from "./distil-filter.ts";
import { addPlaneTotals, groupCounts, totalLevels } from "./sliced-counts.ts";

/** Where the cycles of groups go: sums over groups, which add up to the sum of all scans. */
export interface CycleParts {
  /** What the essential bits would take if they were spread evenly over the enabled planes. */
  readonly essential: number;
  /** What the fullest plane takes beyond that. */
  readonly imbalance: number;
  /** What the check window adds: windows without a one are visited too. */
  readonly emptyWindows: number;
  /** What the zeros behind the weights of an incomplete group add. */
  readonly padding: number;
}

/**
 * How the groups of one weight tensor distil, all groups together. Its powers are those of the weights as the processing
 * element adds them up: rounded to the format, without the bits that alignment, here with the first activation vector, and
 * disabled planes drop.
 */
export interface GroupTotals extends Powers {
  readonly filters: number;
  readonly reductionLength: number;
  /** Activation vectors the cycles were taken for; 1 where they do not depend on activations. */
  readonly vectors: number;
  /** Share of ones in each plane of the aligned weights, mean over vectors and filters; padding not counted. */
  readonly planeDensity: Float64Array;
  /** Standard error of the sum of all cycles, as a share of it: how far the mean over the vectors may be off. */
  readonly standardError: number;
  /** The sum of all cycles by cause, mean over vectors. */
  readonly cycleParts: CycleParts;
}

/** What a profile shows beyond what machines need. */
export interface GroupDetails {
  /** Groups that each plane decides, mean over vectors: the most significant of those that take longest. */
  readonly decidingGroups: Float64Array;
  /** Weights by the number of essential bits of their magnitude, 0 … 24, before alignment. */
  readonly essentialBits: Float64Array;
  /** Sum of all cycles of 2, 4, … 256 filters in lockstep (see `lockstepSums`). */
  readonly lockstepCycles: Float64Array;
}

/** The part of a tensor that is at hand: of each of `filters` filters the `length` weights from a group's first on. */
export interface TensorPart {
  readonly filters: number;
  readonly length: number;
  /** Shape [filters, length]. */
  readonly weights: Float32Array;
  readonly magnitudes: Int32Array;
  /** Absent where nothing is aligned. */
  readonly exponents: Uint8Array | undefined;
}

/** What is counted of filters until all their groups were distilled. */
export interface FilterCounts {
  /** Ones a plane over all vectors, shape [filters, 24]. */
  readonly ones: Float64Array;
  /** What alignment with the first vector lost, an entry a filter. */
  readonly lostPower: Float64Array;
}

/** What is counted of a tensor as far as its parts were distilled: whole numbers, but for what is said to be else. */
export interface GroupCounts {
  readonly filters: number;
  readonly reductionLength: number;
  readonly laneWidth: number;
  readonly window: number;
  /** Enabled planes. */
  readonly mask: number;
  readonly vectors: number;
  /** Σ cycles of each vector. */
  readonly vectorCycles: Float64Array;
  readonly deciding: Float64Array;
  readonly essentialBits: Float64Array;
  fullest: number;
  padding: number;
  /** Σ over the filters that are closed of their shares of ones, by plane, and of what their alignment lost: no whole numbers. */
  readonly shareSums: Float64Array;
  lostPower: number;
}

/** Counts of a tensor of which nothing was distilled yet. */
export const startGroups = (
  tensor: Pick<GroupCounts, "filters" | "reductionLength" | "laneWidth" | "window" | "mask" | "vectors">,
): GroupCounts => ({
  ...tensor,
  vectorCycles: new Float64Array(tensor.vectors),
  deciding: new Float64Array(gridPlanes),
  essentialBits: new Float64Array(gridPlanes + 1),
  fullest: 0,
  padding: 0,
  shareSums: new Float64Array(gridPlanes),
  lostPower: 0,
});

/** Counts of filters none of whose groups was distilled. */
export const startFilters = (filters: number): FilterCounts => ({
  ones: new Float64Array(filters * gridPlanes),
  lostPower: new Float64Array(filters),
});

/**
 * Distils the groups of a part, whose weights meet the activations from the first of each row on; answers with the cycles
 * of each group, shape [vectors, filters, groups]. Activations of several convolution groups need all filters at once.
 */
export const distilPart = (
  counts: GroupCounts,
  part: TensorPart,
  activations: ActivationExponents | undefined,
  own: FilterCounts,
): Uint16Array => {
  const { laneWidth, window, mask, vectors } = counts;
  const { filters, length } = part;
  const groups = Math.ceil(length / laneWidth);
  const filtersPerGroup = filters / (activations?.groups ?? 1);
  const tally = {
    cycles: new Uint16Array(vectors * filters * groups),
    ones: new Int32Array(totalLevels),
    deciding: counts.deciding,
    cycleSum: 0,
    fullest: 0,
    padding: 0,
    lostPower: 0,
  };
  const job = {
    weights: part.weights,
    magnitudes: part.magnitudes,
    weightExponents: part.exponents,
    laneWidth,
    window,
    mask,
    words: new Int32Array(Math.ceil(laneWidth / 8) * 8),
    ones: groupCounts(laneWidth),
    empty: groupCounts(laneWidth),
    scans: groupCounts(laneWidth),
  };
  for (let vector = 0; vector < vectors; vector++) {
    const before = tally.cycleSum;
    for (let filter = 0; filter < filters; filter++) {
      tally.ones.fill(0);
      tally.lostPower = own.lostPower[filter];
      const row = vector * (activations?.groups ?? 1) + Math.floor(filter / filtersPerGroup);
      distilFilter(
        job,
        filter * length,
        length,
        activations?.exponents,
        row * length,
        tally,
        (vector * filters + filter) * groups,
        vector === 0,
      );
      addPlaneTotals(tally.ones, own.ones, filter * gridPlanes);
      own.lostPower[filter] = tally.lostPower;
    }
    counts.vectorCycles[vector] += tally.cycleSum - before;
  }
  counts.fullest += tally.fullest;
  counts.padding += tally.padding;
  addEssentialBits(part.magnitudes, counts.essentialBits);
  return tally.cycles;
};

/** Adds filters all of whose groups were distilled, in index order; answers with their shares of ones, shape [filters, 24]. */
export const closeFilters = (counts: GroupCounts, own: FilterCounts): Float64Array => {
  const distilled = counts.reductionLength * counts.vectors;
  own.lostPower.forEach((power) => {
    counts.lostPower += power;
  });
  const shares = own.ones.map((ones) => ones / distilled);
  for (let index = 0; index < shares.length; index++) counts.shareSums[index % gridPlanes] += shares[index];
  return shares;
};

/** The totals of a tensor all of whose filters are closed; powers and `lockstepCycles` are counted elsewhere. */
export const groupTotals = (
  counts: GroupCounts,
  { signalPower, noisePower }: Powers,
  lockstepCycles: Float64Array,
): GroupTotals & GroupDetails => {
  const { filters, reductionLength, vectors, vectorCycles, fullest, padding, mask } = counts;
  const planeDensity = counts.shareSums.map((sum) => sum / filters);
  const essential = evenShare(planeDensity, mask) * (filters * reductionLength);
  const cycleSum = vectorCycles.reduce((sum, cycles) => sum + cycles, 0);
  return {
    filters,
    reductionLength,
    vectors,
    planeDensity,
    signalPower,
    noisePower,
    standardError: relativeStandardError(vectorCycles),
    cycleParts: {
      essential,
      imbalance: fullest / vectors - essential,
      emptyWindows: (cycleSum - fullest - padding) / vectors,
      padding: padding / vectors,
    },
    decidingGroups: counts.deciding.map((count) => count / vectors),
    essentialBits: counts.essentialBits,
    lockstepCycles,
  };
};

/** Essential bits a weight and enabled plane. */
const evenShare = (planeDensity: Float64Array, mask: number): number => {
  let density = 0;
  let planes = 0;
  for (let plane = 0; plane < gridPlanes; plane++) {
    if (((mask >>> plane) & 1) === 0) continue;
    density += planeDensity[plane];
    planes++;
  }
  return density / planes;
};

/** Standard error of the mean of the values over that mean; 0 where there is one value or all are zero. */
const relativeStandardError = (values: Float64Array): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 2 || mean === 0) return 0;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length) / mean;
};

/** Essential bits of every 12-bit half of a word. */
const halfCounts = Uint8Array.from({ length: 4096 }, (_, half) => {
  let count = 0;
  for (let rest = half; rest !== 0; rest &= rest - 1) count++;
  return count;
});

const addEssentialBits = (magnitudes: Int32Array, histogram: Float64Array): void => {
  for (let index = 0; index < magnitudes.length; index++) {
    const magnitude = magnitudes[index];
    histogram[halfCounts[magnitude & 0xfff] + halfCounts[magnitude >>> 12]]++;
  }
};
