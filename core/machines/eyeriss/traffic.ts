import { batched } from "../../workloads/batch.ts";
import { inputRowElements, type LayerShape, reductionLength } from "../../workloads/layer.ts";
import { type BufferTraffic, partialSumBytes } from "../machine.ts";
import { bytesOfPrecision } from "../operand-widths.ts";
import type { Configuration } from "../parameter.ts";
import { processingPass, rowStationary } from "./mapping.ts";

/**
 * Traffic between the global buffer and the array: the whole input once for every p·t filters that run at once, partial
 * sums read and written between passes over q·r channels, outputs once. Weights go to the scratchpads once a pass of the
 * tiling over the weights, and stay there for all strips and inputs [our decision]. Left out: rows of the input that two
 * strips share are read once.
 */
export const bufferTraffic = (configuration: Configuration, layer: LayerShape): BufferTraffic => {
  const mapping = rowStationary(configuration, layer);
  const { filtersOfElement, channelsOfElement, filterSets, channelSets } = processingPass(mapping, layer);
  const bytes = bytesOfPrecision(configuration);
  const { positions, repeats } = batched(layer, mapping.inputs);
  const filters = layer.filters / layer.groups;
  const channels = layer.channels / layer.groups;
  const inputPasses = Math.ceil(filters / (filtersOfElement * filterSets));
  const sumPasses = Math.ceil(channels / (channelsOfElement * channelSets));
  const outputs = repeats * layer.filters * positions;
  const partialSums = outputs * (sumPasses - 1) * partialSumBytes;
  const weightReads = repeats * layer.filters * reductionLength(layer) * bytes.weight;
  return {
    weightReads,
    weightRereads: weightReads,
    activationReads:
      mapping.inputs *
      layer.channels *
      layer.inputHeight *
      inputRowElements(layer) *
      inputPasses *
      bytes.activation,
    partialSumReads: partialSums,
    partialSumWrites: partialSums,
    outputWrites: outputs * bytes.activation,
  };
};
