import { parseFormat } from "../../numerics/formats.ts";
import type { Component } from "../../technology/component.ts";
import {
  activationParameterNames,
  activationParameters,
  activationRequest,
} from "../activation-parameters.ts";
import type { Machine } from "../machine.ts";
import { type Configuration, type ParameterDescriptor, withDefaults } from "../parameter.ts";
import { formatNames, precisionParameters } from "../precision-parameters.ts";
import { quantizationParameters, quantizationRequest } from "../quantized-weights.ts";
import { serialCycles } from "../serial-cycles.ts";
import { serialProduct } from "../serial-product.ts";
import { serialWalk } from "../serial-walk.ts";
import { activeSerialElements } from "../staggered-columns.ts";
import { systemParametersWith } from "../system-parameters.ts";
import { tabledComponents, tabledCostParameters } from "../tabled-components.ts";
import { tileMachine } from "../tile-machine.ts";
import {
  tileOrganisation,
  tileParameters,
  tileScheduleParameters,
  windowsParameter,
} from "../tile-organisation.ts";
import { analyticalCycles, blindSteps } from "./analytical-cycles.ts";
import { skippingProduct } from "./skipping-product.ts";
import { type StepRequest, type StepStatistics, stepStatistics } from "./step-statistics.ts";
import { tracedCycles } from "./traced-cycles.ts";

const ownParameters: readonly ParameterDescriptor[] = [
  {
    name: "zeroSkipping",
    kind: "choice",
    choices: ["on", "off"],
    default: "on",
    description:
      "Whether lanes take the essential bits of the serial operand alone, a step as long as the most of them in any lane, or every bit.",
  },
  {
    name: "serial",
    kind: "choice",
    choices: ["weights", "activations"],
    default: "weights",
    activeWhen: { zeroSkipping: ["on"] },
    description: "The operand that lanes take bit by bit.",
  },
];

/** The parameters of activations, where these are skipped; more vectors, so that there are several sets of 16 windows. */
const serialActivationParameters = withDefaults(activationParameters, { activationVectors: 64 }).map(
  (parameter) => ({
    ...parameter,
    activeWhen: { zeroSkipping: ["on"], serial: ["activations"], ...parameter.activeWhen },
  }),
);

const skips = ({ zeroSkipping }: Configuration): boolean => zeroSkipping === "on";

const serialOperand = ({ serial }: Configuration): "weights" | "activations" =>
  serial as "weights" | "activations";

const request = (configuration: Configuration, seed: number, stream: number): StepRequest => {
  const { tiles, filtersPerTile, laneWidth, windows } = tileOrganisation(configuration);
  const common = quantizationRequest(configuration);
  if (!skips(configuration)) return { ...common, serial: "none", laneWidth: 0, filtersAtOnce: 0, windows: 0 };
  const serial = serialOperand(configuration);
  return {
    ...common,
    serial,
    laneWidth,
    filtersAtOnce: tiles * filtersPerTile,
    windows,
    ...(serial === "activations" && { activations: activationRequest(configuration, seed, stream) }),
  };
};

const requestParameters = [
  ...quantizationParameters,
  "zeroSkipping",
  "serial",
  "tiles",
  "filtersPerTile",
  "laneWidth",
  "windows",
  ...activationParameterNames,
];

/** Every bit of the format: sign and magnitude. */
const bitsOf = ({ precision }: Configuration): number => parseFormat(String(precision)).bits;

/** What a processing element costs that nobody has built or published: nothing is known, and nothing is guessed. */
const unknownComponents: readonly Component[] = [
  {
    name: "processing element",
    area_mm2: Number.NaN,
    dynamicCycle_J: Number.NaN,
    leakage_W: Number.NaN,
    source: "none known: no cost of a bit-serial processing element that skips zero bits was published",
    mark: "our decision",
  },
];

const organisation = tileMachine("bit-serial");

/**
 * The generic bit-serial machine: the tiles of Stripes, with weights or activations bit by bit, and with zero bits skipped
 * or not. With skipping all operands that share a step wait for the one with the most essential bits; this is the
 * synchronisation that bit interleaving removes, and what it costs is the split's imbalance.
 */
export const bitSerial: Machine<StepStatistics, StepRequest> = {
  ...organisation,
  name: "bit-serial",
  title: "Bit-serial",
  citation:
    "No single publication: tiles as in P. Judd et al., Stripes, MICRO 2016; waiting for the operand with the most essential bits as H. Lu et al., Bitlet, MICRO 2021, describe bit-serial accelerators",
  parameters: [
    ...tileParameters,
    windowsParameter,
    ...precisionParameters(
      formatNames(({ kind, bits }) => kind === "fixed" && bits > 1 && bits <= 16),
      "fixed16",
    ),
    ...ownParameters,
    ...serialActivationParameters,
    ...tabledCostParameters,
    // A step that lasts a cycle asks for the weights of all filters, 8 KiB in fixed16.
    ...systemParametersWith({
      clock: 0.98,
      bufferBandwidth: 8192,
      weightBuffer: 1024,
      activationBuffer: 1024,
      outputBuffer: 1024,
    }),
  ],
  skips: [
    { operand: "weights", what: "zero bits" },
    { operand: "activations", what: "zero bits" },
  ],
  leavesOut: [
    "How lanes find their next essential bit, and limits on how far a lane shifts: every lane takes its lowest one each cycle.",
    "Area and energy of processing elements that skip zero bits, which nobody published: with zeroSkipping on they are absent. Without skipping they are those of a serial inner-product unit of Stripes, whichever operand is serial.",
    "Buffers of a published design: the default size and bandwidth are what the shortest steps ask for.",
    "Registers that let columns or tiles run ahead of each other: all of a step wait for its fullest operand.",
    "A batch of a layer with one position runs in windows, of which few inputs fill few: inputs one after another on staggered columns would be faster for fewer of them than a step has cycles.",
    "Pooling and activation units, and fill and drain of a tile's pipeline, which are some cycles a layer.",
  ],
  caveats: (configuration) => {
    const { serial, activations, activationVectors, windows } = configuration;
    const drawn = skips(configuration) && serial === "activations" && activations === "distribution";
    return drawn && Number(activationVectors) < Number(windows)
      ? [
          `${windows} windows are taken from ${activationVectors} activation vectors, so that some are the same: steps are too short.`,
        ]
      : [];
  },
  products: ["forward"],
  accelerates: ["forward"],
  dotProduct: (configuration, weights, activations) => {
    const { laneWidth } = tileOrganisation(configuration);
    const [serial, parallel] =
      serialOperand(configuration) === "weights" ? [weights, activations] : [activations, weights];
    return (skips(configuration) ? skippingProduct : serialProduct)(
      serial,
      parallel,
      bitsOf(configuration),
      laneWidth,
    );
  },
  processingElement: "the bit-serial lanes of one filter and one window, with their adder tree",
  activePes: activeSerialElements,
  statisticsRule: stepStatistics,
  statisticsParameters: requestParameters,
  statistics: request,
  computeParameters: [...requestParameters, ...tileScheduleParameters],
  analyticalCycles: (configuration, layer, statistics) =>
    skips(configuration)
      ? analyticalCycles(layer, tileOrganisation(configuration), serialOperand(configuration), statistics)
      : serialCycles(layer, tileOrganisation(configuration), bitsOf(configuration)),
  tracedCycles: (configuration, layer, statistics) =>
    skips(configuration)
      ? tracedCycles(layer, tileOrganisation(configuration), statistics)
      : serialWalk(layer, tileOrganisation(configuration), bitsOf(configuration)),
  dataBlind: blindSteps,
  clockParameters: [...organisation.clockParameters, "zeroSkipping"],
  /** With skipping that of the gates, as without it [our decision]. */
  nominalClock_GHz: (configuration, technology) =>
    skips(configuration)
      ? technology.gates.clock_GHz
      : organisation.nominalClock_GHz(configuration, technology),
  componentParameters: [...organisation.componentParameters, "zeroSkipping"],
  components: (configuration, technology) =>
    skips(configuration)
      ? unknownComponents
      : tabledComponents("bit-serial", configuration, Number(configuration.laneWidth), technology),
};
