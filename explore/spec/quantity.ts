import type { ParameterUnit } from "../../core/machines/parameter.ts";
import { nearestOf } from "./nearest.ts";
import { oneOf } from "./problem.ts";

/** Units that may be written where a parameter's unit is asked for: 1 of them = numerator / denominator of it. */
const scales: Readonly<Record<ParameterUnit, Readonly<Record<string, readonly [number, number]>>>> = {
  KiB: { B: [1, 1024], KiB: [1, 1], MiB: [1024, 1], GiB: [1024 ** 2, 1] },
  GHz: { Hz: [1, 1e9], kHz: [1, 1e6], MHz: [1, 1000], GHz: [1, 1] },
  "GB/s": { "B/s": [1, 1e9], "kB/s": [1, 1e6], "MB/s": [1, 1000], "GB/s": [1, 1], "TB/s": [1000, 1] },
  nm: { nm: [1, 1], um: [1000, 1] },
  bit: { bit: [1, 1] },
  "pJ/bit": { "fJ/bit": [1, 1000], "pJ/bit": [1, 1], "nJ/bit": [1000, 1] },
  W: { uW: [1, 1e6], mW: [1, 1000], W: [1, 1] },
};

/** A number in the unit that was asked for, or why there is none. */
export type Quantity =
  | { readonly value: number }
  | { readonly problem: string; readonly expected: string; readonly nearest?: string };

/** The units that may be written for a parameter; none if it is a count. */
export const unitsOf = (unit: ParameterUnit | undefined): readonly string[] =>
  unit === undefined ? [] : Object.keys(scales[unit]);

/**
 * Expresses `value`, given in the unit `from`, in a parameter's own unit. The factor is kept as a fraction, so that
 * 700 MHz is 0.7 GHz and not a neighbour of it.
 */
export const convertUnit = (value: number, from: string, unit: ParameterUnit | undefined): Quantity => {
  if (unit === undefined) return { problem: "has a unit", expected: "a plain number, since this is a count" };
  const scale = Object.hasOwn(scales[unit], from) ? scales[unit][from] : undefined;
  if (scale === undefined) {
    const units = unitsOf(unit);
    const nearest = nearestOf(from, units);
    return {
      problem: `has the unknown unit ${from}`,
      expected: oneOf(units),
      ...(nearest === undefined ? {} : { nearest }),
    };
  }
  return { value: (value * scale[0]) / scale[1] };
};

/** Reads a number with a unit, such as `128 KiB`, `1 GHz` or `12.8 GB/s`, into a parameter's own unit. */
export const parseQuantity = (text: string, unit: ParameterUnit | undefined): Quantity => {
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?) *([A-Za-z][A-Za-z/]*)$/.exec(text.trim());
  if (parts === null) {
    return {
      problem: "is not a number",
      expected: unit === undefined ? "a number" : `a number, with or without a unit, such as 8 ${unit}`,
    };
  }
  return convertUnit(Number(parts[1]), parts[2]!, unit);
};
