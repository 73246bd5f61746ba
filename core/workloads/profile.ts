import type { Format } from "../numerics/formats.ts";
import type { QuantizationScheme } from "../numerics/quantize.ts";
import { checkRange } from "../numerics/round-floats.ts";
import { checkStoredPrecision } from "../numerics/stored-precision.ts";
import { type BitCounts, type BitShares, bitShares, countBits } from "./bit-counts.ts";
import { type LayerShape, macs, parameters } from "./layer.ts";
import type { Network } from "./network.ts";
import type { Tensor } from "./tensor.ts";

/** The shape of a layer with the bit statistics of its weights. All shares are in [0, 1]. */
export interface LayerProfile extends LayerShape, BitShares {
  readonly macs: number;
  readonly parameters: number;
  readonly stored: Tensor["stored"];
  readonly origin: Tensor["origin"];
  /** Share of ones in each bit plane, least significant first. */
  readonly planeDensity: readonly number[];
}

/** The bit statistics of a network at its bound input and batch 1. */
export interface NetworkProfile extends BitShares {
  readonly network: string;
  readonly format: string;
  readonly layers: readonly LayerProfile[];
  readonly macs: number;
  readonly parameters: number;
}

/** How the weights of a profile are read. `scheme` has no effect on float formats. */
export interface ProfileOptions {
  readonly format: Format;
  readonly scheme: QuantizationScheme;
  /** Let statistics of weights through that were stored in fewer bits than a float format has. */
  readonly allowUpcast: boolean;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * Multiply–accumulates, parameters and bit statistics of a network. Magnitudes are taken as the format holds them
 * (significands with the hidden 1 of 24 bits for float32, 11 for float16, 8 for bfloat16; b − 1 bits for fixed<b>, one
 * for fixed1), before any alignment of exponents, whose loss is not in `sqnr_dB` either. Totals weigh each weight alike;
 * biases count as parameters and have no bits here. The operands of products of two activations exist at run time only:
 * their layers show what was drawn in their place, and the totals leave them out. A network without trained or synthetic
 * weights has NaN for its total shares. Throws ModelError `false-zero-bits` for a float format with more bits than the
 * weights were stored in, `not-finite` and `overflow` for weights that the format cannot hold.
 */
export const profileNetwork = (network: Network, options: ProfileOptions): NetworkProfile => {
  const { format, scheme, allowUpcast } = options;
  const totals: BitCounts[] = [];
  const layers = network.layers.map((layer): LayerProfile => {
    const { weights, activations: _, ...shape } = layer;
    const named = `${network.name}, layer ${layer.name}`;
    checkStoredPrecision(format, weights.stored, named, allowUpcast);
    checkRange(weights.values, format, named);
    const counts = countBits(weights.values, layer.filters, format, scheme);
    if (weights.origin !== "activation") totals.push(counts);
    return {
      ...shape,
      macs: macs(layer),
      parameters: parameters(layer),
      stored: weights.stored,
      origin: weights.origin,
      planeDensity: counts.ones.map((ones) => ones / counts.weights),
      ...bitShares([counts], format),
    };
  });
  return {
    network: network.name,
    format: format.name,
    layers,
    macs: sum(layers.map((layer) => layer.macs)),
    parameters: sum(layers.map((layer) => layer.parameters)),
    ...bitShares(totals, format),
  };
};
