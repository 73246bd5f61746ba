import type { Format } from "../numerics/formats.ts";
import { magnitudes } from "../numerics/magnitudes.ts";
import type { QuantizationScheme } from "../numerics/quantize.ts";
import { checkStoredPrecision } from "../numerics/stored-precision.ts";
import { type LayerShape, macs, parameters } from "./layer.ts";
import type { Network } from "./network.ts";
import type { Tensor } from "./tensor.ts";

/** Ones among the magnitudes of some weights, plane by plane; plane 0 is the least significant. */
export interface PlaneCounts {
  readonly weights: number;
  /** Weights whose magnitude is zero. */
  readonly zeros: number;
  readonly ones: readonly number[];
}

/** The shape of a layer with the bit statistics of its weights. All shares are in [0, 1]. */
export interface LayerProfile extends LayerShape {
  readonly macs: number;
  readonly parameters: number;
  readonly stored: Tensor["stored"];
  readonly origin: Tensor["origin"];
  /** Share of weights that are zero in the format. */
  readonly zeroValues: number;
  /** Share of zero bits among all magnitude bits. */
  readonly zeroBits: number;
  /** Share of ones in each bit plane, least significant first. */
  readonly planeDensity: readonly number[];
}

/** The bit statistics of a network at its bound input and batch 1. */
export interface NetworkProfile {
  readonly network: string;
  readonly format: string;
  readonly layers: readonly LayerProfile[];
  readonly macs: number;
  readonly parameters: number;
  readonly zeroValues: number;
  readonly zeroBits: number;
}

/** How the weights of a profile are read. `scheme` has no effect on float32. */
export interface ProfileOptions {
  readonly format: Format;
  readonly scheme: QuantizationScheme;
  /** Let float32 statistics of weights stored in fewer bits through. */
  readonly allowUpcast: boolean;
}

/** Counts the ones in each of the lowest `planes` bits of the magnitudes. */
export const countPlanes = (values: Int32Array, planes: number): PlaneCounts => {
  const ones = new Array<number>(planes).fill(0);
  let zeros = 0;
  for (const magnitude of values) {
    if (magnitude === 0) zeros++;
    for (let plane = 0; plane < planes; plane++) ones[plane] += (magnitude >>> plane) & 1;
  }
  return { weights: values.length, zeros, ones };
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const zeroBitShare = (counts: readonly PlaneCounts[], planes: number): number =>
  1 - sum(counts.map(({ ones }) => sum(ones))) / (planes * sum(counts.map(({ weights }) => weights)));

/**
 * Multiply–accumulates, parameters and bit statistics of a network. Magnitudes are taken as the format holds them (24
 * bits with the hidden 1 for float32, b − 1 bits for fixed<b>), before any alignment of exponents. Totals weigh each
 * weight alike; biases count as parameters and have no bits here. The operands of products of two activations exist at
 * run time only: their layers show what was drawn in their place, and the totals leave them out. A network without
 * trained or synthetic weights has NaN for its total shares. Throws ModelError `false-zero-bits` for a float32 profile
 * of weights stored in fewer bits.
 */
export const profileNetwork = (network: Network, options: ProfileOptions): NetworkProfile => {
  const { format, scheme, allowUpcast } = options;
  const totals: PlaneCounts[] = [];
  const layers = network.layers.map((layer): LayerProfile => {
    const { weights, activations: _, ...shape } = layer;
    checkStoredPrecision(format, weights.stored, `${network.name}, layer ${layer.name}`, allowUpcast);
    const counts = countPlanes(magnitudes(weights.values, layer.filters, format, scheme), format.planes);
    if (weights.origin !== "activation") totals.push(counts);
    return {
      ...shape,
      macs: macs(layer),
      parameters: parameters(layer),
      stored: weights.stored,
      origin: weights.origin,
      zeroValues: counts.zeros / counts.weights,
      zeroBits: zeroBitShare([counts], format.planes),
      planeDensity: counts.ones.map((ones) => ones / counts.weights),
    };
  });
  return {
    network: network.name,
    format: format.name,
    layers,
    macs: sum(layers.map((layer) => layer.macs)),
    parameters: sum(layers.map((layer) => layer.parameters)),
    zeroValues: sum(totals.map(({ zeros }) => zeros)) / sum(totals.map(({ weights }) => weights)),
    zeroBits: zeroBitShare(totals, format.planes),
  };
};
