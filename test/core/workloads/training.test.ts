import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { bitlet } from "../../../core/machines/bitlet/bitlet.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";
import { architectures } from "../../../core/workloads/architectures/registry.ts";
import { convolutionLayer } from "../../../core/workloads/build-layer.ts";
import { type Layer, macs, parameters, positions, reductionLength } from "../../../core/workloads/layer.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { slidingWindow } from "../../../core/workloads/sliding-window.ts";
import { matrixProduct, type Phase, phaseNetwork } from "../../../core/workloads/training.ts";
import { numbers } from "../../fixtures/run-layer.ts";
import { configurationWith } from "../machines/configurations.ts";
import { smallLayer } from "../machines/small-layer.ts";

/** A convolution with distinct weights. */
const convolution = (
  name: string,
  [filters, channels, groups]: readonly [number, number, number],
  [input, kernel, stride]: readonly [number, number, number],
): Layer => {
  const axis = slidingWindow({ input, kernel, stride, dilation: 1, padding: "valid" });
  const shape = [filters, kernel, kernel, channels / groups];
  const values = Float32Array.from(numbers(filters * kernel * kernel * (channels / groups), 3));
  const weights = { shape, values, stored: "float32", origin: "trained" } as const;
  const bias = { biasParameters: filters };
  return convolutionLayer({ name, channels, groups, vertical: axis, horizontal: axis, ...bias, weights });
};

const network = (layers: readonly Layer[]): Network => ({
  name: "net",
  source: "test",
  inputs: {},
  layers,
  movements: [{ name: "pool", operation: "MaxPool", readElements: 100, writtenElements: 25 }],
  absorbed: {},
  foldedBatchNormalizations: 0,
});

const layersOf = (phase: Phase, layers: readonly Layer[]): readonly Layer[] =>
  phaseNetwork(network(layers), phase).layers;

describe("matrixProduct", () => {
  // Rows of SCALE-Sim's ResNet-50 triple (resnet_fwd, resnet_input_grad, resnet_weight_grad): M, K and N of its products.
  const conv1 = smallLayer({
    filters: 64,
    channels: 3,
    kernelHeight: 7,
    kernelWidth: 7,
    outputHeight: 112,
    outputWidth: 112,
  });
  const block = smallLayer({
    filters: 64,
    channels: 64,
    kernelHeight: 3,
    kernelWidth: 3,
    outputHeight: 56,
    outputWidth: 56,
  });
  const last = smallLayer({ filters: 2048, channels: 512, outputHeight: 7, outputWidth: 7 });
  const classifier = smallLayer({ filters: 1000, channels: 2048, outputHeight: 1, outputWidth: 1 });
  it.each([
    ["conv1", conv1, [12544, 147, 64], [12544, 64, 147], [147, 12544, 64]],
    ["layer_64_1_conv2", block, [3136, 576, 64], [3136, 64, 576], [576, 3136, 64]],
    ["layer_512_3_conv3", last, [49, 512, 2048], [49, 2048, 512], [512, 49, 2048]],
    ["fc1000", classifier, [1, 2048, 1000], [1, 1000, 2048], [2048, 1, 1000]],
  ] as const)("has SCALE-Sim's products of %s", (_, layer, forward, inputGradient, weightGradient) => {
    const found = (["forward", "inputGradient", "weightGradient"] as const).map((product) => {
      const { rows, depth, columns } = matrixProduct(layer, product);
      return [rows, depth, columns];
    });
    expect(found).toEqual([forward, inputGradient, weightGradient]);
  });
});

describe("the gradients of ResNet-50", () => {
  it("are the products of SCALE-Sim's resnet_input_grad and resnet_weight_grad: 54 rows, 4,089,184,256 MACs each", () => {
    const { layers } = architectures["resnet-50"].build();
    for (const product of ["inputGradient", "weightGradient"] as const) {
      const products = layers.map((layer) => matrixProduct(layer, product));
      expect(products).toHaveLength(54);
      expect(products.reduce((sum, { rows, depth, columns }) => sum + rows * depth * columns, 0)).toBe(
        4_089_184_256,
      );
    }
  });
});

/** Small convolutions with groups and stride whose kernel fits. */
const convolutions = fc
  .record({
    filtersOfGroup: fc.integer({ min: 1, max: 4 }),
    channelsOfGroup: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    kernel: fc.integer({ min: 1, max: 3 }),
    more: fc.integer({ min: 0, max: 4 }),
    stride: fc.integer({ min: 1, max: 2 }),
  })
  .map(({ filtersOfGroup, channelsOfGroup, groups, kernel, more, stride }) =>
    convolution(
      "conv",
      [filtersOfGroup * groups, channelsOfGroup * groups, groups],
      [kernel + more, kernel, stride],
    ),
  );

describe("phaseNetwork", () => {
  it("gives every product of a layer the layer's multiply–accumulates, and gradients no parameters", () => {
    fc.assert(
      fc.property(convolutions, (layer) => {
        for (const phase of ["inputGradient", "weightGradient"] as const) {
          const [gradient] = layersOf(phase, [layer]);
          expect(macs(gradient)).toBe(macs(layer));
          expect(parameters(gradient)).toBe(0);
          expect(gradient.product).toBe(phase);
          const { filters, channels, groups } = gradient;
          expect(gradient.weights.shape).toEqual([filters, 1, 1, channels / groups]);
          expect(gradient.weights.values).toHaveLength(filters * reductionLength(gradient));
        }
      }),
    );
  });

  it("transposes the weights of each group: an input gradient is the sum over filters of weight times gradient", () => {
    fc.assert(
      fc.property(convolutions, (layer) => {
        const [gradient] = layersOf("inputGradient", [layer]);
        const length = reductionLength(layer);
        const filters = layer.filters / layer.groups;
        // The gradient of one position's outputs; its products with the layer's own weights, filter by filter.
        const outputs = numbers(layer.filters, 5);
        for (let group = 0; group < layer.groups; group++) {
          for (let entry = 0; entry < length; entry++) {
            let expected = 0;
            let found = 0;
            for (let filter = 0; filter < filters; filter++) {
              const place = group * filters + filter;
              expected += layer.weights.values[place * length + entry] * outputs[place];
              found += gradient.weights.values[(group * length + entry) * filters + filter] * outputs[place];
            }
            expect(found).toBe(expected);
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it("puts the operand of a weight gradient that is reused more on the weight side, the gradients in a tie", () => {
    // 5 filters over 2 · 3 · 3 = 18 products: the gradients of the outputs are reused 18 times, the activations 5 times.
    const [wide] = layersOf("weightGradient", [convolution("wide", [5, 2, 1], [6, 3, 1])]);
    expect([wide.filters, positions(wide), reductionLength(wide)]).toEqual([5, 18, 16]);
    // 5 filters over 2 products.
    const [narrow] = layersOf("weightGradient", [convolution("narrow", [5, 2, 1], [4, 1, 1])]);
    expect([narrow.filters, positions(narrow), reductionLength(narrow)]).toEqual([2, 5, 16]);
    const [tie] = layersOf("weightGradient", [convolution("tie", [2, 2, 1], [4, 1, 1])]);
    expect([tie.filters, positions(tie)]).toEqual([2, 2]);
    expect(wide.weights.origin).toBe("activation");
    expect(wide.kind).toBe("matmul");
  });

  it("trains from the last layer to the first, which has no input gradient, and moves everything both ways", () => {
    const layers = [convolution("first", [4, 3, 1], [6, 3, 1]), convolution("second", [2, 4, 1], [4, 3, 1])];
    const training = phaseNetwork(network(layers), "training");
    expect(training.name).toBe("net-training");
    expect(training.layers.map(({ name }) => name)).toEqual([
      "first",
      "second",
      "second/weightGradient",
      "second/inputGradient",
      "first/weightGradient",
    ]);
    expect(training.movements).toEqual([
      { name: "pool", operation: "MaxPool", readElements: 100, writtenElements: 25 },
      { name: "pool/inputGradient", operation: "MaxPool", readElements: 25, writtenElements: 100 },
    ]);
    const forward = network(layers);
    expect(phaseNetwork(forward, "forward")).toBe(forward);
  });

  it("refuses operands that are too large to be drawn", () => {
    const huge = {
      ...convolution("huge", [4, 2, 1], [4, 1, 1]),
      outputHeight: 2 ** 13,
      outputWidth: 2 ** 13,
    };
    expect(() => layersOf("weightGradient", [huge])).toThrow(
      "network net-weightGradient: layer huge/weightGradient: an operand of 134217728 elements would be drawn, at most 67108864 are",
    );
  });
});

describe("gradients on Bitlet", () => {
  it("run without distillation, whatever their operands hold", () => {
    const [forward, gradient] = layersOf("training", [convolution("conv", [3, 4, 1], [5, 2, 1])]);
    const configuration = configurationWith({ precision: "fixed8", laneWidth: 16, pes: 1 });
    const cycles = (layer: Layer, settings: Configuration): number => {
      const request = bitlet.statistics(settings, 1, 0);
      const statistics = groupStatistics(layer.weights.values, layer.filters, request);
      expect(bitlet.analyticalCycles(settings, layer, statistics).cycles).toBeGreaterThan(0);
      return bitlet.tracedCycles(settings, layer, statistics).cycles;
    };
    // Both have 3 filters, 16 positions and one group of 16: each 1 + 12 + 16 cycles, and 5 at the end.
    const undistilled = 3 * 16 * (1 + 12 + 16) + 5;
    expect(cycles(gradient, configuration)).toBe(undistilled);
    expect(cycles(forward, { ...configuration, distillation: "off" })).toBe(undistilled);
    expect(cycles(forward, configuration)).toBeLessThan(undistilled);
    expect(bitlet.accelerates).toEqual(["forward"]);
  });
});
