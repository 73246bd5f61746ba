import { ModelError } from "../errors.ts";
import type { Machine } from "../machines/machine.ts";
import type { Configuration } from "../machines/parameter.ts";
import type { Component } from "../technology/component.ts";
import type { DramType } from "../technology/dram.ts";
import { type SramCost, sramCost } from "../technology/sram.ts";
import type { Technology } from "../technology/technology.ts";
import type { SquareMillimetres } from "../units.ts";

/** Costs of one design: what each event and each second of it takes. */
export interface DesignCosts {
  readonly pes: number;
  readonly components: readonly Component[];
  /** Energy of a busy cycle of one processing element; shares of it for a waiting and for an unused one. */
  readonly busyCycle_J: number;
  readonly idleShare: number;
  readonly leakShare: number;
  readonly weightBuffer: SramCost;
  readonly activationBuffer: SramCost;
  readonly outputBuffer: SramCost;
  readonly dram: DramType;
  /** Width of an activation in memory. */
  readonly activationBits: number;
  readonly area_mm2: SquareMillimetres;
}

/** Parameters that costs depend on beside those of the machine's components. */
export const costParameters = [
  "pes",
  "weightBuffer",
  "activationBuffer",
  "outputBuffer",
  "dram",
  "node",
  "idleShare",
] as const;

/** Parameters that the bandwidth of a DRAM channel depends on. */
export const channelParameters = ["dram"] as const;

/**
 * Costs of a configuration. Area = processing elements + the three buffers; network on chip, control and pads are
 * left out. Throws ModelError where a table does not reach.
 */
export const designCosts = (
  machine: Machine,
  configuration: Configuration,
  technology: Technology,
): DesignCosts => {
  const components = machine.components(configuration, technology);
  const { sram } = technology.nodes[String(configuration.node)];
  const dram = technology.dram[String(configuration.dram)];
  if (dram === undefined) {
    throw new ModelError(
      "unknown-dram",
      `DRAM type ${configuration.dram}: there are numbers for ${Object.keys(technology.dram).join(", ")}`,
    );
  }
  const pes = Number(configuration.pes);
  const weightBuffer = sramCost(sram, Number(configuration.weightBuffer));
  const activationBuffer = sramCost(sram, Number(configuration.activationBuffer));
  const outputBuffer = sramCost(sram, Number(configuration.outputBuffer));
  let busyCycle_J = 0;
  let area_mm2 = weightBuffer.area_mm2 + activationBuffer.area_mm2 + outputBuffer.area_mm2;
  for (const component of components) {
    busyCycle_J += component.busyCycle_J;
    area_mm2 += pes * component.area_mm2;
  }
  return {
    pes,
    components,
    busyCycle_J,
    idleShare: Number(configuration.idleShare),
    leakShare: technology.leakShare.value,
    weightBuffer,
    activationBuffer,
    outputBuffer,
    dram,
    activationBits: machine.operandWidths(configuration).activation,
    area_mm2,
  };
};
