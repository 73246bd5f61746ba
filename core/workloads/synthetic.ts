import { NetworkError } from "../errors.ts";
import { normal, uniformStream } from "../random.ts";
import { convolutionLayer, matrixProductLayer } from "./build-layer.ts";
import { mostComputedElements } from "./constant.ts";
import { uncountable } from "./countable.ts";
import type { Layer } from "./layer.ts";
import type { Network } from "./network.ts";
import { elementCount } from "./shape.ts";
import { slidingWindow } from "./sliding-window.ts";
import type { Tensor } from "./tensor.ts";

/** A convolution of a layer table; `input`, `kernel`, `stride` and `dilation` are [vertical, horizontal]. */
export interface SyntheticConvolution {
  readonly kind: "convolution";
  readonly name: string;
  readonly filters: number;
  readonly channels: number;
  readonly groups: number;
  readonly input: readonly [number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: "same" | "valid";
}

/** A linear layer of a layer table, applied to `vectors` vectors. */
export interface SyntheticLinear {
  readonly kind: "linear";
  readonly name: string;
  readonly filters: number;
  readonly channels: number;
  readonly vectors: number;
}

/** A layer of a table: shape without weights. */
export type SyntheticLayer = SyntheticConvolution | SyntheticLinear;

/** A network given by its shapes, with weights drawn from a normal distribution of mean 0. */
export interface SyntheticTable {
  readonly seed: number;
  /** Standard deviation of the weights. */
  readonly sigma: number;
  readonly layers: readonly SyntheticLayer[];
}

const weightCount = (entry: SyntheticLayer): number =>
  entry.kind === "linear"
    ? entry.filters * entry.channels
    : elementCount([entry.filters, ...entry.kernel, entry.channels / entry.groups]);

/** Refuses a table of so many weights that a short file would fill the memory. */
const checkTotal = (network: string, layers: readonly SyntheticLayer[]): void => {
  let total = 0;
  for (const entry of layers) {
    total += weightCount(entry);
    if (total <= mostComputedElements) continue;
    const problem = `layer ${entry.name}: with it ${total} weights would be drawn, at most ${mostComputedElements} are`;
    throw new NetworkError(network, problem);
  }
};

const drawn = (table: SyntheticTable, index: number, shape: readonly number[]): Tensor => {
  const length = elementCount(shape);
  const uniform = uniformStream(table.seed, index);
  const values = Float32Array.from({ length }, () => table.sigma * normal(uniform));
  return { shape, values, stored: "float32", origin: "synthetic" };
};

const convolution = (
  table: SyntheticTable,
  index: number,
  entry: SyntheticConvolution,
  network: string,
): Layer => {
  const fail = (problem: string): never => {
    throw new NetworkError(network, `layer ${entry.name}: ${problem}`);
  };
  if (entry.channels % entry.groups !== 0 || entry.filters % entry.groups !== 0) {
    fail(
      `${entry.channels} channels and ${entry.filters} filters cannot be split into ${entry.groups} groups`,
    );
  }
  const [vertical, horizontal] = entry.input.map((input, axis) =>
    slidingWindow({
      input,
      kernel: entry.kernel[axis],
      stride: entry.stride[axis],
      dilation: entry.dilation[axis],
      padding: entry.padding === "same" ? "same-upper" : "valid",
    }),
  );
  if (vertical.output < 1 || horizontal.output < 1) fail("its kernel does not fit its input");
  return convolutionLayer({
    name: entry.name,
    channels: entry.channels,
    groups: entry.groups,
    vertical,
    horizontal,
    biasParameters: 0,
    weights: drawn(table, index, [entry.filters, ...entry.kernel, entry.channels / entry.groups]),
  });
};

/**
 * A network of independent layers with normally distributed float32 weights, a function of the table alone: stream
 * `index` of the seed for layer `index`. It has no biases and no movements: its layers stand for themselves. Assumes
 * positive integers for all sizes. Real weights are not normal, and their filters differ in scale, so results on such a
 * network only show that something runs. Throws NetworkError for shapes that do not fit or are too large, and for names that repeat.
 */
export const syntheticNetwork = (name: string, table: SyntheticTable): Network => {
  const names = new Set<string>();
  for (const entry of table.layers) {
    if (names.has(entry.name)) throw new NetworkError(name, `two layers have the name ${entry.name}`);
    names.add(entry.name);
  }
  checkTotal(name, table.layers);
  const layers = table.layers.map((entry, index) =>
    entry.kind === "convolution"
      ? convolution(table, index, entry, name)
      : matrixProductLayer({
          name: entry.name,
          kind: "linear",
          groups: 1,
          vectors: entry.vectors,
          biasParameters: 0,
          weights: drawn(table, index, [entry.filters, 1, 1, entry.channels]),
        }),
  );
  for (const layer of layers) {
    const problem = uncountable(layer);
    if (problem !== undefined) throw new NetworkError(name, `layer ${layer.name}: ${problem}`);
  }
  return {
    name,
    source: "synthetic",
    inputs: {},
    layers,
    movements: [],
    absorbed: {},
    foldedBatchNormalizations: 0,
  };
};
