import { ModelError } from "../../core/errors.ts";
import { partialSumBytes } from "../../core/machines/machine.ts";
import { isMixedPrecision } from "../../core/machines/mixed-precision.ts";
import type { Configuration } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { type DesignCosts, designCosts } from "../../core/model/costs.ts";
import type { Component, Evidence, Mark } from "../../core/technology/component.ts";
import { dramChannels } from "../../core/technology/dram.ts";
import { evidenceAt, voltageShare } from "../../core/technology/supply.ts";
import type { Technology } from "../../core/technology/technology.ts";
import type { Joules, SquareMillimetres } from "../../core/units.ts";
import { configurationKey } from "../space/key.ts";
import type { Point } from "../space/space.ts";

/** What a component does, and what that takes once. */
export interface ActionCost extends Evidence {
  readonly name: string;
  readonly energy_J: Joules;
}

/** A part of a design that is counted on its own: costs of one instance. `name` is an identifier. */
export interface Part {
  readonly name: string;
  readonly actions: readonly ActionCost[];
  readonly area_mm2: SquareMillimetres;
  readonly areaEvidence: Evidence;
}

/** A buffer, all of its banks together. */
export interface BufferPart extends Part {
  readonly operand: "weights" | "activations" | "outputs";
  readonly capacity_KiB: number;
  readonly portBits: number;
  readonly banks: number;
  /** Width of what is kept in it. */
  readonly wordBits: number;
  readonly bandwidth_GBs: number;
}

/** The DRAM, one channel of it: all have the same costs. */
export interface DramPart extends Part {
  /** In capitals, as memory types are written: DDR3. */
  readonly type: string;
  readonly channels: number;
  /** Bits that an action reads or writes. */
  readonly accessBits: number;
  readonly burstBytes: number;
  /** Of one channel. */
  readonly bandwidth_GBs: number;
}

/** A design as other tools see one: components in a hierarchy, what they do and what that costs. */
export interface DesignHierarchy {
  readonly key: string;
  readonly sweep: string;
  readonly machine: string;
  readonly citation: string;
  readonly configuration: Configuration;
  readonly node_nm: number;
  readonly clock_GHz: number;
  /** Supply voltage of the processing elements, as a share of the nominal one. */
  readonly voltage: number;
  readonly weightBits: number;
  readonly activationBits: number;
  readonly dram: DramPart;
  readonly buffers: readonly BufferPart[];
  readonly pes: number;
  /** The parts of one processing element. */
  readonly components: readonly Part[];
  /** The weakest mark of all costs. */
  readonly mark: Mark;
}

/** Bits of an action on DRAM [our decision]: what a channel of DDR moves at once. */
const dramAccessBits = 64;

/**
 * The hierarchy of a design at nominal costs. Energies that are counted once a cycle are those of the design's own clock
 * and voltage: dynamic energy goes with the square of the voltage, leakage with the voltage. Throws ModelError where the
 * design cannot be costed.
 */
export const designHierarchy = (
  sweep: string,
  { machine: name, configuration }: Point,
  technology: Technology,
): DesignHierarchy => {
  const machine = machines[name];
  if (isMixedPrecision(configuration.precision)) {
    throw new ModelError(
      "mixed-precision",
      `precision ${configuration.precision}: its energy a cycle depends on the layer; expected one format for all layers`,
    );
  }
  const costs = designCosts(machine, configuration, technology);
  const clock_GHz = Number(configuration.clock);
  const voltage = voltageShare(technology.supply, clock_GHz, costs.nominalClock_GHz);
  const widths = machine.operandWidths(configuration);
  return {
    key: configurationKey(name, configuration),
    sweep,
    machine: name,
    citation: machine.citation,
    configuration,
    node_nm: Number(configuration.node),
    clock_GHz,
    voltage,
    weightBits: widths.weight,
    activationBits: widths.activation,
    dram: dramPart(configuration, costs, clock_GHz),
    buffers: [
      bufferPart("weights", widths.weight, configuration, costs, clock_GHz),
      bufferPart("activations", widths.activation, configuration, costs, clock_GHz),
      bufferPart("outputs", 8 * partialSumBytes, configuration, costs, clock_GHz),
    ],
    pes: costs.pes,
    components: costs.components.map((component) =>
      componentPart(component, costs, technology, clock_GHz, voltage),
    ),
    mark: costs.mark,
  };
};

/** What a power takes in a cycle of the clock. */
const perCycle = (power_W: number, clock_GHz: number): Joules => power_W / (clock_GHz * 1e9);

/** Reading, writing and leaking; `update`, an access that replaces a partial sum, writes: its reading is counted apart. */
const memoryActions = (
  read_J: Joules,
  write_J: Joules,
  access: Evidence,
  leak_J: Joules,
  standing: Evidence,
): ActionCost[] =>
  (
    [
      ["read", read_J, access],
      ["write", write_J, access],
      ["update", write_J, access],
      ["leak", leak_J, standing],
    ] as const
  ).map(([name, energy_J, { source, mark }]) => ({ name, energy_J, source, mark }));

const dramPart = (
  configuration: Configuration,
  { dram, rates }: DesignCosts,
  clock_GHz: number,
): DramPart => {
  const access_J = (dramAccessBits / 8) * rates.nominal.dramByte_J;
  const leak_J = perCycle(rates.nominal.background_W / dramChannels, clock_GHz);
  return {
    name: "DRAM",
    type: String(configuration.dram).toUpperCase(),
    channels: dramChannels,
    accessBits: dramAccessBits,
    burstBytes: dram.burst.value,
    bandwidth_GBs: dram.bandwidth.value,
    actions: memoryActions(access_J, access_J, dram.energy, leak_J, dram.background),
    area_mm2: 0,
    areaEvidence: { source: "not on the chip", mark: "our decision" },
  };
};

const bufferNames = {
  weights: "weightBuffer",
  activations: "activationBuffer",
  outputs: "outputBuffer",
} as const;

const bufferPart = (
  operand: BufferPart["operand"],
  wordBits: number,
  configuration: Configuration,
  { rates }: DesignCosts,
  clock_GHz: number,
): BufferPart => {
  const name = bufferNames[operand];
  const cost = rates.nominal[name];
  const portBits = Number(configuration.bufferPort);
  const bytes = portBits / 8;
  return {
    name,
    operand,
    capacity_KiB: Number(configuration[name]),
    portBits,
    banks: cost.banks,
    wordBits,
    bandwidth_GBs: Number(configuration.bufferBandwidth),
    actions: memoryActions(
      bytes * cost.read_JPerByte,
      bytes * cost.write_JPerByte,
      cost,
      perCycle(cost.leakage_W, clock_GHz),
      cost,
    ),
    area_mm2: cost.area_mm2,
    areaEvidence: cost,
  };
};

/** Computing in a busy cycle, idling in a waiting one, leaking in each. */
const componentPart = (
  component: Component,
  { rates, idleShare }: DesignCosts,
  { shares, supply }: Technology,
  clock_GHz: number,
  voltage: number,
): Part => {
  const { busyCycle_J, idleCycle_J } = rates.nominal;
  const compute_J = voltage * voltage * component.dynamicCycle_J;
  const action = (name: string, energy_J: Joules, evidence: Evidence): ActionCost => ({
    name,
    energy_J,
    ...evidenceAt(evidence, voltage, supply),
  });
  return {
    name: identifier(component.name),
    actions: [
      action("compute", compute_J, component),
      // The share of a waiting cycle is the same for every part of the processing element.
      action("idle", busyCycle_J === 0 ? 0 : compute_J * (idleCycle_J / busyCycle_J), idleShare),
      action("leak", voltage * perCycle(component.leakage_W, clock_GHz), shares.leakShare),
    ],
    area_mm2: component.area_mm2,
    areaEvidence: component,
  };
};

/** A name without spaces and signs, which other tools would read as structure: `processing element` → processingElement. */
const identifier = (name: string): string =>
  name.replace(/[^A-Za-z0-9_]+(.?)/g, (_, next: string) => next.toUpperCase());
