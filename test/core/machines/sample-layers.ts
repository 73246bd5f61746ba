import type {
  LayerOperands,
  LayerStatistics,
  StatisticsRequest,
} from "../../../core/machines/layer-statistics.ts";
import type { Machine } from "../../../core/machines/machine.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import { type LayerShape, reductionLength } from "../../../core/workloads/layer.ts";
import { smallLayer } from "./small-layer.ts";

const kernel = { kernelHeight: 3, kernelWidth: 3 };

/** Layers of every kind, small: names say what is particular. */
export const sampleLayers: readonly LayerShape[] = [
  smallLayer({
    ...kernel,
    name: "plain",
    filters: 5,
    outputHeight: 3,
    outputWidth: 3,
    inputHeight: 5,
    inputWidth: 5,
  }),
  smallLayer({
    ...kernel,
    name: "depthwise",
    filters: 4,
    channels: 4,
    groups: 4,
    paddingTop: 1,
    outputHeight: 3,
    outputWidth: 2,
    inputHeight: 3,
  }),
  smallLayer({
    name: "linear",
    kind: "linear",
    filters: 10,
    channels: 40,
    outputHeight: 1,
    outputWidth: 1,
    inputHeight: 1,
    inputWidth: 1,
  }),
  smallLayer({
    ...kernel,
    name: "strided",
    filters: 16,
    channels: 3,
    strideHeight: 2,
    strideWidth: 2,
    outputHeight: 4,
    outputWidth: 5,
    inputHeight: 9,
    inputWidth: 11,
  }),
  smallLayer({
    ...kernel,
    name: "grouped",
    filters: 6,
    channels: 36,
    groups: 2,
    dilationHeight: 2,
    outputHeight: 2,
    outputWidth: 3,
    inputHeight: 6,
    inputWidth: 5,
  }),
  smallLayer({
    name: "vectors",
    kind: "linear",
    filters: 7,
    channels: 17,
    outputHeight: 3,
    outputWidth: 1,
    inputHeight: 3,
    inputWidth: 1,
  }),
  smallLayer({
    name: "attention",
    kind: "matmul",
    filters: 8,
    channels: 24,
    groups: 2,
    outputHeight: 4,
    outputWidth: 1,
    inputHeight: 4,
    inputWidth: 1,
  }),
  smallLayer({
    ...kernel,
    name: "volume",
    filters: 3,
    channels: 9,
    inputHeight: 4,
    inputWidth: 4,
    depth: { input: 3, output: 2, kernel: 2, stride: 1, dilation: 1, before: 0 },
  }),
];

/** Those of these names, in the order of `sampleLayers`. */
export const layersNamed = (names: readonly string[]): readonly LayerShape[] =>
  sampleLayers.filter(({ name }) => names.includes(name));

/** A draw of operands: normal, with a share of zeros; the captured activations are three vectors. */
const draw = (layer: LayerShape, seed: number, zeros: number): Required<LayerOperands> => {
  const length = reductionLength(layer);
  const values = (count: number, stream: number): Float32Array => {
    const uniform = uniformStream(seed, stream);
    return Float32Array.from({ length: count }, () => (uniform() < zeros ? 0 : normal(uniform)));
  };
  const vectors = 3;
  return {
    layer,
    weights: values(layer.filters * length, 0),
    activations: { values: values(vectors * layer.groups * length, 1), vectors },
  };
};

/** Operands of a layer, a function of the seed: zeros are few, or many, or all are. */
export const sampleOperands = (layer: LayerShape, seed: number): Required<LayerOperands> =>
  draw(layer, seed, [0.1, 0.8, 1][seed % 3]);

/** Statistics of operands; a rule gets captured activations only where the request asks for them, as in the engine. */
export const computeStatistics = (
  rule: Machine["statisticsRule"],
  request: StatisticsRequest,
  { layer, weights, activations }: Required<LayerOperands>,
): LayerStatistics =>
  rule.compute(
    { layer, weights, ...(rule.activationsOf(request) === "captured" && { activations }) },
    request,
  );

/** Those that a configuration asks for. */
export const statisticsOf = (
  { statisticsRule, statistics }: Machine,
  configuration: Configuration,
  operands: Required<LayerOperands>,
): LayerStatistics => computeStatistics(statisticsRule, statistics(configuration, 1, 0), operands);
