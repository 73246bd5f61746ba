import type { LayerShape } from "../../workloads/layer.ts";
import { vectorWidth } from "./configuration.ts";
import type { LayerWork } from "./layer-work.ts";
import { type DrawnInputs, drawError, markNonZero } from "./nonzero-inputs.ts";

/**
 * The products of a fully connected layer: every weight is used once for a vector, so that a processing element multiplies
 * one input with 4 weights a cycle, a quarter of its multipliers. Non-zero products of a vector are spread evenly over all
 * processing elements: ⌈products / (4 · elements)⌉ cycles a vector and convolution group [our decision; 256 products a
 * cycle on the published array]. `elements` are all processing elements, `codes` has the shape [filters, channels of a
 * convolution group]; the drawn inputs of a channel are those of all its vectors.
 */
export const fullyConnectedWork = (
  layer: LayerShape,
  codes: Int32Array,
  inputs: DrawnInputs,
  elements: number,
): LayerWork => {
  const perGroup = layer.channels / layer.groups;
  const filters = layer.filters / layer.groups;
  const vectors = layer.inputHeight * layer.inputWidth;
  const marks = new Uint8Array(vectors);
  let cycles = 0;
  let products = 0;
  for (let group = 0; group < layer.groups; group++) {
    const weights = new Int32Array(perGroup);
    for (let filter = group * filters; filter < (group + 1) * filters; filter++) {
      for (let channel = 0; channel < perGroup; channel++) {
        if (codes[filter * perGroup + channel] !== 0) weights[channel]++;
      }
    }
    const ofVector = new Float64Array(vectors);
    for (let channel = 0; channel < perGroup; channel++) {
      markNonZero(marks, inputs, group * perGroup + channel);
      for (let vector = 0; vector < vectors; vector++) ofVector[vector] += marks[vector] * weights[channel];
    }
    for (const own of ofVector) {
      cycles += Math.ceil(own / (vectorWidth * elements));
      products += own;
    }
  }
  return {
    independent: cycles,
    groupBarrier: cycles,
    channelBarrier: cycles,
    busy: products / vectorWidth,
    vectorPairs: products / vectorWidth,
    products,
    standardError: drawError(inputs.activationZeros, vectors * layer.channels, 1),
  };
};

/** Processing elements with work, at most `elements`: one for 4 products of a vector. */
export const fullyConnectedElements = (layer: LayerShape, elements: number): number =>
  Math.min(
    elements,
    Math.ceil(((layer.filters / layer.groups) * (layer.channels / layer.groups)) / vectorWidth),
  );
