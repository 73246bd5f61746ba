import { elementCount, showShape } from "../shape.ts";

/**
 * An activation without its batch of 1: channels and spatial sizes, [height, width] or [depth, height, width].
 * Token vectors are maps of height T and width 1 with a channel a feature; a flattened vector has the size [1, 1].
 */
export interface FeatureMap {
  readonly channels: number;
  readonly size: readonly number[];
}

/** Values of a map. */
export const mapElements = ({ channels, size }: FeatureMap): number => channels * elementCount(size);

/** The map as a reader writes it, for messages: `[64, 56, 56]`. */
export const showMap = ({ channels, size }: FeatureMap): string => showShape([channels, ...size]);

/** Whether two sizes agree along every axis. */
export const sameSize = (first: FeatureMap, second: FeatureMap): boolean =>
  first.size.length === second.size.length &&
  first.size.every((length, axis) => length === second.size[axis]);
