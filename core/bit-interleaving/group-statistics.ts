import { ModelError } from "../errors.ts";
import { gridPlanes, parseFormat } from "../numerics/formats.ts";
import { type FormattedWeights, formatWeights } from "../numerics/formatted-weights.ts";
import { type ActivationExponents, drawnExponents, equalExponents } from "./activation-exponents.ts";
import {
  closeFilters,
  distilPart,
  type GroupDetails,
  type GroupTotals,
  groupTotals,
  startFilters,
  startGroups,
  type TensorPart,
} from "./group-counts.ts";
import { checkRequest, type GroupRequest } from "./group-request.ts";
import { lockstepSums } from "./lockstep-sums.ts";
import { planeMask } from "./planes.ts";

export type { CycleParts } from "./group-counts.ts";
export type { GroupRequest } from "./group-request.ts";

/** How the groups of one weight tensor distil. */
export interface GroupStatistics extends GroupTotals {
  /** Groups a filter: ⌈reductionLength / laneWidth⌉; the last one is padded with zeros. */
  readonly groups: number;
  /** Cycles of each group, shape [vectors, filters, groups]. */
  readonly cycles: Uint16Array;
  /** Variance of the planes' shares of ones between filters (population variance of the filters' own shares). */
  readonly planeVariance: Float64Array;
}

/** The statistics of a tensor with what a profile shows beyond what machines need. */
export interface GroupProfile extends GroupStatistics, GroupDetails {}

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
  const activations =
    formatted.kind === "float" ? activationsFor(request, reductionLength, captured) : undefined;
  const vectors = activations?.vectors ?? 1;
  const counts = startGroups({ filters, reductionLength, laneWidth, window, mask, vectors });
  const all = startFilters(filters);
  const cycles = distilPart(counts, tensorPart(weights, filters, formatted), activations, all);
  const shares = closeFilters(counts, all);
  const { signalPower } = formatted;
  const noisePower = formatted.kind === "fixed" ? maskedNoise(weights, formatted, mask, 0) : counts.lostPower;
  const totals = groupTotals(
    counts,
    { signalPower, noisePower },
    lockstepSums(cycles, vectors, filters, groups),
  );
  return { ...totals, groups, cycles, planeVariance: varianceOverFilters(shares, totals.planeDensity) };
};

/** Weights of the shape [filters, …] in a format, as their groups are distilled. */
export const tensorPart = (
  weights: Float32Array,
  filters: number,
  formatted: FormattedWeights,
): TensorPart => ({
  filters,
  length: weights.length / filters,
  weights,
  magnitudes: formatted.kind === "float" ? formatted.magnitudes : absolute(formatted.codes),
  exponents: formatted.kind === "float" ? formatted.exponents : undefined,
});

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

const absolute = (codes: Int32Array): Int32Array => {
  const magnitudes = new Int32Array(codes.length);
  for (let index = 0; index < codes.length; index++) magnitudes[index] = Math.abs(codes[index]);
  return magnitudes;
};

/** Adds Σ (w − w′)² to `before`, w′ the values of the codes without the bits of disabled planes. */
export const maskedNoise = (
  weights: Float32Array,
  { codes, scales }: { readonly codes: Int32Array; readonly scales: Float64Array },
  mask: number,
  before: number,
): number => {
  const length = weights.length / scales.length;
  let power = before;
  for (let slice = 0; slice < scales.length; slice++) {
    const scale = scales[slice];
    for (let index = slice * length; index < (slice + 1) * length; index++) {
      const lost = Math.abs(weights[index]) - (Math.abs(codes[index]) & mask) * scale;
      power += lost * lost;
    }
  }
  return power;
};

/** Population variance over filters of their plane shares, shape [filters, 24], around their means. */
const varianceOverFilters = (shares: Float64Array, means: Float64Array): Float64Array => {
  const filters = shares.length / gridPlanes;
  return means.map((mean, plane) => {
    let squares = 0;
    for (let filter = 0; filter < filters; filter++)
      squares += (shares[filter * gridPlanes + plane] - mean) ** 2;
    return squares / filters;
  });
};
