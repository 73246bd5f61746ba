import type { LayerShape } from "../../workloads/layer.ts";
import { groupedTraffic } from "../grouped-traffic.ts";
import { leastBuffersOf } from "../least-buffers.ts";
import type { BufferTraffic, LeastBuffers } from "../machine.ts";
import type { BitletConfiguration } from "./configuration.ts";

/** Traffic between buffers and processing elements, as `groupedTraffic` says. */
export const bufferTraffic = (configuration: BitletConfiguration, layer: LayerShape): BufferTraffic => {
  const bytes = configuration.format.bits / 8;
  return groupedTraffic(configuration, layer, { weight: bytes, activation: bytes });
};

/** Least buffers a layer runs with: a group of weights for each filter of a round, as `leastBuffersOf` says. */
export const leastBuffers = (configuration: BitletConfiguration, layer: LayerShape): LeastBuffers => {
  const { laneWidth, pes, packing, format } = configuration;
  const bytes = format.bits / 8;
  return leastBuffersOf(layer, pes * packing, laneWidth, { weight: bytes, activation: bytes });
};
