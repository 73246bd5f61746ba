import type { LayerShape } from "../workloads/layer.ts";
import type { ArrayMembers, Machine } from "./machine.ts";
import { bytesOfPrecision, widthsOfPrecision } from "./operand-widths.ts";
import {
  activePlaces,
  arrayLeastBuffers,
  arraySchedule,
  arrayTraffic,
  type OutputStationaryArray,
} from "./output-stationary-array.ts";
import { type Configuration, type ParameterDescriptor, withDefaults } from "./parameter.ts";
import { precisionParameters } from "./precision-parameters.ts";
import { systemParametersWith } from "./system-parameters.ts";
import { tabledClock_GHz, tabledComponents, tabledCostParameters } from "./tabled-components.ts";

/** Bits of the weights in the comparison of the BBS authors, sign included. */
export const bbsWeightBits = 8;

/**
 * Number format, costs and memory of the comparison of the BBS authors (Chen et al., MICRO 2024): int8 weights with a
 * scale for each output channel, processing elements at 28 nm and 0.8 GHz, 256 KiB of buffer for weights and as much for
 * activations. The output buffer has the same size, and the bandwidth is what the fastest of the arrays asks for, BitVert
 * with four columns pruned: 32 · 16 weights and 16 · 16 activations every four cycles [our decision].
 */
export const bbsParameters: readonly ParameterDescriptor[] = [
  ...precisionParameters(["fixed8"], "fixed8", "per-channel"),
  // No gates of these processing elements were counted: what layout adds to a netlist says nothing of them.
  ...withDefaults(
    tabledCostParameters.filter(({ name }) => name !== "layout"),
    { costSource: "bbs28" },
  ),
  ...systemParametersWith({
    clock: 0.8,
    weightBuffer: 256,
    activationBuffer: 256,
    outputBuffer: 256,
    bufferBandwidth: 153.6,
  }),
];

/** The array of a machine of the comparison: filters side by side, and positions. */
export const bbsArrayParameters: readonly ParameterDescriptor[] = [
  {
    name: "columns",
    kind: "integer",
    minimum: 1,
    maximum: 64,
    default: 32,
    description: "Filters that the array works on at once, in lockstep.",
  },
  {
    name: "positions",
    kind: "integer",
    minimum: 1,
    maximum: 256,
    default: 16,
    description: "Output positions that the array works on at once, which share each filter's weights.",
  },
];

/** The parameters that components depend on. */
export const bbsComponentParameters = ["precision", "node", "costSource"] as const;

/** Sentences that hold for every machine of the comparison. */
export const bbsLeavesOut: readonly string[] = [
  "Area and power of registers, schedulers and control outside the processing elements, of the network on chip and of pads.",
  "Fill and drain of the pipeline, which are some cycles a layer.",
  "The end of a group at each kernel position, and of a set of positions at each output row, as the simulator of the BBS authors has them: groups run on through the reduction, sets through all output positions.",
];

/** The array of a configuration, of processing elements that take `group` weights a step. */
export const bbsArray = (group: number, configuration: Configuration): OutputStationaryArray => ({
  group,
  columns: Number(configuration.columns),
  positions: Number(configuration.positions),
  batch: Number(configuration.batch),
});

/** Names of the parameters that a schedule depends on. */
export const bbsScheduleParameters = ["columns", "positions", "batch"] as const;

/**
 * The members that machines of the comparison share whose processing elements take `group` weights of one filter for one
 * position. They grow by positions, which share weights, so that no more filters run in lockstep.
 */
export const bbsMachine = (name: string, group: number): ArrayMembers => {
  const array = (configuration: Configuration): OutputStationaryArray => bbsArray(group, configuration);
  const elements: Machine["processingElements"] = (configuration) => {
    const { columns, positions } = array(configuration);
    return columns * positions;
  };
  return {
    sizeParameter: "positions",
    sizeParameters: ["columns", "positions"],
    processingElements: elements,
    lanes: (configuration) => elements(configuration) * group,
    activePes: (configuration: Configuration, layer: LayerShape) =>
      activePlaces(arraySchedule(layer, array(configuration)), array(configuration)),
    trafficParameters: ["precision", ...bbsScheduleParameters],
    bufferTraffic: (configuration, layer) =>
      arrayTraffic(layer, array(configuration), bytesOfPrecision(configuration)),
    leastBuffers: (configuration, layer) =>
      arrayLeastBuffers(layer, array(configuration), bytesOfPrecision(configuration)),
    operandParameters: ["precision"],
    operandWidths: widthsOfPrecision,
    componentParameters: bbsComponentParameters,
    components: (configuration, technology) => tabledComponents(name, configuration, group, technology),
    clockParameters: ["precision", "costSource"],
    nominalClock_GHz: (configuration, technology) => tabledClock_GHz(name, configuration, technology),
  };
};
