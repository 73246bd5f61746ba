import { parseFormat } from "../../numerics/formats.ts";
import { quantize } from "../../numerics/quantize.ts";
import { reductionLength } from "../../workloads/layer.ts";
import { fieldStatistics, type LayerOperands, shapeAlone } from "../layer-statistics.ts";
import { lockstepWork } from "../lockstep-work.ts";
import type { QuantizationRequest } from "../quantized-weights.ts";

/** Weights of a group, and planes of a weight, that of the sign among them. */
export const groupWeights = 32;
export const planes = 8;

/** Filters in lockstep that the statistics answer for: 1 … 64. */
const mostColumns = 64;

/** How the groups of a layer's weights distil. Arrays over columns: entry c − 1 is for c filters in lockstep. */
const fields = {
  /** See `LockstepWork`; cycles at one output position. */
  lockstep: mostColumns,
  filled: mostColumns,
  independent: mostColumns,
  /** Σ over groups, once a convolution group, of the slowest of all its filters. */
  slowest: 1,
  /** Σ over the groups of all filters of their own cycles. */
  own: 1,
  essentialBits: 1,
  /** Share of negative weights: the density of the sign plane; and its variance between filters. */
  negative: 1,
  negativeVariance: 1,
  /** Densities of the other planes among the negative weights, and among the others. */
  densityOfNegative: planes - 1,
  densityOfOthers: planes - 1,
} as const;

/** Two words whose bytes are the bits 0 … 3 and 4 … 7 of a byte. */
const spread = (shift: number): Uint32Array =>
  Uint32Array.from({ length: 256 }, (_, byte) => {
    let word = 0;
    for (let bit = 0; bit < 4; bit++) word += ((byte >>> (bit + shift)) & 1) * 2 ** (8 * bit);
    return word;
  });
const lowPlanes = spread(0);
const highPlanes = spread(4);

const byteOf = (word: number, index: number): number => (word >>> (8 * index)) & 255;

const largestByte = (word: number): number =>
  Math.max(byteOf(word, 0), byteOf(word, 1), byteOf(word, 2), byteOf(word, 3));

/**
 * Distils every group of a layer's weights in two's complement. A group takes as long as its fullest plane, and at least a
 * cycle [our decision: the rule of the BBS authors' simulator gives a group without a one no cycle].
 */
const compute = ({ layer, weights }: LayerOperands, { format, quantization }: QuantizationRequest) => {
  const { codes, signalPower, noisePower } = quantize(
    weights,
    layer.filters,
    parseFormat(format),
    quantization,
  );
  const length = reductionLength(layer);
  const groups = Math.ceil(length / groupWeights);
  const filters = layer.filters / layer.groups;
  const cycles = new Uint8Array(layer.filters * groups);
  const ones = new Float64Array(planes);
  const onesOfNegative = new Float64Array(planes);
  let negatives = 0;
  let squares = 0;
  let own = 0;
  for (let filter = 0; filter < layer.filters; filter++) {
    const end = (filter + 1) * length;
    const before = onesOfNegative[planes - 1];
    for (let group = 0; group < groups; group++) {
      const start = filter * length + group * groupWeights;
      // A group has at most 32 ones a plane, so that no byte runs over.
      let low = 0;
      let high = 0;
      let negativeLow = 0;
      let negativeHigh = 0;
      for (let index = start; index < Math.min(start + groupWeights, end); index++) {
        const byte = codes[index] & 255;
        low += lowPlanes[byte];
        high += highPlanes[byte];
        if (byte < 128) continue;
        negativeLow += lowPlanes[byte];
        negativeHigh += highPlanes[byte];
      }
      for (let index = 0; index < 4; index++) {
        ones[index] += byteOf(low, index);
        ones[index + 4] += byteOf(high, index);
        onesOfNegative[index] += byteOf(negativeLow, index);
        onesOfNegative[index + 4] += byteOf(negativeHigh, index);
      }
      const fullest = Math.max(1, largestByte(low), largestByte(high));
      cycles[filter * groups + group] = fullest;
      own += fullest;
    }
    const share = (onesOfNegative[planes - 1] - before) / length;
    squares += share * share;
    negatives += share;
  }
  const grid = { convolutionGroups: layer.groups, filters, groups };
  const work = Array.from({ length: mostColumns }, (_, index) => lockstepWork(cycles, grid, index + 1));
  const negative = negatives / layer.filters;
  const count = layer.filters * length;
  const countNegative = onesOfNegative[planes - 1];
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return {
    signalPower,
    noisePower,
    standardError: 0,
    lockstep: Float64Array.from(work, ({ lockstep }) => lockstep),
    filled: Float64Array.from(work, ({ filled }) => filled),
    independent: Float64Array.from(work, ({ independent }) => independent),
    slowest: Float64Array.of(lockstepWork(cycles, grid, filters).lockstep),
    own: Float64Array.of(own),
    essentialBits: Float64Array.of(ones.reduce((sum, plane) => sum + plane, 0)),
    negative: Float64Array.of(negative),
    negativeVariance: Float64Array.of(Math.max(0, squares / layer.filters - negative * negative)),
    densityOfNegative: onesOfNegative.subarray(0, planes - 1).map((plane) => share(plane, countNegative)),
    densityOfOthers: ones
      .subarray(0, planes - 1)
      .map((plane, index) => share(plane - onesOfNegative[index], count - countNegative)),
  };
};

/** The statistics of two's-complement weights by plane. */
export const planeStatistics = fieldStatistics("bitlet-bbs", fields, {
  decides: shapeAlone,
  activationsOf: () => undefined,
  compute,
});
export type PlaneStatistics = ReturnType<typeof planeStatistics.compute>;
