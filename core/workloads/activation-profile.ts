import type { Format } from "../numerics/formats.ts";
import { checkRange } from "../numerics/round-floats.ts";
import {
  type ActivationDistribution,
  distributionText,
  drawnActivations,
} from "./activation-distribution.ts";
import { type BitShares, bitShares, countBits } from "./bit-counts.ts";
import { type Layer, reductionLength } from "./layer.ts";

/** The bit statistics of the activations that a layer reads, before any alignment. All shares are in [0, 1]. */
export interface ActivationProfile extends Omit<BitShares, "zeroValues"> {
  /** Share of activations that are zero in the format. */
  readonly zeroShare: number;
  /** Share of ones in each bit plane of the magnitudes, least significant first. */
  readonly planeDensity: readonly number[];
  /** Whether they were captured, or drawn from a stated distribution. */
  readonly origin: "captured" | "distribution";
  /** The file they came from, as the user wrote it, or the distribution in words. */
  readonly source: string;
}

/** Vectors that are drawn of a stated distribution: the default of the parameter activationVectors. */
const drawnVectors = 16;

/** The activations that are known of a layer: the captured ones, otherwise drawn ones of a stated distribution. */
const activationsOf = (
  layer: Layer,
  position: number,
  stated: ActivationDistribution | undefined,
): (Pick<ActivationProfile, "origin" | "source"> & { readonly values: Float32Array }) | undefined => {
  if (layer.activations !== undefined) {
    const { values, source } = layer.activations;
    return { values, source, origin: "captured" };
  }
  if (stated === undefined) return undefined;
  const values = drawnActivations(stated, 0, position, drawnVectors, reductionLength(layer));
  return { values, source: distributionText(stated), origin: "distribution" };
};

/**
 * Counts the bits of a layer's activations in a format: the captured ones, otherwise 16 vectors of the distribution that
 * the network states; undefined where it has neither. Fixed formats quantize all activations of the layer with one scale
 * [our decision]. Padding zeros of captured vectors are counted. `position` of the layer in the network is the stream of
 * drawn activations; their seed is 0. Throws ModelError `overflow` for captured values that the format cannot hold.
 */
export const profileActivations = (
  network: string,
  layer: Layer,
  position: number,
  stated: ActivationDistribution | undefined,
  format: Format,
): ActivationProfile | undefined => {
  const activations = activationsOf(layer, position, stated);
  if (activations === undefined) return undefined;
  const { values, source, origin } = activations;
  checkRange(values, format, `${network}, activations of layer ${layer.name} (${source})`);
  const counts = countBits(values, 1, format, "per-tensor");
  const { zeroValues, ...shares } = bitShares([counts], format);
  return {
    zeroShare: zeroValues,
    ...shares,
    planeDensity: counts.ones.map((ones) => ones / counts.weights),
    origin,
    source,
  };
};
