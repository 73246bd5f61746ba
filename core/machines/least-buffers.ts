import type { Bytes } from "../units.ts";
import { inputRowElements, type LayerShape, outputRowElements } from "../workloads/layer.ts";
import { type LeastBuffers, partialSumBytes } from "./machine.ts";

/**
 * Least buffers of a machine that works on `filters` filters of a convolution group at once, `laneWidth` reduction
 * elements of each at a time, double-buffered: these weights, the input rows under one output row for as many channels,
 * and a row of partial sums a filter.
 */
export const leastBuffersOf = (
  layer: LayerShape,
  filters: number,
  laneWidth: number,
  bytes: { readonly weight: Bytes; readonly activation: Bytes },
): LeastBuffers => {
  const atOnce = Math.min(filters, layer.filters / layer.groups);
  const rows = layer.dilationHeight * (layer.kernelHeight - 1) + 1;
  return {
    weight: 2 * atOnce * laneWidth * bytes.weight,
    activation:
      2 *
      rows *
      inputRowElements(layer) *
      Math.min(layer.channels / layer.groups, laneWidth) *
      bytes.activation,
    output: 2 * atOnce * outputRowElements(layer) * partialSumBytes,
  };
};
