import { essentialDigits, signedDigits } from "../../numerics/encodings.ts";
import { parseFormat } from "../../numerics/formats.ts";
import { quantize } from "../../numerics/quantize.ts";
import { reductionLength } from "../../workloads/layer.ts";
import { fieldStatistics, type LayerOperands, shapeAlone } from "../layer-statistics.ts";
import { lockstepWork } from "../lockstep-work.ts";
import type { QuantizationRequest } from "../quantized-weights.ts";
import { flipBits, magnitudeColumns } from "./bit-flip.ts";
import { elementsOf, type UnrollingRequest, unrolledArray } from "./unrolling.ts";

/** What is asked of a layer's weights. */
export interface ColumnRequest extends QuantizationRequest, UnrollingRequest {
  readonly bitFlip: number;
}

/** How many bit columns the groups of a layer's weights have. */
const fields = {
  /** See `LockstepWork`; cycles at one output position. */
  lockstep: 1,
  filled: 1,
  independent: 1,
  /** Σ over groups, once a convolution group, of the slowest of all its filters. */
  slowest: 1,
  /** Σ over the groups of all filters of their own cycles, times the processing elements that hold the group. */
  own: 1,
  essentialBits: 1,
  /** Density of each magnitude column before bits are flipped, and its variance between filters. */
  density: magnitudeColumns,
  densityVariance: magnitudeColumns,
} as const;

/** Ones of a magnitude. */
const onesOf = essentialDigits(
  signedDigits(
    Int32Array.from({ length: 2 ** magnitudeColumns }, (_, magnitude) => magnitude),
    magnitudeColumns + 1,
    "signMagnitude",
  ),
);

/**
 * Counts the magnitude columns of every group that are not zero: each takes a cycle, and a group at least one. `bitFlip`
 * changes the weights first, but not those of a product of two activations, which are not known before it runs.
 */
const compute = ({ layer, weights }: LayerOperands, request: ColumnRequest) => {
  const { codes, scales, signalPower } = quantize(
    weights,
    layer.filters,
    parseFormat(request.format),
    request.quantization,
  );
  const array = unrolledArray(layer, request);
  const flipped = layer.kind === "matmul" ? 0 : request.bitFlip;
  const length = reductionLength(layer);
  const groups = Math.ceil(length / array.group);
  const filters = layer.filters / layer.groups;
  const cycles = new Uint8Array(layer.filters * groups);
  const sums = new Float64Array(magnitudeColumns);
  const squares = new Float64Array(magnitudeColumns);
  const ones = new Int32Array(magnitudeColumns);
  let noisePower = 0;
  let essentialBits = 0;
  let own = 0;
  for (let filter = 0; filter < layer.filters; filter++) {
    const end = (filter + 1) * length;
    const scale = scales[scales.length === 1 ? 0 : filter];
    ones.fill(0);
    for (let group = 0; group < groups; group++) {
      const start = filter * length + group * array.group;
      const stop = Math.min(start + array.group, end);
      for (let index = start; index < stop; index++) {
        const magnitude = Math.abs(codes[index]);
        for (let column = 0; column < magnitudeColumns; column++) ones[column] += (magnitude >>> column) & 1;
      }
      if (flipped > 0) flipBits(codes.subarray(start, stop), flipped);
      let columns = 0;
      for (let index = start; index < stop; index++) {
        const magnitude = Math.abs(codes[index]);
        columns |= magnitude;
        essentialBits += onesOf[magnitude];
        noisePower += (weights[index] - codes[index] * scale) ** 2;
      }
      const taken = Math.max(1, onesOf[columns]);
      cycles[filter * groups + group] = taken;
      own += taken * elementsOf(stop - start);
    }
    for (let column = 0; column < magnitudeColumns; column++) {
      const share = ones[column] / length;
      sums[column] += share;
      squares[column] += share * share;
    }
  }
  const grid = { convolutionGroups: layer.groups, filters, groups };
  const lastShare = (length - (groups - 1) * array.group) / array.group;
  const work = lockstepWork(cycles, grid, array.columns, lastShare);
  const density = sums.map((sum) => sum / layer.filters);
  return {
    signalPower,
    noisePower,
    standardError: 0,
    lockstep: Float64Array.of(work.lockstep),
    filled: Float64Array.of(work.filled),
    independent: Float64Array.of(work.independent),
    slowest: Float64Array.of(lockstepWork(cycles, grid, filters).lockstep),
    own: Float64Array.of(own),
    essentialBits: Float64Array.of(essentialBits),
    density,
    densityVariance: squares.map((sum, column) => Math.max(0, sum / layer.filters - density[column] ** 2)),
  };
};

/** The statistics of sign–magnitude weights by bit column. */
export const columnStatistics = fieldStatistics("bitwave", fields, {
  decides: shapeAlone,
  activationsOf: () => undefined,
  compute,
});
export type ColumnStatistics = ReturnType<typeof columnStatistics.compute>;
