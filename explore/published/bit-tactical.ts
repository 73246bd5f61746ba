import type { Configuration } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { normal, uniformStream } from "../../core/random.ts";
import { weakerMark } from "../../core/technology/component.ts";
import { type Layer, type LayerShape, reductionLength } from "../../core/workloads/layer.ts";
import type { Published, PublishedCheck } from "./published-check.ts";
import { runLayers } from "./run-layers.ts";

const { dadiannao, "bit-tactical": bitTactical } = machines;

/** Share of activations that are zero in the comparison with printed averages, as behind a ReLU [our decision]. */
const activationZeros = 0.5;

/** Cycles of DaDianNao over those of Bit-Tactical, all layers together. */
const speedup = (layers: readonly Layer[], changes: Configuration): number => {
  const cycles = (runs: ReturnType<typeof runLayers>): number =>
    runs.reduce((sum, { traced }) => sum + traced.cycles, 0);
  return cycles(runLayers(dadiannao, {}, layers)) / cycles(runLayers(bitTactical, changes, layers));
};

/** The layer with normal weights of which the smallest are zero, so that the share `left` is not. */
const pruned = (layer: LayerShape, left: number, stream: number): Layer => {
  const draw = uniformStream(7, stream);
  const values = Float32Array.from({ length: layer.filters * reductionLength(layer) }, () => normal(draw));
  const sizes = values.map(Math.abs).sort();
  const least = sizes[Math.min(sizes.length - 1, Math.round((1 - left) * sizes.length))];
  const channels = layer.channels / layer.groups;
  return {
    ...layer,
    weights: {
      shape: [layer.filters, layer.kernelHeight, layer.kernelWidth, channels],
      values: values.map((value) => (Math.abs(value) < least ? 0 : value)),
      stored: "float32",
      origin: "synthetic",
    },
  };
};

/** The layer with every weight the same, and every activation −1, which takes all bits of the format. */
const uniform = (layer: LayerShape, value: number): Layer => {
  const { weights, ...shape } = pruned(layer, 1, 0);
  return {
    ...shape,
    weights: { ...weights, values: weights.values.map(() => value) },
    activations: {
      values: new Float32Array(layer.groups * reductionLength(layer)).fill(-1),
      vectors: 1,
      source: "none",
    },
  };
};

/** What Bit-Tactical gains: by its rule, without zeros and with nothing but zeros, and beside the printed averages. */
export const bitTacticalChecks = async (published: Published): Promise<readonly PublishedCheck[]> => {
  const numbers = published.numbers("bit-tactical");
  const convolutions = (await published.layers("alexnet")).filter(({ kind }) => kind === "convolution");
  // 256 channels, and as many windows as 12 sets have: 3 × 3 rows of 16 lanes.
  const even: LayerShape = { ...convolutions[3], outputHeight: 12, outputWidth: 16 };
  const ofRule = (
    what: string,
    section: "withoutZeros" | "withoutWeights",
    key: string,
    value: number,
    changes: Configuration,
  ): PublishedCheck => ({
    machine: bitTactical.name,
    what: `convolution of 192 output positions, ${what}: speedup over DaDianNao`,
    unit: numbers[section].unit,
    ours: speedup([uniform(even, value)], { activations: "captured", ...changes }),
    theirs: numbers[section].values[key],
    demand: "exact",
    decimals: numbers[section].decimals,
    source: numbers[section].source,
    mark: numbers[section].mark,
  });
  const shares = Object.values(numbers.prunedShares.values);
  const layers = convolutions.map((layer, index) => pruned(layer, shares[index], index));
  const averages = Object.entries(numbers.averageSpeedup.values).map(
    ([backEnd, theirs]): PublishedCheck => ({
      machine: bitTactical.name,
      what: `${backEnd}, AlexNet, convolutions, speedup over DaDianNao; theirs over several pruned networks`,
      unit: numbers.averageSpeedup.unit,
      ours: speedup(layers, { backEnd, activationZeros }),
      theirs,
      demand: "orientation",
      cause:
        "weights are drawn, and pruned to published shares; activations are drawn, half of them zero, and fill all 16 bits, of which real ones leave the upper and, trimmed, the lower ones free",
      source: `${numbers.averageSpeedup.source}; shares: ${numbers.prunedShares.source}`,
      mark: weakerMark(numbers.averageSpeedup.mark, numbers.prunedShares.mark),
    }),
  );
  return [
    ofRule("TCLp, no zero weights, all activations as wide as the format", "withoutZeros", "TCLp", 1, {
      backEnd: "TCLp",
    }),
    ofRule("no weights at all", "withoutWeights", "T", 0, {}),
    ...averages,
  ];
};
