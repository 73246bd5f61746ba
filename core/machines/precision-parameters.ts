import { type Format, formats } from "../numerics/formats.ts";
import type { ParameterDescriptor } from "./parameter.ts";

/** Names of the formats that a machine runs, as `accepts` says of each. */
export const formatNames = (accepts: (format: Format) => boolean): string[] =>
  formats.filter(accepts).map(({ name }) => name);

/** The parameters of number formats, for a machine that runs the formats `names`. */
export const precisionParameters = (
  names: readonly string[],
  standard: string,
  quantization: "per-tensor" | "per-channel" = "per-tensor",
): readonly ParameterDescriptor[] => {
  const fixed = names.filter((name) => name.startsWith("fixed"));
  return [
    {
      name: "precision",
      kind: "choice",
      choices: names,
      default: standard,
      byLayer: true,
      description: "Number format of weights and activations; fixed<b> has b bits, sign included.",
    },
    {
      name: "quantization",
      kind: "choice",
      choices: ["per-tensor", "per-channel"],
      default: quantization,
      activeWhen: { precision: fixed },
      description: "Whether a layer's weights share one scale or each filter has its own.",
    },
  ];
};
