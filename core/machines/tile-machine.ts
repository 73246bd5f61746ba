import type { ArrayMembers, Machine } from "./machine.ts";
import { bytesOfPrecision, widthsOfPrecision } from "./operand-widths.ts";
import { tabledClock_GHz, tabledComponentParameters, tabledComponents } from "./tabled-components.ts";
import {
  activeTileElements,
  tileLeastBuffers,
  tileOrganisation,
  tileSchedule,
  tileScheduleParameters,
  tileTraffic,
} from "./tile-organisation.ts";

/**
 * The members that machines of the DaDianNao family share: they grow by tiles; a processing element serves one filter and
 * one window with its lanes, and costs what the machine's tables say; operands are as wide as the precision.
 */
export const tileMachine = (name: string): ArrayMembers => {
  const elements: Machine["processingElements"] = (configuration) => {
    const { tiles, filtersPerTile, windows } = tileOrganisation(configuration);
    return tiles * filtersPerTile * windows;
  };
  return {
    sizeParameter: "tiles",
    sizeParameters: ["tiles", "filtersPerTile", "laneWidth", "windows"],
    processingElements: elements,
    lanes: (configuration) => elements(configuration) * Number(configuration.laneWidth),
    activePes: (configuration, layer) => {
      const organisation = tileOrganisation(configuration);
      return activeTileElements(tileSchedule(layer, organisation), organisation);
    },
    trafficParameters: ["precision", ...tileScheduleParameters],
    bufferTraffic: (configuration, layer) =>
      tileTraffic(layer, tileOrganisation(configuration), bytesOfPrecision(configuration)),
    leastBuffers: (configuration, layer) =>
      tileLeastBuffers(layer, tileOrganisation(configuration), bytesOfPrecision(configuration)),
    operandParameters: ["precision"],
    operandWidths: widthsOfPrecision,
    componentParameters: ["laneWidth", ...tabledComponentParameters],
    components: (configuration, technology) =>
      tabledComponents(name, configuration, Number(configuration.laneWidth), technology),
    clockParameters: ["precision", "costSource"],
    nominalClock_GHz: (configuration, technology) => tabledClock_GHz(name, configuration, technology),
  };
};
