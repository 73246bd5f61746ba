import { expect, test } from "vitest";
import type { Architecture } from "../../../core/workloads/architecture.ts";
import { activationOperand } from "../../../core/workloads/build-layer.ts";
import type { LayerShape } from "../../../core/workloads/layer.ts";
import {
  isDepthwise,
  mostSyntheticWeights,
  syntheticWeights,
} from "../../../core/workloads/synthetic-weights.ts";
import { drawWeights, type WeightDistribution } from "../../../core/workloads/weight-distribution.ts";
import { smallShape } from "./small-shape.ts";

const dense: WeightDistribution = {
  family: "generalized normal",
  spread: 1,
  shape: 2,
  filterSpread: 0.3,
  deadFilters: 0,
  deadChannels: 0,
  zeroShare: 0,
  peak: 6,
  peakGrowth: 0.1,
};
const depthwise = { ...dense, shape: 1 };

const of = (layers: readonly LayerShape[], more: Partial<Architecture> = {}): Architecture => ({
  name: "made",
  source: "here",
  inputs: {},
  layers,
  movements: [],
  absorbed: {},
  ...more,
});

const convolution = smallShape({ name: "a" });
const single = smallShape({ name: "b", filters: 8, groups: 8 });
const product = smallShape({ name: "c", kind: "matmul", kernelHeight: 1, kernelWidth: 1 });
const again = smallShape({ name: "d" });

test("each layer has the distribution of its class and the stream of its place", () => {
  const network = syntheticWeights(of([convolution, single, product, again]), { dense, depthwise }, 7);
  const weights = network.layers.map((layer) => layer.weights);
  expect(isDepthwise(single)).toBe(true);
  expect(isDepthwise(smallShape({ groups: 4 }))).toBe(false);
  expect(weights[0]).toEqual(drawWeights(convolution, dense, 7, 0));
  expect(weights[1]).toEqual(drawWeights(single, depthwise, 7, 1));
  expect(weights[2]).toEqual(activationOperand(64, 8, 2));
  expect(weights[3]).toEqual(drawWeights(again, dense, 7, 3));
  expect(network).toMatchObject({ name: "made", source: "here", foldedBatchNormalizations: 0 });
  const plain = syntheticWeights(of([convolution, single]), { dense }, 7);
  expect(plain.layers[1].weights).toEqual(drawWeights(single, dense, 7, 1));
});

test("layers that share weights have one tensor", () => {
  const network = syntheticWeights(
    of([convolution, single, again], { sharedWeights: { d: "a" } }),
    { dense },
    7,
  );
  expect(network.layers[2].weights).toBe(network.layers[0].weights);
});

test("above the budget every layer draws its share of filters, at least 32", () => {
  // 200 · 72 + 40 · 72 = 17,280 weights, half of which may be drawn; those of the product do not count.
  const layers = [smallShape({ name: "a", filters: 200 }), smallShape({ name: "b", filters: 40 }), product];
  const sampled = (most: number) =>
    syntheticWeights(of(layers), { dense }, 7, most).layers.map(({ weights }) => weights.sampledFilters);
  expect(sampled(17_280)).toEqual([undefined, undefined, undefined]);
  expect(sampled(mostSyntheticWeights)).toEqual([undefined, undefined, undefined]);
  expect(sampled(8_640)).toEqual([100, 32, undefined]);
  expect(sampled(1)).toEqual([32, 32, undefined]);
  const [first] = syntheticWeights(of(layers), { dense }, 7, 8_640).layers;
  expect(first.weights).toEqual(drawWeights(layers[0], dense, 7, 0, 100));
});

test("a network that no memory holds is refused with the layer", () => {
  const huge = smallShape({
    name: "wide",
    filters: 2 ** 15,
    channels: 2 ** 15,
    kernelHeight: 1,
    kernelWidth: 1,
  });
  expect(() => syntheticWeights(of([convolution, huge]), { dense }, 7)).toThrow(
    "network made: layer wide: with it 1073746432 synthetic weights would be held, at most 268435456 are",
  );
});
