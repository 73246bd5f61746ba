import type { LayerShape } from "../../workloads/layer.ts";
import { outputsOfTile, type TiledPlane } from "./tiles.ts";

/** Partial sums that the accumulators of a processing element hold: 32 banks of 32. */
const accumulators = 1024;

/**
 * Filters of a group, Kc: as many as have room in the accumulators with all outputs of the largest tile, at least one, at
 * most `kcMax` and those of a convolution group [DNNsim, but for kcMax, our decision: the banks distinguish 8 filters]. The
 * last group of a convolution group may have fewer.
 */
export const filtersOfGroup = (layer: LayerShape, plane: TiledPlane, kcMax: number): number =>
  Math.min(layer.filters / layer.groups, kcMax, Math.max(1, Math.floor(accumulators / outputsOfTile(plane))));
