import { batched } from "../workloads/batch.ts";
import { type LayerShape, reductionLength } from "../workloads/layer.ts";
import { leastBuffersOf } from "./least-buffers.ts";
import type { BufferTraffic, LeastBuffers } from "./machine.ts";

/**
 * An array of processing elements that keep their outputs until they are done: `columns` filters side by side, each at
 * `positions` output positions. A step takes the next `group` weights of every filter, with the activations of every
 * position, and ends for all filters together.
 */
export interface OutputStationaryArray {
  readonly group: number;
  readonly columns: number;
  readonly positions: number;
  readonly batch: number;
}

/** How a layer runs on the array. Filters, positions and groups are those of one convolution group. */
export interface ArraySchedule {
  readonly filters: number;
  readonly positions: number;
  /** ⌈reductionLength / group⌉ of a filter; the last one may be shorter. */
  readonly groups: number;
  /** Weights of the last group. */
  readonly lastLanes: number;
  /** ⌈filters / columns⌉ */
  readonly filterSets: number;
  /** ⌈output positions of all inputs / positions⌉ */
  readonly positionSets: number;
  readonly convolutionGroups: number;
  /** Times that the whole layer runs: the batch for products of two activations, otherwise 1. */
  readonly repeats: number;
}

/**
 * The schedule of a layer: convolution groups one after another; of each, sets of filters; of each, sets of positions; of
 * each, the groups of the reduction, channels innermost. Groups cross kernel positions, never filters [our decision: the
 * simulator of the BBS authors cuts them at kernel positions, and fills the positions of an array row by row].
 */
export const arraySchedule = (
  layer: LayerShape,
  { group, columns, positions: atOnce, batch }: OutputStationaryArray,
): ArraySchedule => {
  const { positions, repeats } = batched(layer, batch);
  const filters = layer.filters / layer.groups;
  const length = reductionLength(layer);
  const groups = Math.ceil(length / group);
  return {
    filters,
    positions,
    groups,
    lastLanes: length - (groups - 1) * group,
    filterSets: Math.ceil(filters / columns),
    positionSets: Math.ceil(positions / atOnce),
    convolutionGroups: layer.groups,
    repeats,
  };
};

/** Pairs of filter and position that have a place of their own at once. */
export const activePlaces = (
  { filters, positions }: ArraySchedule,
  array: Pick<OutputStationaryArray, "columns" | "positions">,
): number => Math.min(filters, array.columns) * Math.min(positions, array.positions);

/**
 * Traffic between buffers and processing elements: every step reads the weights of its filters, for all its positions
 * together, and the activations of its positions, for all its filters together; groups are padded. No partial sum leaves a
 * processing element.
 */
export const arrayTraffic = (
  layer: LayerShape,
  array: OutputStationaryArray,
  bytes: { readonly weight: number; readonly activation: number },
): BufferTraffic => {
  const schedule = arraySchedule(layer, array);
  const { filters, positions, groups, filterSets, positionSets } = schedule;
  const times = schedule.repeats * schedule.convolutionGroups;
  const reduction = groups * array.group;
  return {
    weightReads: times * filters * reduction * positionSets * bytes.weight,
    // Sets of positions read again in any case what a further pass would.
    weightRereads: 0,
    activationReads: times * positions * reduction * filterSets * bytes.activation,
    partialSumReads: 0,
    partialSumWrites: 0,
    outputWrites: times * filters * positions * bytes.activation,
  };
};

/** Least buffers of the array. */
export const arrayLeastBuffers = (
  layer: LayerShape,
  { columns, group }: OutputStationaryArray,
  bytes: { readonly weight: number; readonly activation: number },
): LeastBuffers => leastBuffersOf(layer, columns, group, bytes);
