import { gridPlanes, parseFormat } from "../numerics/formats.ts";
import { formatWeights } from "../numerics/formatted-weights.ts";
import type { QuantizationScheme } from "../numerics/quantize.ts";
import { activationVectors, halfNormalExponents } from "./activation-exponents.ts";
import { alignGroup } from "./align.ts";
import { PlaneCounter } from "./plane-counter.ts";
import { planeMask } from "./planes.ts";
import { scanGroup } from "./scan-group.ts";

/** Which statistics of a weight tensor are asked for: plain data, also the key under which they are kept. */
export interface GroupRequest {
  readonly format: string;
  readonly quantization: QuantizationScheme;
  readonly laneWidth: number;
  /** Check window; 0 for no limit. */
  readonly window: number;
  readonly activePlanes: number;
  /** `distribution`: seeded half-normal activations; `ignore`: all activation exponents equal. Float formats only. */
  readonly activationExponents: "ignore" | "distribution";
  readonly seed: number;
  /** Random stream of the activations: layers that read different activations have different streams. */
  readonly stream: number;
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
  /** Σ w² and Σ (w − w′)² of the quantization, or of the rounding to a float format; alignment is not in it. */
  readonly signalPower: number;
  readonly noisePower: number;
}

/**
 * Distils every group of `weights` (shape [filters, reductionLength]). Fixed formats are quantized first and are not
 * aligned; float weights are rounded to their format and aligned with each of the activation vectors, which all filters
 * share as in a broadcast. Throws ModelError `not-finite` for NaN or infinite weights, `overflow` for weights beyond
 * the range of a float format.
 */
export const groupStatistics = (
  weights: Float32Array,
  filters: number,
  request: GroupRequest,
): GroupStatistics => {
  const format = parseFormat(request.format);
  const { laneWidth, window } = request;
  const reductionLength = weights.length / filters;
  const groups = Math.ceil(reductionLength / laneWidth);
  const mask = planeMask(format.planes, request.activePlanes);
  const aligns = format.kind === "float";
  const vectors = aligns && request.activationExponents === "distribution" ? activationVectors : 1;
  const activations =
    vectors === 1
      ? new Uint8Array(reductionLength)
      : halfNormalExponents(request.seed, request.stream, vectors, reductionLength);
  const formatted = formatWeights(weights, filters, format, request.quantization);
  const fields = formatted.kind === "float" ? formatted : undefined;
  const magnitudes = formatted.kind === "float" ? formatted.magnitudes : formatted.codes.map(Math.abs);

  const cycles = new Uint16Array(vectors * filters * groups);
  const words = new Int32Array(laneWidth);
  const inGroup = new PlaneCounter();
  const inFilter = new PlaneCounter();
  const shares = new Float64Array(filters * gridPlanes);
  for (let vector = 0; vector < vectors; vector++) {
    for (let filter = 0; filter < filters; filter++) {
      inFilter.clear();
      for (let group = 0; group < groups; group++) {
        const start = group * laneWidth;
        const lanes = Math.min(laneWidth, reductionLength - start);
        const offset = filter * reductionLength + start;
        if (fields) {
          const activationOffset = vector * reductionLength + start;
          alignGroup(magnitudes, fields.exponents, offset, activations, activationOffset, lanes, words);
        } else {
          for (let lane = 0; lane < lanes; lane++) words[lane] = magnitudes[offset + lane];
        }
        inFilter.add(words, 0, lanes);
        let scan: number;
        if (window === 0) {
          inGroup.clear();
          inGroup.add(words, 0, lanes);
          scan = inGroup.largest(mask);
        } else {
          scan = scanGroup(words, lanes, laneWidth, window, mask);
        }
        cycles[(vector * filters + filter) * groups + group] = scan;
      }
      const counts = inFilter.counts();
      for (let plane = 0; plane < gridPlanes; plane++) {
        shares[filter * gridPlanes + plane] += counts[plane] / (reductionLength * vectors);
      }
    }
  }
  const { planeDensity, planeVariance } = momentsOverFilters(shares, filters);
  const { signalPower, noisePower } = formatted;
  return {
    filters,
    reductionLength,
    groups,
    vectors,
    cycles,
    planeDensity,
    planeVariance,
    signalPower,
    noisePower,
  };
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
