import { parseFormat } from "../numerics/formats.ts";
import type { OperandWidths } from "./machine.ts";
import type { Configuration } from "./parameter.ts";

/** Weights and activations both as wide as the precision. */
export const widthsOfPrecision = (configuration: Configuration): OperandWidths => {
  const { bits } = parseFormat(String(configuration.precision));
  return { weight: bits, activation: bits };
};

/** The same in bytes. */
export const bytesOfPrecision = (
  configuration: Configuration,
): { readonly weight: number; readonly activation: number } => {
  const { weight, activation } = widthsOfPrecision(configuration);
  return { weight: weight / 8, activation: activation / 8 };
};
