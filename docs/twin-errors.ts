import { groupStatistics } from "../core/bit-interleaving/group-statistics.ts";
import { lockstepPes } from "../core/bit-interleaving/lockstep-sums.ts";
import type { QuantizationScheme } from "../core/numerics/quantize.ts";
import { normal, uniformStream } from "../core/random.ts";
import type { Layer } from "../core/workloads/layer.ts";
import { isDepthwise, type WeightDistributions } from "../core/workloads/synthetic-weights.ts";
import { drawWeights } from "../core/workloads/weight-distribution.ts";
import { fitOf, median } from "./kind-fits.ts";

/** A format and a lane width that errors are measured at. */
export interface Cell {
  readonly format: string;
  readonly quantization: QuantizationScheme;
  readonly laneWidth: number;
}

const formats = [
  ["float32", "per-tensor"],
  ["fixed16", "per-tensor"],
  ["fixed8", "per-tensor"],
  ["fixed8", "per-channel"],
  ["fixed4", "per-tensor"],
] as const;

/** All cells, format by format. */
export const cells: readonly Cell[] = formats.flatMap(([format, quantization]) =>
  [16, 64, 128].map((laneWidth) => ({ format, quantization, laneWidth })),
);

/** What a cell is called: `fixed8 per channel / 64`. */
export const cellName = ({ format, quantization, laneWidth }: Cell): string =>
  `${format}${quantization === "per-channel" ? " per channel" : ""} / ${laneWidth}`;

/** Weights by layer: those of a network, or what is drawn in their place. */
type Weights = ReadonlyMap<number, Float32Array>;

/** Ways to draw the weights of a layer that stands at a place of its network. */
export type Draw = (layer: Layer, place: number) => Float32Array;

/** Seed of all draws here, and of the activations that float weights are aligned with. */
const seed = 1;

/** Draws each layer from the distribution that is fitted to it. */
export const twin: Draw = (layer, place) => drawWeights(layer, fitOf(layer), seed, place).values;

/** Draws each layer from the distributions of a kind. */
export const drawnLike =
  ({ dense, depthwise = dense }: WeightDistributions): Draw =>
  (layer, place) =>
    drawWeights(layer, isDepthwise(layer) ? depthwise : dense, seed, place).values;

/** What is drawn without a look at any weights: a normal distribution of one spread. */
export const blind: Draw = (layer, place) => {
  const uniform = uniformStream(seed, place);
  return layer.weights.values.map(() => 0.05 * normal(uniform));
};

export const trained: Draw = (layer) => layer.weights.values;

/** The weights of every layer by a way to draw them. */
export const drawAll = (layers: ReadonlyMap<number, Layer>, draw: Draw): Weights =>
  new Map([...layers].map(([place, layer]) => [place, draw(layer, place)]));

/** Cycles of all groups of a layer: the sum of one processing element, and of 32 in lockstep. */
export type LayerCycles = readonly [onePe: number, lockstep: number];

const lockstepIndex = lockstepPes.indexOf(32);

/** The cycles of each layer in the published machine: check window 8, all planes, 16 activation vectors. */
export const groupCycles = (
  layers: ReadonlyMap<number, Layer>,
  weights: Weights,
  cell: Cell,
): LayerCycles[] =>
  [...layers].map(([place, { filters }]) => {
    const { vectors, cycles, lockstepCycles } = groupStatistics(weights.get(place)!, filters, {
      ...cell,
      window: 8,
      activePlanes: 24,
      activationExponents: "distribution",
      activationVectors: 16,
      activationZeros: 0,
      seed,
      stream: place,
    });
    let sum = 0;
    for (const length of cycles) sum += length;
    return [sum / vectors, lockstepCycles[lockstepIndex]];
  });

/** Errors in percent: of the sum over all layers, with its sign; the median and the largest size over layers. */
export type CycleErrors = readonly [total: number, median: number, worst: number];

/** How far the cycles of drawn weights are from those of trained ones, for one processing element or in lockstep. */
export const cycleErrors = (
  drawn: readonly LayerCycles[],
  real: readonly LayerCycles[],
  which: 0 | 1,
): CycleErrors => {
  const sum = (cycles: readonly LayerCycles[]): number =>
    cycles.reduce((total, layer) => total + layer[which], 0);
  const sizes = real.map((layer, index) => 100 * Math.abs(drawn[index][which] / layer[which] - 1));
  return [100 * (sum(drawn) / sum(real) - 1), median(sizes), Math.max(...sizes)];
};
