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
  /** False for a metric that may be infinite for a design that works (it can be required, not optimized). */
  readonly objective: boolean;
}

/** All metrics, in the order of the result columns. A network's own value has the column `name:network`. */
export const metrics: readonly MetricDescriptor[] = [
  {
    name: "throughput_ips",
    unit: "inferences/s",
    description: "Inferences a second.",
    withTime: "falls",
    objective: true,
  },
  {
    name: "latency_s",
    unit: "s",
    description: "Time of one batch from first load to last store.",
    withTime: "rises",
    objective: true,
  },
  {
    name: "energy_J",
    unit: "J",
    description: "Energy of one inference: processing elements, buffers, DRAM.",
    withTime: "rises",
    objective: true,
  },
  {
    name: "area_mm2",
    unit: "mm2",
    description: "Processing elements and buffers; network on chip, control and pads are left out.",
    withTime: "constant",
    objective: true,
  },
  {
    name: "power_W",
    unit: "W",
    description: "Energy over time while running, DRAM included.",
    withTime: "either",
    objective: true,
  },
  {
    name: "dram_bytes",
    unit: "B",
    description: "Bytes moved to and from DRAM for one inference.",
    withTime: "constant",
    objective: true,
  },
  {
    name: "utilization",
    unit: "1",
    description: "Share of processing-element cycles of the whole run that are busy.",
    withTime: "falls",
    objective: true,
  },
  {
    name: "sqnr_dB",
    unit: "dB",
    description: "Signal-to-quantization-noise ratio of the weights; infinite for float32. Not an accuracy.",
    withTime: "constant",
    objective: false,
  },
];
