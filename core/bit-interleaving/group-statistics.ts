import { ModelError } from "../errors.ts";
import { gridPlanes, parseFormat } from "../numerics/formats.ts";
import { formatWeights } from "../numerics/formatted-weights.ts";
import { type ActivationExponents, drawnExponents, equalExponents } from "./activation-exponents.ts";
import { type DistilJob, distilFilter, type Tally } from "./distil-filter.ts";
import { checkRequest, type GroupRequest } from "./group-request.ts";
import { lockstepSums } from "./lockstep-sums.ts";
import { planeMask } from "./planes.ts";
import { addPlaneTotals, groupCounts, totalLevels } from "./sliced-counts.ts";

export type { GroupRequest } from "./group-request.ts";

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

/** How the groups of one weight tensor distil. */
export interface GroupStatistics {
  readonly filters: number;
  readonly reductionLength: number;
  /** Groups a filter: ⌈reductionLength / laneWidth⌉; the last one is padded with zeros. */
  readonly groups: number;
  /** Activation vectors the cycles were taken for; 1 where they do not depend on activations. */
  readonly vectors: number;
  /** Cycles of each group, shape [vectors, filters, groups]. */
  readonly cycles: Uint16Array;
  /** Share of ones in each plane of the aligned weights, mean over vectors and filters; padding not counted. */
  readonly planeDensity: Float64Array;
  /** Variance of that share between filters (population variance of the filters' own shares). */
  readonly planeVariance: Float64Array;
  /**
   * Σ w² and Σ (w − w′)², w′ the weights as the processing element adds them up: rounded to the format, without the
   * bits that alignment, here with the first activation vector, and disabled planes drop.
   */
  readonly signalPower: number;
  readonly noisePower: number;
  /** Standard error of the sum of all cycles, as a share of it: how far the mean over the vectors may be off. */
  readonly standardError: number;
  /** The sum of all cycles by cause, mean over vectors. */
  readonly cycleParts: CycleParts;
}

/** The statistics of a tensor with what a profile shows beyond what machines need. */
export interface GroupProfile extends GroupStatistics {
  /** Groups that each plane decides, mean over vectors: the most significant of those that take longest. */
  readonly decidingGroups: Float64Array;
  /** Weights by the number of essential bits of their magnitude, 0 … 24, before alignment. */
  readonly essentialBits: Float64Array;
  /** Sum of all cycles of 2, 4, … 256 filters in lockstep (see `lockstepSums`). */
  readonly lockstepCycles: Float64Array;
}

/**
 * Distils every group of `weights` (shape [filters, reductionLength]). Fixed formats are quantized first and are not
 * aligned; float weights are rounded to their format and aligned with each activation vector, which the filters of a
 * convolution group share as in a broadcast. `captured` serves requests for captured activations; its shape is taken as
 * it is, `layerActivations` checks that of a file.
 * Throws ModelError `request` unless `filters` is an integer ≥ 1 and the weights are a positive multiple of it,
 * `laneWidth` is an integer in 1 … 256, `window` in 0 … 64 and `activePlanes` in 1 … 24, `activationVectors` is an
 * integer ≥ 1 where exponents are drawn (float formats, `distribution`), and `activationZeros` is in [0, 1).
 * Throws ModelError `unknown-format` for a format that is none (`parseFormat`), `not-finite` for NaN or infinite weights
 * and `overflow` for weights beyond the range of a float format (`formatWeights`), `no-activations` where none were
 * captured.
 */
export const groupStatistics = (
  weights: Float32Array,
  filters: number,
  request: GroupRequest,
  captured?: ActivationExponents,
): GroupProfile => {
  const format = parseFormat(request.format);
  checkRequest(weights.length, filters, request, format);
  const { laneWidth, window } = request;
  const reductionLength = weights.length / filters;
  const groups = Math.ceil(reductionLength / laneWidth);
  const mask = planeMask(format.planes, request.activePlanes);
  const formatted = formatWeights(weights, filters, format, request.quantization);
  const fields = formatted.kind === "float" ? formatted : undefined;
  const magnitudes = formatted.kind === "float" ? formatted.magnitudes : absolute(formatted.codes);
  const activations = fields && activationsFor(request, reductionLength, captured);
  const vectors = activations?.vectors ?? 1;
  const filtersPerGroup = filters / (activations?.groups ?? 1);

  const tally: Tally = {
    cycles: new Uint16Array(vectors * filters * groups),
    ones: new Int32Array(totalLevels),
    deciding: new Float64Array(gridPlanes),
    cycleSum: 0,
    fullest: 0,
    padding: 0,
    lostPower: 0,
  };
  const shares = new Float64Array(filters * gridPlanes);
  const vectorCycles = new Float64Array(vectors);
  const job: DistilJob = {
    weights,
    magnitudes,
    weightExponents: fields?.exponents,
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
      const row = vector * (activations?.groups ?? 1) + Math.floor(filter / filtersPerGroup);
      distilFilter(
        job,
        filter * reductionLength,
        reductionLength,
        activations?.exponents,
        row * reductionLength,
        tally,
        (vector * filters + filter) * groups,
        vector === 0,
      );
      addPlaneTotals(tally.ones, shares, filter * gridPlanes);
    }
    vectorCycles[vector] = tally.cycleSum - before;
  }
  for (let index = 0; index < shares.length; index++) shares[index] /= reductionLength * vectors;
  const { planeDensity, planeVariance } = momentsOverFilters(shares, filters);
  const { cycles, cycleSum, fullest, padding, lostPower } = tally;
  const essential = evenShare(planeDensity, mask) * weights.length;
  return {
    filters,
    reductionLength,
    groups,
    vectors,
    cycles,
    planeDensity,
    planeVariance,
    signalPower: formatted.signalPower,
    noisePower:
      formatted.kind === "fixed" ? fixedNoise(weights, magnitudes, formatted.scales, mask) : lostPower,
    standardError: relativeStandardError(vectorCycles),
    cycleParts: {
      essential,
      imbalance: fullest / vectors - essential,
      emptyWindows: (cycleSum - fullest - padding) / vectors,
      padding: padding / vectors,
    },
    decidingGroups: tally.deciding.map((count) => count / vectors),
    essentialBits: essentialBitHistogram(magnitudes),
    lockstepCycles: lockstepSums(cycles, vectors, filters, groups),
  };
};

/** The activations that a request asks for. */
const activationsFor = (
  request: GroupRequest,
  length: number,
  captured: ActivationExponents | undefined,
): ActivationExponents => {
  if (request.activationExponents === "ignore") return equalExponents(length);
  if (request.activationExponents === "distribution") {
    const { seed, stream, activationVectors, activationZeros } = request;
    return drawnExponents(seed, stream, activationVectors, length, activationZeros);
  }
  if (captured !== undefined) return captured;
  throw new ModelError(
    "no-activations",
    "activationExponents captured: no activations were captured for this layer",
  );
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

const absolute = (codes: Int32Array): Int32Array => {
  const magnitudes = new Int32Array(codes.length);
  for (let index = 0; index < codes.length; index++) magnitudes[index] = Math.abs(codes[index]);
  return magnitudes;
};

/** Σ (w − w′)² of codes without the bits of disabled planes. */
const fixedNoise = (
  weights: Float32Array,
  magnitudes: Int32Array,
  scales: Float64Array,
  mask: number,
): number => {
  const length = weights.length / scales.length;
  let power = 0;
  for (let slice = 0; slice < scales.length; slice++) {
    const scale = scales[slice];
    for (let index = slice * length; index < (slice + 1) * length; index++) {
      const lost = Math.abs(weights[index]) - (magnitudes[index] & mask) * scale;
      power += lost * lost;
    }
  }
  return power;
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

const essentialBitHistogram = (magnitudes: Int32Array): Float64Array => {
  const histogram = new Float64Array(gridPlanes + 1);
  for (let index = 0; index < magnitudes.length; index++) {
    const magnitude = magnitudes[index];
    histogram[halfCounts[magnitude & 0xfff] + halfCounts[magnitude >>> 12]]++;
  }
  return histogram;
};

/** Mean and population variance over filters of their plane shares, shape [filters, 24]. */
const momentsOverFilters = (
  shares: Float64Array,
  filters: number,
): { planeDensity: Float64Array; planeVariance: Float64Array } => {
  const planeDensity = new Float64Array(gridPlanes);
  const planeVariance = new Float64Array(gridPlanes);
  for (let plane = 0; plane < gridPlanes; plane++) {
    let sum = 0;
    for (let filter = 0; filter < filters; filter++) sum += shares[filter * gridPlanes + plane];
    const mean = sum / filters;
    let squares = 0;
    for (let filter = 0; filter < filters; filter++)
      squares += (shares[filter * gridPlanes + plane] - mean) ** 2;
    planeDensity[plane] = mean;
    planeVariance[plane] = squares / filters;
  }
  return { planeDensity, planeVariance };
};
