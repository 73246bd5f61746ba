import { type ParameterDescriptor, type ParameterValue, withDefaults } from "./parameter.ts";

/** Loop orders over tiles, outermost first: m filters, c channels, p output rows. */
export const loopOrders = ["mpc", "pmc", "mcp", "pcm", "cmp", "cpm"] as const;
export type LoopOrder = (typeof loopOrders)[number];

/** The parameters that every machine has: batch, clock, memory system, tiling, technology. */
export const systemParameters: readonly ParameterDescriptor[] = [
  {
    name: "batch",
    kind: "integer",
    minimum: 1,
    maximum: 1024,
    default: 1,
    description: "Inputs that are run together.",
  },
  {
    name: "clock",
    kind: "number",
    minimum: 0.01,
    maximum: 10,
    unit: "GHz",
    default: 1,
    description:
      "Clock of the processing elements. The supply voltage follows: the least that reaches it, and with it energy and leakage.",
  },
  {
    name: "weightBuffer",
    kind: "number",
    minimum: 1,
    maximum: 16384,
    unit: "KiB",
    default: 64,
    description: "Capacity of the weight buffer.",
  },
  {
    name: "activationBuffer",
    kind: "number",
    minimum: 1,
    maximum: 16384,
    unit: "KiB",
    default: 64,
    description: "Capacity of the activation buffer.",
  },
  {
    name: "outputBuffer",
    kind: "number",
    minimum: 1,
    maximum: 16384,
    unit: "KiB",
    default: 64,
    description: "Capacity of the buffer for partial sums and outputs.",
  },
  {
    name: "bufferBandwidth",
    kind: "number",
    minimum: 0.1,
    maximum: 65_536,
    unit: "GB/s",
    default: 25.6,
    description:
      "Bandwidth from the buffers to all processing elements, shared by weights, activations and partial sums; each buffer has as many banks as deliver all of it.",
  },
  {
    name: "bufferPort",
    kind: "integer",
    minimum: 8,
    maximum: 4096,
    unit: "bit",
    default: 64,
    description: "Width of a bank's port, among those of the SRAM table: 64, 128 or 512 at 28 nm.",
  },
  {
    name: "sram",
    kind: "choice",
    choices: ["lop", "hp"],
    default: "lop",
    description: "Transistors of the buffers: low operating power, or high performance.",
  },
  {
    name: "dram",
    kind: "choice",
    choices: ["ddr3", "ddr4", "lpddr4", "hbm2", "custom"],
    default: "ddr3",
    description: "Memory type; one channel serves the weights and one the activations and outputs.",
  },
  {
    name: "dramBandwidth",
    kind: "number",
    minimum: 0.1,
    maximum: 10_000,
    unit: "GB/s",
    default: 12.8,
    activeWhen: { dram: ["custom"] },
    description: "Bandwidth of one channel.",
  },
  {
    name: "dramEnergy",
    kind: "number",
    minimum: 0.01,
    maximum: 1000,
    unit: "pJ/bit",
    default: 15.6,
    activeWhen: { dram: ["custom"] },
    description: "Energy of a bit that is read or written.",
  },
  {
    name: "dramBackground",
    kind: "number",
    minimum: 0,
    maximum: 100,
    unit: "W",
    default: 0.5,
    activeWhen: { dram: ["custom"] },
    description: "Power of one channel for as long as the run takes.",
  },
  {
    name: "residency",
    kind: "choice",
    choices: ["dram", "chained"],
    default: "dram",
    description:
      "Where activations are between layers: in DRAM; or, chained, on the chip wherever a layer's outputs and the next one's inputs fit their buffers whole, layers being taken as a chain, and operations without multiply–accumulates move nothing.",
  },
  {
    name: "tileFilters",
    kind: "integer",
    minimum: 0,
    maximum: 65_536,
    default: 0,
    description:
      "Filters of a tile, at most those of a layer; 0 lets the tiling with the least DRAM traffic decide.",
  },
  {
    name: "tileChannels",
    kind: "integer",
    minimum: 0,
    maximum: 65_536,
    default: 0,
    description:
      "Channels of a tile, at most those of a layer; 0 lets the tiling with the least DRAM traffic decide.",
  },
  {
    name: "tileRows",
    kind: "integer",
    minimum: 0,
    maximum: 65_536,
    default: 0,
    description:
      "Output rows of a tile, at most those of a layer; 0 lets the tiling with the least DRAM traffic decide.",
  },
  {
    name: "loopOrder",
    kind: "choice",
    choices: ["best", ...loopOrders],
    default: "best",
    description:
      "Order of the loops over tiles, outermost first: m filters, c channels, p output rows; or whichever moves least to and from DRAM.",
  },
  {
    name: "node",
    kind: "integer",
    minimum: 3,
    maximum: 250,
    unit: "nm",
    default: 28,
    description:
      "Technology node. Costs come from the tables of the node; where it has none, they are scaled from the nearest that has.",
  },
  {
    name: "idleShare",
    kind: "number",
    minimum: 0.1,
    maximum: 1,
    default: 0.5,
    description:
      "Energy of a waiting processing element's cycle, as a share of a busy one's. Left at its default it counts as uncertain, from 0.1 to 1.",
  },
];

/** The system parameters with other defaults: those of a machine that was published with another memory system or clock. */
export const systemParametersWith = (
  defaults: Readonly<Record<string, ParameterValue>>,
): readonly ParameterDescriptor[] => withDefaults(systemParameters, defaults);

/** Parameters of the three buffers' capacities. */
export const bufferParameters = ["weightBuffer", "activationBuffer", "outputBuffer"] as const;

/** Parameters that decide the tiling of a layer beside its operands' widths. */
export const tilingParameters = [
  ...bufferParameters,
  "batch",
  "tileFilters",
  "tileChannels",
  "tileRows",
  "loopOrder",
] as const;

/** Parameters that decide a DRAM channel. */
export const dramParameters = ["dram", "dramBandwidth", "dramEnergy", "dramBackground"] as const;
