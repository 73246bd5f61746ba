import { ModelError } from "../errors.ts";
import type { Machine } from "../machines/machine.ts";
import type { Configuration } from "../machines/parameter.ts";
import { bufferParameters, dramParameters } from "../machines/system-parameters.ts";
import {
  type Component,
  type Evidence,
  type Mark,
  type Quantity,
  weakestMark,
} from "../technology/component.ts";
import { type Corner, corners, technologyAt } from "../technology/corner.ts";
import { type DramType, dramChannels } from "../technology/dram.ts";
import { nodeFactors } from "../technology/scaling.ts";
import { type SramCost, sramCost } from "../technology/sram.ts";
import { nearestNode, type Technology } from "../technology/technology.ts";
import type { Joules, SquareMillimetres } from "../units.ts";

/** What each event and each second of a design takes, at one corner of the uncertain numbers. */
export interface CostRates {
  /** Dynamic energy of a busy and of a waiting cycle of one processing element, at the nominal supply voltage. */
  readonly busyCycle_J: Joules;
  readonly idleCycle_J: Joules;
  /** Leakage of all processing elements, at the nominal supply voltage. */
  readonly leakage_W: number;
  readonly weightBuffer: SramCost;
  readonly activationBuffer: SramCost;
  readonly outputBuffer: SramCost;
  readonly dramByte_J: Joules;
  /** Background power of all DRAM channels. */
  readonly background_W: number;
  readonly area_mm2: SquareMillimetres;
}

/** Costs of one design. */
export interface DesignCosts {
  readonly pes: number;
  readonly components: readonly Component[];
  readonly rates: Readonly<Record<Corner, CostRates>>;
  readonly dram: DramType;
  /** Whether activations stay on the chip between layers where they fit, and operations without multiply–accumulates move nothing. */
  readonly chained: boolean;
  /** Width of an activation in memory. */
  readonly activationBits: number;
  readonly nominalClock_GHz: number;
  /** Where the energy of waiting processing elements comes from. */
  readonly idleShare: Evidence & { readonly value: number };
  /** The weakest mark of all that energy and area are made of. */
  readonly mark: Mark;
}

/** Parameters that costs depend on beside those of the machine's components, size and clock. */
export const costParameters = [
  ...bufferParameters,
  "bufferBandwidth",
  "bufferPort",
  "sram",
  ...dramParameters,
  "residency",
  "node",
  "idleShare",
] as const;

/**
 * Costs of a configuration at all corners. Area = processing elements + the three buffers; network on chip, control and
 * pads are left out. Buffers keep the nominal supply voltage. Throws ModelError where a table does not reach.
 */
export const designCosts = (
  machine: Machine,
  configuration: Configuration,
  technology: Technology,
): DesignCosts => {
  const components = machine.components(configuration, technology);
  const rates = Object.fromEntries(
    corners.map((corner) => [corner, ratesAt(machine, configuration, technology, corner)]),
  ) as Record<Corner, CostRates>;
  const dram = dramType(configuration, technology);
  const idleShare = idleShareOf(configuration, technology, "nominal");
  const { weightBuffer, activationBuffer, outputBuffer } = rates.nominal;
  return {
    pes: machine.processingElements(configuration),
    components,
    rates,
    dram,
    chained: configuration.residency === "chained",
    activationBits: machine.operandWidths(configuration).activation,
    nominalClock_GHz: machine.nominalClock_GHz(configuration, technology),
    idleShare,
    mark: weakestMark([
      ...components,
      weightBuffer,
      activationBuffer,
      outputBuffer,
      dram.energy,
      dram.background,
      idleShare,
      technology.shares.leakShare,
    ]),
  };
};

const ratesAt = (
  machine: Machine,
  configuration: Configuration,
  nominal: Technology,
  corner: Corner,
): CostRates => {
  const technology = technologyAt(nominal, corner);
  const pes = machine.processingElements(configuration);
  const buffer = (name: (typeof bufferParameters)[number]): SramCost =>
    bufferCost(configuration, technology, name);
  const [weightBuffer, activationBuffer, outputBuffer] = bufferParameters.map(buffer);
  const dram = dramType(configuration, technology);
  const leakShare = technology.shares.leakShare.value;
  const idleShare = idleShareOf(configuration, nominal, corner).value;
  let busyCycle_J = 0;
  let leakage_W = 0;
  let area_mm2 = weightBuffer.area_mm2 + activationBuffer.area_mm2 + outputBuffer.area_mm2;
  for (const component of machine.components(configuration, technology)) {
    busyCycle_J += component.dynamicCycle_J;
    leakage_W += pes * component.leakage_W;
    area_mm2 += pes * component.area_mm2;
  }
  return {
    busyCycle_J,
    // With its leakage a waiting cycle takes idleShare of a busy one, at the clock of the cost table.
    idleCycle_J: (busyCycle_J * (idleShare - leakShare)) / (1 - leakShare),
    leakage_W,
    weightBuffer,
    activationBuffer,
    outputBuffer,
    dramByte_J: 8 * dram.energy.value * 1e-12,
    background_W: dramChannels * dram.background.value,
    area_mm2,
  };
};

const bufferCost = (
  configuration: Configuration,
  technology: Technology,
  name: (typeof bufferParameters)[number],
): SramCost => {
  const node_nm = Number(configuration.node);
  const flavour = String(configuration.sram);
  const node = nearestNode(technology, node_nm, ({ sram }) => sram[flavour] !== undefined);
  if (node === undefined) throw new Error(`no node has a table of ${flavour} SRAM`);
  const table = node.sram[flavour];
  const portBits = Number(configuration.bufferPort);
  if (!table.ports.some(({ bits }) => bits === portBits)) {
    throw new ModelError(
      "port",
      `bufferPort of ${portBits} bits: the table of ${flavour} SRAM at ${node.node_nm} nm has ${table.ports
        .map(({ bits }) => bits)
        .join(", ")}`,
    );
  }
  const request = {
    name,
    size_KiB: Number(configuration[name]),
    portBits,
    bandwidth_GBs: Number(configuration.bufferBandwidth),
  };
  return sramCost(table, request, nodeFactors(technology.scaling, node.node_nm, node_nm));
};

/** The memory type that a configuration names, or describes itself. */
export const dramType = (configuration: Configuration, technology: Technology): DramType => {
  const name = String(configuration.dram);
  const given = (value: number, unit: string): Quantity => ({
    value,
    unit,
    source: "parameters of the sweep, or their defaults, which are those of DDR3",
    mark: "our decision",
  });
  if (name === "custom") {
    return {
      bandwidth: given(Number(configuration.dramBandwidth), "GB/s"),
      energy: given(Number(configuration.dramEnergy), "pJ/bit"),
      background: given(Number(configuration.dramBackground), "W"),
      burst: { value: 64, unit: "B", source: "as of DDR3 and DDR4", mark: "our decision" },
    };
  }
  const type = technology.dram[name];
  if (type === undefined) {
    throw new ModelError(
      "unknown-dram",
      `DRAM type ${name}: there are numbers for ${Object.keys(technology.dram).join(", ")}`,
    );
  }
  return type;
};

/** The share that a waiting processing element takes: uncertain where the parameter stands at its default. */
const idleShareOf = (
  configuration: Configuration,
  technology: Technology,
  corner: Corner,
): Evidence & { readonly value: number } => {
  const chosen = Number(configuration.idleShare);
  const { idleShare } = technology.shares;
  return chosen === idleShare.value
    ? technologyAt(technology, corner).shares.idleShare
    : { value: chosen, source: "parameter idleShare, as the sweep gives it", mark: "our decision" };
};
