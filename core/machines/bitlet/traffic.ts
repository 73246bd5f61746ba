import { batched } from "../../workloads/batch.ts";
import {
  inputRowElements,
  type LayerShape,
  outputRowElements,
  reductionLength,
} from "../../workloads/layer.ts";
import { type BufferTraffic, type LeastBuffers, partialSumBytes } from "../machine.ts";
import { rounds } from "../rounds.ts";
import type { BitletConfiguration } from "./configuration.ts";

/**
 * Traffic between buffers and processing elements. Groups are padded to the lane width. Weight-stationary:
 * every weight is read once a pass of the tiling over the weights, every activation once for each round (one broadcast serves the round), a partial sum is
 * read and written between the groups of a filter. Output-stationary: weights are read again for every position step
 * and no partial sum leaves the processing element.
 */
export const bufferTraffic = (configuration: BitletConfiguration, layer: LayerShape): BufferTraffic => {
  const { laneWidth, pes, spread, packing, format } = configuration;
  const filtersOfGroup = layer.filters / layer.groups;
  const groups = Math.ceil(reductionLength(layer) / laneWidth);
  const { positions, repeats } = batched(layer, configuration.batch);
  const plan = rounds(filtersOfGroup, positions, pes, spread, packing);
  const bytes = format.bits / 8;
  const stationary = configuration.dataflow === "weight-stationary";
  let weightWords = 0;
  for (const round of plan) {
    weightWords += round.filters * groups * laneWidth * (stationary ? 1 : round.positionSteps);
  }
  const outputs = repeats * layer.filters * positions;
  const partialSums = stationary ? outputs * (groups - 1) * partialSumBytes : 0;
  const weightReads = repeats * layer.groups * weightWords * bytes;
  return {
    weightReads,
    // Position steps read again in any case what a further pass would.
    weightRereads: stationary ? weightReads : 0,
    activationReads: repeats * layer.groups * plan.length * groups * positions * laneWidth * bytes,
    partialSumReads: partialSums,
    partialSumWrites: partialSums,
    outputWrites: outputs * bytes,
  };
};

/**
 * Least buffers a layer runs with, double-buffered: a group of weights for each filter of a round, the
 * input rows under one output row for the channels of a group, a row of partial sums for each filter of a round.
 */
export const leastBuffers = (configuration: BitletConfiguration, layer: LayerShape): LeastBuffers => {
  const { laneWidth, pes, packing, format } = configuration;
  const atOnce = Math.min(pes * packing, layer.filters / layer.groups);
  const bytes = format.bits / 8;
  const rows = layer.dilationHeight * (layer.kernelHeight - 1) + 1;
  return {
    weight: 2 * atOnce * laneWidth * bytes,
    activation:
      2 * rows * inputRowElements(layer) * Math.min(layer.channels / layer.groups, laneWidth) * bytes,
    output: 2 * atOnce * outputRowElements(layer) * partialSumBytes,
  };
};
