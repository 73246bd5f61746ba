import { kernelElements, type LayerShape, positions } from "../../workloads/layer.ts";
import { leastBuffersOf } from "../least-buffers.ts";
import type { BufferTraffic, LeastBuffers } from "../machine.ts";
import type { ScnnConfiguration } from "./configuration.ts";
import { filtersOfGroup } from "./filter-groups.ts";
import { isFullyConnected, tiledPlane } from "./tiles.ts";

/** Filters of a group in either kind of layer. */
const groupFilters = ({ array, kcMax }: ScnnConfiguration, layer: LayerShape): number =>
  isFullyConnected(layer)
    ? Math.min(layer.filters / layer.groups, kcMax)
    : filtersOfGroup(layer, tiledPlane(layer, array), kcMax);

/**
 * Traffic between buffers and processing elements, in values of the operands' full width without their indices: weights
 * are broadcast once for each input of a batch, or in a fully connected layer read for every vector, as if none were zero;
 * non-zero activations are read once for every group of filters; partial sums never leave the processing elements, which
 * hand halos to each other. The dense twin is taken to move the same, zeros included [our decision].
 */
export const bufferTraffic = (
  configuration: ScnnConfiguration,
  layer: LayerShape,
  bytes: { readonly weight: number; readonly activation: number },
): BufferTraffic => {
  const { batch, activationZeros } = configuration;
  const nonZero = 1 - activationZeros;
  const channels = layer.channels / layer.groups;
  const weights = layer.filters * kernelElements(layer) * channels * bytes.weight;
  const sets = Math.ceil(layer.filters / layer.groups / groupFilters(configuration, layer));
  const inputs = layer.channels * layer.inputHeight * layer.inputWidth;
  const fullyConnected = isFullyConnected(layer);
  return {
    weightReads: batch * weights * (fullyConnected ? nonZero * layer.inputHeight * layer.inputWidth : 1),
    // Vectors and the inputs of a batch read again in any case what a further pass would.
    weightRereads: fullyConnected || batch > 1 ? 0 : weights,
    activationReads: batch * sets * inputs * nonZero * bytes.activation,
    partialSumReads: 0,
    partialSumWrites: 0,
    outputWrites: batch * layer.filters * positions(layer) * bytes.activation,
  };
};

/** Least buffers: one channel of a group of filters at a time. */
export const leastBuffers = (
  configuration: ScnnConfiguration,
  layer: LayerShape,
  bytes: { readonly weight: number; readonly activation: number },
): LeastBuffers => leastBuffersOf(layer, groupFilters(configuration, layer), 1, bytes);
