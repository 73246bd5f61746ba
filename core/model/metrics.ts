import { sqnr } from "../numerics/quantize.ts";

/** A result of the model for one design: a column of every table. */
export interface MetricDescriptor {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  /**
   * Whether a longer run time can only raise it, lower it, or leaves it alone; `either` where it depends on which layer
   * takes longer. Staged bounds rest on this.
   */
  readonly withTime: "rises" | "falls" | "constant" | "either";
  /** It belongs to the design, whatever network runs on it. */
  readonly ofDesign?: true;
  /** Of several networks the lowest value counts, however they are aggregated. */
  readonly joint?: "lowest";
}

/** What stands for a signal-to-noise ratio without noise, far above what float32 can resolve (about 150 dB). */
const lossless_dB = 200;

/** The signal-to-noise ratio of weights as a metric, in dB: finite also where nothing is lost. */
export const finiteSqnr = (signalPower: number, noisePower: number): number =>
  Math.min(lossless_dB, sqnr(signalPower, noisePower));

/** All metrics, in the order of the result columns. A network's own value has the column `name:network`. */
export const metrics: readonly MetricDescriptor[] = [
  {
    name: "throughput_ips",
    unit: "inferences/s",
    description: "Inferences a second.",
    withTime: "falls",
  },
  {
    name: "latency_s",
    unit: "s",
    description: "Time of one batch from first load to last store.",
    withTime: "rises",
  },
  {
    name: "energy_J",
    unit: "J",
    description: "Energy of one inference: processing elements, buffers, DRAM with its background power.",
    withTime: "rises",
  },
  {
    name: "area_mm2",
    unit: "mm2",
    description: "Processing elements and buffers; network on chip, control and pads are left out.",
    withTime: "constant",
    ofDesign: true,
  },
  {
    name: "power_W",
    unit: "W",
    description: "Energy over time while running, DRAM included.",
    withTime: "either",
  },
  {
    name: "dram_bytes",
    unit: "B",
    description: "Bytes moved to and from DRAM for one inference, in whole bursts.",
    withTime: "constant",
  },
  {
    name: "utilization",
    unit: "1",
    description: "Share of processing-element cycles of the whole run that are busy.",
    withTime: "falls",
  },
  {
    name: "sqnr_dB",
    unit: "dB",
    description:
      "Signal-to-noise ratio of the weights as the processing elements add them up: rounding, alignment and disabled planes count as noise; at most 200, which stands for no loss. Not an accuracy.",
    withTime: "constant",
    joint: "lowest",
  },
  {
    name: "accuracy",
    unit: "as given",
    description:
      "Accuracy of the network in the design's precision, as the sweep gives it: nothing here measures it. Absent where no network has one.",
    withTime: "constant",
    joint: "lowest",
  },
  {
    name: "energyLow_J",
    unit: "J",
    description: "Energy of one inference with every uncertain number at the low end of its range.",
    withTime: "rises",
  },
  {
    name: "energyHigh_J",
    unit: "J",
    description: "Energy of one inference with every uncertain number at the high end of its range.",
    withTime: "rises",
  },
  {
    name: "areaLow_mm2",
    unit: "mm2",
    description: "Area with every uncertain number at the low end of its range.",
    withTime: "constant",
    ofDesign: true,
  },
  {
    name: "areaHigh_mm2",
    unit: "mm2",
    description: "Area with every uncertain number at the high end of its range.",
    withTime: "constant",
    ofDesign: true,
  },
];
