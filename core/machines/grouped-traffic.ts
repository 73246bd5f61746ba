import type { Bytes } from "../units.ts";
import { batched } from "../workloads/batch.ts";
import { type LayerShape, reductionLength } from "../workloads/layer.ts";
import { type BufferTraffic, partialSumBytes } from "./machine.ts";
import { rounds, type Spread } from "./rounds.ts";

/** Order of the loops inside a round: group, then position; or position, then group. */
export type Dataflow = "weight-stationary" | "output-stationary";

/** Processing elements that take groups of `laneWidth` weight–activation pairs, in rounds of filters. */
export interface GroupedArray {
  readonly pes: number;
  readonly laneWidth: number;
  readonly spread: Spread;
  /** Filters that share a processing element. */
  readonly packing: number;
  readonly dataflow: Dataflow;
  readonly batch: number;
}

/**
 * Traffic between buffers and processing elements. Groups are padded to the lane width. Weight-stationary:
 * every weight is read once a pass of the tiling over the weights, every activation once for each round (one broadcast serves the round), a partial sum is
 * read and written between the groups of a filter. Output-stationary: weights are read again for every position step
 * and no partial sum leaves the processing element.
 */
export const groupedTraffic = (
  { pes, laneWidth, spread, packing, dataflow, batch }: GroupedArray,
  layer: LayerShape,
  bytes: { readonly weight: Bytes; readonly activation: Bytes },
): BufferTraffic => {
  const groups = Math.ceil(reductionLength(layer) / laneWidth);
  const { positions, repeats } = batched(layer, batch);
  const plan = rounds(layer.filters / layer.groups, positions, pes, spread, packing);
  const stationary = dataflow === "weight-stationary";
  let weightWords = 0;
  for (const round of plan) {
    weightWords += round.filters * groups * laneWidth * (stationary ? 1 : round.positionSteps);
  }
  const outputs = repeats * layer.filters * positions;
  const partialSums = stationary ? outputs * (groups - 1) * partialSumBytes : 0;
  const weightReads = repeats * layer.groups * weightWords * bytes.weight;
  return {
    weightReads,
    // Position steps read again in any case what a further pass would.
    weightRereads: stationary ? weightReads : 0,
    activationReads: repeats * layer.groups * plan.length * groups * positions * laneWidth * bytes.activation,
    partialSumReads: partialSums,
    partialSumWrites: partialSums,
    outputWrites: outputs * bytes.activation,
  };
};
