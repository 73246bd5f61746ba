import { machines } from "../../core/machines/registry.ts";

/** The unit of a machine's parameter; undefined for a count and for a name. */
const unitOf = (machine: string, parameter: string): string | undefined => {
  const descriptor = machines[machine].parameters.find(({ name }) => name === parameter);
  return descriptor === undefined || descriptor.kind === "choice" ? undefined : descriptor.unit;
};

/** A parameter as the head of a column, with its unit: `weightBuffer_KiB`. */
export const parameterHeader = (machine: string, parameter: string): string => {
  const unit = unitOf(machine, parameter);
  return unit === undefined ? parameter : `${parameter}_${unit}`;
};

/** A parameter with its value and unit: `weightBuffer 64 KiB`. */
export const parameterText = (machine: string, parameter: string, value: number | string): string => {
  const unit = unitOf(machine, parameter);
  return unit === undefined ? `${parameter} ${value}` : `${parameter} ${value} ${unit}`;
};
