import type { Format } from "../numerics/formats.ts";
import type { QuantizationScheme } from "../numerics/quantize.ts";
import { checkRange } from "../numerics/round-floats.ts";
import { checkStoredPrecision } from "../numerics/stored-precision.ts";
import { type ActivationProfile, profileActivations } from "./activation-profile.ts";
import { networkParameters } from "./architecture.ts";
import { type BitCounts, type BitShares, bitShares, countBits } from "./bit-counts.ts";
import { type LayerShape, macs, parameters } from "./layer.ts";
import type { Movement, Network } from "./network.ts";
import { syntheticMark } from "./synthetic-mark.ts";
import type { Tensor } from "./tensor.ts";

/** The shape of a layer with the bit statistics of its weights. All shares are in [0, 1]. */
export interface LayerProfile extends LayerShape, BitShares {
  readonly macs: number;
  readonly parameters: number;
  readonly stored: Tensor["stored"];
  readonly origin: Tensor["origin"];
  /** Absent where every filter has weights of its own. */
  readonly sampledFilters?: number;
  /** Share of ones in each bit plane, least significant first. */
  readonly planeDensity: readonly number[];
  /** Absent where no activations were captured and no distribution of them is stated. */
  readonly activations?: ActivationProfile;
}

/** What the movements of one operation move together, at batch 1. */
export interface MovementTotals {
  readonly count: number;
  readonly readElements: number;
  readonly writtenElements: number;
}

/** The bit statistics of a network at its bound input and batch 1. */
export interface NetworkProfile extends BitShares {
  readonly network: string;
  readonly format: string;
  readonly layers: readonly LayerProfile[];
  readonly macs: number;
  readonly parameters: number;
  /** Operations without multiply–accumulates that move data, by operation. */
  readonly movements: Readonly<Record<string, MovementTotals>>;
  /** How often each operation was fused, folded or is a view. */
  readonly absorbed: Network["absorbed"];
  readonly foldedBatchNormalizations: number;
  /** `synthetic weights: all layers` and the like; absent where no weights were drawn. */
  readonly mark?: string;
}

/** How the weights of a profile are read. `scheme` has no effect on float formats. */
export interface ProfileOptions {
  readonly format: Format;
  readonly scheme: QuantizationScheme;
  /** Let statistics of weights through that were stored in fewer bits than a float format has. */
  readonly allowUpcast: boolean;
}

/** The profile of a layer whose weights were counted in `format`, without activations. */
export const layerProfile = (
  shape: LayerShape,
  { stored, origin, sampledFilters }: Pick<Tensor, "stored" | "origin" | "sampledFilters">,
  counts: BitCounts,
  format: Format,
): LayerProfile => ({
  ...shape,
  macs: macs(shape),
  parameters: parameters(shape),
  stored,
  origin,
  ...(sampledFilters !== undefined && { sampledFilters }),
  planeDensity: counts.ones.map((ones) => ones / counts.weights),
  ...bitShares([counts], format),
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const movementTotals = (movements: readonly Movement[]): NetworkProfile["movements"] => {
  const totals = new Map<string, MovementTotals>();
  for (const { operation, readElements, writtenElements } of movements) {
    const before = totals.get(operation) ?? { count: 0, readElements: 0, writtenElements: 0 };
    totals.set(operation, {
      count: before.count + 1,
      readElements: before.readElements + readElements,
      writtenElements: before.writtenElements + writtenElements,
    });
  }
  return Object.fromEntries(totals);
};

/**
 * Multiply–accumulates, parameters and bit statistics of a network. Magnitudes are taken as the format holds them
 * (significands with the hidden 1 of 24 bits for float32, 11 for float16, 8 for bfloat16; b − 1 bits for fixed<b>, one
 * for fixed1), before any alignment of exponents, whose loss is not in `sqnr_dB` either. Totals weigh each weight alike;
 * biases count as parameters and have no bits here; weights that several layers share count once in totals, and
 * parameters of no layer (embeddings, scales of normalizations) where they are known. The operands of products of two
 * activations exist at run time only: their layers show what was drawn in their place, and the totals leave them out, as
 * they do the weights of input gradients, which are those of the forward products. A network without trained or
 * synthetic weights has NaN for its total shares. Throws ModelError `false-zero-bits` for a float format with more bits than the
 * weights were stored in, `not-finite` and `overflow` for weights that the format cannot hold, `overflow` for captured
 * activations too.
 */
export const profileNetwork = (network: Network, options: ProfileOptions): NetworkProfile => {
  const { format, scheme, allowUpcast } = options;
  const totals: BitCounts[] = [];
  const { sharedWeights = {} } = network;
  const layers = network.layers.map((layer, position): LayerProfile => {
    const { weights, activations: _, ...shape } = layer;
    const { activationDistribution } = network;
    const activations = profileActivations(network.name, layer, position, activationDistribution, format);
    const named = `${network.name}, layer ${layer.name}`;
    checkStoredPrecision(format, weights.stored, named, allowUpcast);
    checkRange(weights.values, format, named);
    const counts = countBits(weights.values, layer.filters, format, scheme);
    const isTrainedHere = layer.product === undefined && !Object.hasOwn(sharedWeights, layer.name);
    if (weights.origin !== "activation" && isTrainedHere) totals.push(counts);
    return { ...layerProfile(shape, weights, counts, format), ...(activations && { activations }) };
  });
  const mark = syntheticMark(network);
  return {
    network: network.name,
    format: format.name,
    layers,
    macs: sum(layers.map((layer) => layer.macs)),
    parameters: networkParameters(network),
    movements: movementTotals(network.movements),
    absorbed: network.absorbed,
    foldedBatchNormalizations: network.foldedBatchNormalizations,
    ...(mark !== undefined && { mark }),
    ...bitShares(totals, format),
  };
};
