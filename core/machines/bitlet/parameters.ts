import { type Format, formats, gridPlanes } from "../../numerics/formats.ts";
import { dataflowParameter, groupParameter, pesParameter, spreadParameter } from "../grouped-parameters.ts";
import type { ParameterDescriptor } from "../parameter.ts";
import { systemParameters } from "../system-parameters.ts";

/** Pipelines in which the front end of the processing element is timed as built; `published` is the paper's formula. */
const timed = ["rtl", "overlapped"] as const;

const namesOf = (some: readonly Format[]): string[] => some.map(({ name }) => name);
const floats = namesOf(formats.filter(({ kind }) => kind === "float"));
const fixed = namesOf(formats.filter(({ kind }) => kind === "fixed"));

/** Sources of the cost of a processing element. */
export const costSources = ["micro21", "gates", "fig8", "tables6-7", "bbs28"] as const;
export type CostSource = (typeof costSources)[number];
/** Those that stop before layout; the BBS authors' power has a factor for it. */
const beforeLayout = ["micro21", "gates", "fig8", "tables6-7"];

/** Formats of which the 24 channels take at least two magnitudes side by side. */
const packable = namesOf(formats.filter(({ kind, planes }) => kind === "fixed" && 2 * planes <= gridPlanes));

/** The parameters of Bitlet. Defaults are the published machine (MICRO 2021, Table 3) where it states a value. */
export const bitletParameters: readonly ParameterDescriptor[] = [
  pesParameter,
  groupParameter,
  {
    name: "precision",
    kind: "choice",
    choices: namesOf(formats),
    default: "float32",
    byLayer: true,
    description:
      "Number format of weights and activations; fixed<b> is sign–magnitude with b bits, fixed1 is ±1. float16 and bfloat16 run in the planes of float32.",
  },
  {
    name: "quantization",
    kind: "choice",
    choices: ["per-tensor", "per-channel"],
    default: "per-tensor",
    activeWhen: { precision: fixed },
    description: "Whether a layer's weights share one scale or each filter has its own.",
  },
  {
    name: "activationExponents",
    kind: "choice",
    choices: ["ignore", "distribution", "captured"],
    default: "distribution",
    activeWhen: { precision: floats },
    description:
      "Exponents of the activations that float weights are aligned with: all equal, those of seeded vectors of half-normal magnitudes, or those captured in a file that the network names.",
  },
  {
    name: "activationVectors",
    kind: "integer",
    minimum: 2,
    maximum: 256,
    default: 16,
    activeWhen: { precision: floats, activationExponents: ["distribution"] },
    description: "Drawn activation vectors that the mean is taken over; its standard error is reported.",
  },
  {
    name: "activationZeros",
    kind: "number",
    minimum: 0,
    maximum: 0.99,
    default: 0,
    activeWhen: { precision: floats, activationExponents: ["distribution"] },
    description: "Share of zeros among the drawn activations, as behind a ReLU.",
  },
  {
    name: "activePlanes",
    kind: "integer",
    minimum: 1,
    maximum: 24,
    default: 24,
    description:
      "Most significant bit planes that are kept; a format with fewer planes keeps all of its own, and every float format has 24.",
  },
  {
    name: "distillation",
    kind: "choice",
    choices: ["on", "off"],
    default: "on",
    description:
      "Off: every plane hands out all its bits, zero or not, so that a group takes laneWidth cycles.",
  },
  {
    name: "pipeline",
    kind: "choice",
    choices: ["published", "rtl", "overlapped"],
    default: "rtl",
    description:
      "Timing of a group: the paper's L + D; the authors' RTL; or the RTL with a double-buffered front end.",
  },
  {
    name: "inputPorts",
    kind: "integer",
    minimum: 1,
    maximum: 256,
    default: 16,
    activeWhen: { pipeline: timed },
    description: "Activations that a processing element accepts in a cycle.",
  },
  {
    name: "window",
    kind: "integer",
    minimum: 0,
    maximum: 64,
    default: 8,
    activeWhen: { pipeline: timed, distillation: ["on"] },
    description: "Bits that a channel inspects in a cycle for essential ones; 0 stands for no limit.",
  },
  {
    name: "sync",
    kind: "choice",
    choices: ["lockstep", "independent", "fifo"],
    default: "lockstep",
    description:
      "Whether all processing elements wait for the slowest at each group, only at the end of a layer, or as far as the FIFOs between the broadcast and them are full, and at the end of a round.",
  },
  {
    name: "fifoDepth",
    kind: "integer",
    minimum: 1,
    maximum: 64,
    default: 4,
    activeWhen: { sync: ["fifo"] },
    description: "Groups of activations that the FIFO in front of each processing element holds.",
  },
  {
    name: "order",
    kind: "choice",
    choices: ["index", "load"],
    default: "index",
    description:
      "Order in which the filters of a convolution group are handed out: by index, or by their work, so that filters that run together are alike.",
  },
  {
    name: "packing",
    kind: "integer",
    minimum: 1,
    maximum: 24,
    default: 1,
    activeWhen: { precision: packable },
    description:
      "Filters that share the 24 channels of a processing element, their magnitudes side by side; the published RTL does not pack.",
  },
  spreadParameter,
  dataflowParameter,
  {
    name: "costSource",
    kind: "choice",
    choices: costSources,
    default: "micro21",
    oneForAll: true,
    description:
      "Where the cost of a processing element comes from: its authors' module tables (micro21); their Fig. 8 or Tables 6 and 7, which contradict these in fixed point; the gates of the synthesized RTL; or the processing element of the BBS authors (bbs28: fixed8, 32 lanes).",
  },
  {
    name: "layout",
    kind: "choice",
    choices: ["netlist", "post-layout"],
    default: "netlist",
    oneForAll: true,
    activeWhen: { costSource: beforeLayout },
    description:
      "Whether area and power of the processing elements are those of the netlist, as published, or with an assumed factor for layout.",
  },
  ...systemParameters,
];
