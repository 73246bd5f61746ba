import { parseFormat } from "../../numerics/formats.ts";
import { quantize } from "../../numerics/quantize.ts";
import { reductionLength } from "../../workloads/layer.ts";
import { fieldStatistics, type LayerOperands, shapeAlone } from "../layer-statistics.ts";
import type { QuantizationRequest } from "../quantized-weights.ts";
import { type Pruning, pruneGroup, pruningGroup } from "./binary-pruning.ts";
import { channelsOf } from "./channels.ts";

/** What is asked of a layer's weights. */
export interface PruningRequest extends QuantizationRequest {
  readonly pruning: Pruning;
  readonly columns: number;
}

/**
 * What quantization and pruning lose; nothing of it decides cycles. Sensitive filters of a convolution group are those with
 * the largest weight, and so with the largest scale (BBS, Algorithm 2), the first of equals.
 */
const compute = ({ layer, weights }: LayerOperands, request: PruningRequest) => {
  const { codes, scales, signalPower, noisePower } = quantize(
    weights,
    layer.filters,
    parseFormat(request.format),
    request.quantization,
  );
  const { pruning, sensitive } = channelsOf(layer, { pruning: request.pruning, columns: request.columns });
  if (pruning === "none") return { signalPower, noisePower, standardError: 0 };
  const length = reductionLength(layer);
  const filters = layer.filters / layer.groups;
  let noise = 0;
  for (let first = 0; first < layer.filters; first += filters) {
    const bySize = filtersBySize(weights, first, filters, length);
    bySize.forEach((filter, rank) => {
      const scale = scales[scales.length === 1 ? 0 : filter];
      const end = (filter + 1) * length;
      for (let start = filter * length; start < end; start += pruningGroup) {
        const group = codes.subarray(start, Math.min(start + pruningGroup, end));
        const { codes: left, constant } = pruneGroup(group, rank < sensitive ? "none" : pruning);
        for (let index = 0; index < left.length; index++) {
          noise += (weights[start + index] - (left[index] + constant) * scale) ** 2;
        }
      }
    });
  }
  return { signalPower, noisePower: noise, standardError: 0 };
};

/** Filters of a convolution group, that with the largest weight first. */
const filtersBySize = (weights: Float32Array, first: number, filters: number, length: number): number[] => {
  const sizes = Float64Array.from({ length: filters }, (_, index) => {
    const start = (first + index) * length;
    return weights
      .subarray(start, start + length)
      .reduce((size, weight) => Math.max(size, Math.abs(weight)), 0);
  });
  return Array.from({ length: filters }, (_, index) => index)
    .sort((left, right) => sizes[right] - sizes[left] || left - right)
    .map((index) => first + index);
};

/** Statistics of BitVert: the powers of the weights and of what pruned columns lose of them. */
export const prunedWeights = fieldStatistics(
  "bitvert",
  {},
  { decides: shapeAlone, activationsOf: () => undefined, compute },
);
