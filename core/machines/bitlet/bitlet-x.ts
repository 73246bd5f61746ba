import type { GroupRequest, GroupStatistics } from "../../bit-interleaving/group-statistics.ts";
import { parseFormat } from "../../numerics/formats.ts";
import type { Component } from "../../technology/component.ts";
import { nearestNode, type Technology } from "../../technology/technology.ts";
import type { Machine, OperandWidths } from "../machine.ts";
import { type Configuration, withDefaults } from "../parameter.ts";
import { bitlet } from "./bitlet.ts";
import { planeDependent } from "./module-power.ts";

/** Stored weights leave out the magnitude bits that reach no kept plane: float32 with 8 planes has 1 + 8 + 7 bits (IEEE TCAD 43(5) 2024). */
const operandWidths = (configuration: Configuration): OperandWidths => {
  const { bits, magnitudeBits } = parseFormat(String(configuration.precision));
  const dropped = Math.max(0, magnitudeBits - Number(configuration.activePlanes));
  return { weight: bits - dropped, activation: bits };
};

/** Weights in memory, as a share of what they take at the width of the precision. */
const weightShare = (configuration: Configuration): number =>
  operandWidths(configuration).weight / parseFormat(String(configuration.precision)).bits;

/**
 * As of Bitlet, but for float formats with the module table: the plane-dependent modules have the row of the fixed format
 * with as many bits as planes are kept, as the authors' table has it, where there is one.
 */
const components = (configuration: Configuration, technology: Technology): readonly Component[] => {
  const parts = bitlet.components(configuration, technology);
  const { kind } = parseFormat(String(configuration.precision));
  const format = `fixed${configuration.activePlanes}`;
  const node = nearestNode(
    technology,
    Number(configuration.node),
    ({ bitlet: table }) => table !== undefined,
  );
  const hasRow = node?.bitlet?.power[format] !== undefined;
  if (kind !== "float" || configuration.costSource !== "micro21" || !hasRow) return parts;
  const fixed = bitlet.components({ ...configuration, precision: format, activePlanes: 24 }, technology);
  return parts.map((part, index) =>
    planeDependent.some((name) => name === part.name) ? fixed[index] : part,
  );
};

/** Bitlet-X: the Bitlet processing element with its most significant planes alone, for inference. */
export const bitletX: Machine<GroupStatistics, GroupRequest> = {
  ...bitlet,
  name: "bitlet-x",
  title: "Bitlet-X",
  citation: "H. Lu et al., Bitlet-X, IEEE Transactions on Computer-Aided Design 43(5), 2024",
  parameters: withDefaults(bitlet.parameters, { activePlanes: 8 }),
  skips: [...bitlet.skips, { operand: "weights", what: "pruned bit columns" }],
  leavesOut: [
    ...bitlet.leavesOut.filter((sentence) => !sentence.startsWith("Gradients of training")),
    "Training: gradients are refused.",
    "What the dropped planes cost in accuracy: the SQNR of the weights is given, no accuracy.",
  ],
  products: ["forward"],
  operandParameters: [...bitlet.operandParameters, "activePlanes"],
  operandWidths,
  trafficParameters: [...bitlet.trafficParameters, "activePlanes"],
  bufferTraffic: (configuration, layer) => {
    const traffic = bitlet.bufferTraffic(configuration, layer);
    const share = weightShare(configuration);
    return {
      ...traffic,
      weightReads: traffic.weightReads * share,
      weightRereads: traffic.weightRereads * share,
    };
  },
  leastBuffers: (configuration, layer) => {
    const least = bitlet.leastBuffers(configuration, layer);
    return { ...least, weight: least.weight * weightShare(configuration) };
  },
  components,
};
