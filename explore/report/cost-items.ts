import type { DesignCosts } from "../../core/model/costs.ts";
import type { FormatPart, NetworkResult } from "../../core/model/evaluate.ts";
import type { Evidence, Mark } from "../../core/technology/component.ts";
import { dramChannels } from "../../core/technology/dram.ts";
import type { SramCost } from "../../core/technology/sram.ts";
import { evidenceAt } from "../../core/technology/supply.ts";
import type { Technology } from "../../core/technology/technology.ts";

/** One term of an energy: so many events at so much each. */
export interface EnergyItem {
  readonly item: string;
  readonly count: number;
  readonly unit: string;
  readonly each_J: number;
  readonly energy_J: number;
  readonly mark: Mark;
  readonly source: string;
}

/** One term of an area. */
export interface AreaItem {
  readonly item: string;
  readonly count: number;
  readonly area_mm2: number;
  readonly mark: Mark;
  readonly source: string;
}

const buffers = ["weight", "activation", "output"] as const;

/** The terms of the energy of a batch at nominal costs, format by format: they add up to its total. */
export const energyItems = ({ parts, voltage }: NetworkResult, technology: Technology): EnergyItem[] =>
  parts.flatMap((part) => {
    const items = itemsOf(part, voltage, technology);
    if (parts.length === 1) return items;
    return items.map((item) => ({ ...item, item: `${part.format}: ${item.item}` }));
  });

const itemsOf = (
  { activity, costs }: FormatPart,
  voltage: number,
  { shares, supply }: Technology,
): EnergyItem[] => {
  const { components, rates, dram, idleShare } = costs;
  const item = (
    name: string,
    unit: string,
    count: number,
    each_J: number,
    { mark, source }: Evidence,
  ): EnergyItem => ({ item: name, count, unit, each_J, energy_J: count * each_J, mark, source });
  const { seconds } = activity;
  const square = voltage * voltage;
  const scaled = (evidence: Evidence): Evidence => evidenceAt(evidence, voltage, supply);
  const buffer = (name: (typeof buffers)[number], reads: number, writes: number): EnergyItem[] => {
    const cost: SramCost = rates.nominal[`${name}Buffer`];
    return [
      item(`${name} buffer, read`, "B", reads, cost.read_JPerByte, cost),
      item(`${name} buffer, write`, "B", writes, cost.write_JPerByte, cost),
      item(`${name} buffer, leakage`, "s", seconds, cost.leakage_W, cost),
    ];
  };
  const moved = (name: string, bytes: number): EnergyItem =>
    item(`DRAM, ${name}`, "B", bytes, rates.nominal.dramByte_J, dram.energy);
  return [
    ...components.map((component) =>
      item(
        component.name,
        "busy cycle",
        activity.busyCycles,
        square * component.dynamicCycle_J,
        scaled(component),
      ),
    ),
    item(
      "waiting processing elements",
      "cycle",
      activity.idleCycles,
      square * rates.nominal.idleCycle_J,
      scaled(idleShare),
    ),
    item(
      "leakage of processing elements",
      "s",
      seconds,
      voltage * rates.nominal.leakage_W,
      scaled(shares.leakShare),
    ),
    ...buffer("weight", activity.weightBufferReads, activity.weightBufferWrites),
    ...buffer("activation", activity.activationBufferReads, activity.activationBufferWrites),
    ...buffer("output", activity.outputBufferReads, activity.outputBufferWrites),
    moved("weights", activity.dramWeights),
    moved("activations", activity.dramActivations),
    moved("outputs", activity.dramOutputs),
    moved("spilled partial sums", activity.dramPartialSums),
    moved("operations without MACs", activity.dramMovements),
    item(
      `DRAM, background of ${dramChannels} channels`,
      "s",
      seconds,
      rates.nominal.background_W,
      dram.background,
    ),
  ];
};

/** The terms of the area. */
export const areaItems = ({ components, pes, rates }: DesignCosts): AreaItem[] => [
  ...components.map(({ name, area_mm2, mark, source }) => ({
    item: name,
    count: pes,
    area_mm2: pes * area_mm2,
    mark,
    source,
  })),
  ...buffers.map((name) => {
    const { banks, area_mm2, mark, source } = rates.nominal[`${name}Buffer`];
    return { item: `${name} buffer, banks`, count: banks, area_mm2, mark, source };
  }),
];
