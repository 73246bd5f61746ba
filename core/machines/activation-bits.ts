import { parseFormat } from "../numerics/formats.ts";
import type { Bits } from "../units.ts";
import type { Configuration, ParameterDescriptor } from "./parameter.ts";

/** The width of activations, for machines whose cycles depend on it. */
export const activationBitsParameter: ParameterDescriptor = {
  name: "activationBits",
  kind: "integer",
  minimum: 0,
  maximum: 16,
  unit: "bit",
  default: 0,
  description:
    "Width of the activations, sign included; 0 stands for the width of `precision`, which is that of the weights.",
};

/** The width of the activations of a configuration. */
export const activationBits = ({ activationBits, precision }: Configuration): Bits =>
  Number(activationBits) || parseFormat(String(precision)).bits;
