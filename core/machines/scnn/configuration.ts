import { parseFormat } from "../../numerics/formats.ts";
import type { QuantizationScheme } from "../../numerics/quantize.ts";
import { activationParameters } from "../activation-parameters.ts";
import { arrayOf, arrayParameters } from "../array-parameters.ts";
import type { Configuration, ParameterDescriptor } from "../parameter.ts";
import { formatNames, precisionParameters } from "../precision-parameters.ts";
import { systemParametersWith } from "../system-parameters.ts";
import { tabledSourceParameter } from "../tabled-components.ts";

/** When all processing elements wait for the slowest: after a group of filters, or after each of its channels. */
export type Barrier = "group" | "channel";

/** What the rules of SCNN and of its dense twin read of a configuration. */
export interface ScnnConfiguration {
  readonly array: { readonly height: number; readonly width: number };
  /** Most filters of a group. */
  readonly kcMax: number;
  readonly barrier: Barrier;
  /** Off: the dense twin. */
  readonly zeroSkipping: boolean;
  readonly format: string;
  readonly quantization: QuantizationScheme;
  /** Share of zeros among drawn activations; 0 in the dense twin, which skips none. */
  readonly activationZeros: number;
  readonly batch: number;
}

const skipsZeros = { zeroSkipping: ["on"] } as const;

/** The share of zeros among activations, as the machines with activation vectors have it. */
const zeroShare = activationParameters
  .filter(({ name }) => name === "activationZeros")
  .map((parameter): ParameterDescriptor => ({ ...parameter, activeWhen: skipsZeros }));

export const scnnParameters: readonly ParameterDescriptor[] = [
  ...arrayParameters(8, 8),
  {
    name: "zeroSkipping",
    kind: "choice",
    choices: ["on", "off"],
    default: "on",
    description:
      "Whether only non-zero operands are multiplied; off is SCNN's dense twin, with a 16-wide dot product in each processing element.",
  },
  {
    name: "kcMax",
    kind: "integer",
    minimum: 1,
    maximum: 1024,
    default: 8,
    activeWhen: skipsZeros,
    description:
      "Most filters that are worked on together; the accumulators of a processing element may hold fewer.",
  },
  {
    name: "barrier",
    kind: "choice",
    choices: ["group", "channel"],
    default: "group",
    activeWhen: skipsZeros,
    description:
      "When all processing elements wait for the slowest: after all channels of a group of filters, or after each channel.",
  },
  ...precisionParameters(
    formatNames(({ kind, bits }) => kind === "fixed" && bits > 1 && bits <= 16),
    "fixed16",
  ),
  ...zeroShare,
  tabledSourceParameter,
  ...systemParametersWith({
    clock: 1,
    bufferBandwidth: 576,
    weightBuffer: 128,
    activationBuffer: 640,
    outputBuffer: 640,
  }),
];

/** The configuration with its values in their types. */
export const scnnConfiguration = (configuration: Configuration): ScnnConfiguration => {
  const zeroSkipping = configuration.zeroSkipping === "on";
  return {
    array: arrayOf(configuration),
    kcMax: Number(configuration.kcMax),
    barrier: configuration.barrier as Barrier,
    zeroSkipping,
    format: parseFormat(String(configuration.precision)).name,
    quantization: configuration.quantization as QuantizationScheme,
    activationZeros: zeroSkipping ? Number(configuration.activationZeros) : 0,
    batch: Number(configuration.batch),
  };
};

/** Multipliers of a processing element: as many weights times as many activations a cycle. */
export const vectorWidth = 4;
export const multipliers = vectorWidth * vectorWidth;
