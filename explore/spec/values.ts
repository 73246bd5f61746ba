import type { NumberParameter, ParameterDescriptor, ParameterValue } from "../../core/machines/parameter.ts";
import { expandByLayer, type WrittenByLayer } from "./layer-values.ts";
import { nearestOf } from "./nearest.ts";
import { type Fault, oneOf } from "./problem.ts";
import { convertUnit, parseQuantity } from "./quantity.ts";

/** Several values: one of the ways to write them, with their unit and condition. */
interface SeveralValues {
  readonly choice?: readonly (number | string)[];
  readonly pow2?: readonly [number, number];
  readonly int?: readonly number[];
  readonly linear?: readonly [number, number];
  readonly log?: readonly [number, number];
  readonly steps?: number;
  readonly unit?: string;
  readonly when?: string;
}

/** What a file may write for a parameter: one value, one of the ways to write several, or a mapping with values by layer. */
export type WrittenParameter = number | string | SeveralValues | WrittenByLayer;

/** The values of a parameter in its own unit, or what is wrong with them (paths start at the parameter). */
export type ExpandedValues =
  | { readonly values: readonly ParameterValue[] }
  | { readonly faults: readonly Fault[] };

/** The ways to write several values, of which an entry uses exactly one. */
export const valueForms = ["choice", "pow2", "int", "linear", "log"] as const;

/** The most values that one parameter may take in a sweep. */
export const mostValues = 10_000;

/** The range or the names of a parameter, for "expected …". */
export const describeRange = (descriptor: ParameterDescriptor): string => {
  if (descriptor.kind === "choice") return oneOf(descriptor.choices);
  const unit = descriptor.unit === undefined ? "" : ` ${descriptor.unit}`;
  const article = descriptor.kind === "integer" ? "an integer" : "a number";
  return `${article} from ${descriptor.minimum} to ${descriptor.maximum}${unit}`;
};

const fault = (path: Fault["path"], problem: string, expected: string, nearest?: string): Fault => ({
  path,
  problem,
  expected,
  ...(nearest === undefined ? {} : { nearest }),
});

const inRange = (descriptor: NumberParameter, value: number): boolean =>
  value >= descriptor.minimum &&
  value <= descriptor.maximum &&
  (descriptor.kind === "number" || Number.isInteger(value));

/** One written value in the parameter's unit, or the fault at `path`. */
const readValue = (
  descriptor: ParameterDescriptor,
  written: number | string,
  unit: string | undefined,
  path: Fault["path"],
): ParameterValue | Fault => {
  if (descriptor.kind === "choice") {
    if (typeof written === "string" && descriptor.choices.includes(written)) return written;
    const nearest = nearestOf(String(written), descriptor.choices);
    return fault(path, `is not a choice of ${descriptor.name}`, describeRange(descriptor), nearest);
  }
  const quantity =
    typeof written === "string"
      ? parseQuantity(written, descriptor.unit)
      : unit === undefined
        ? { value: written }
        : convertUnit(written, unit, descriptor.unit);
  if ("problem" in quantity) return fault(path, quantity.problem, quantity.expected, quantity.nearest);
  if (inRange(descriptor, quantity.value)) return quantity.value;
  const converted = quantity.value === written ? "" : ` (${quantity.value} ${descriptor.unit ?? ""})`;
  return fault(path, `is out of range${converted}`, describeRange(descriptor));
};

/** 12 digits, so that 0.1, 0.2, 0.3, … come out as they would be written. */
const tidy = (value: number): number => Number(value.toPrecision(12));

const powersOfTwo = (from: number, to: number): readonly number[] | Fault => {
  if (![from, to].every((bound) => bound > 0 && Number.isInteger(Math.log2(bound)))) {
    return fault(["pow2"], "is not a range of powers of two", "[from, to] such as [8, 256]");
  }
  const first = Math.log2(from);
  return Array.from({ length: Math.log2(to) - first + 1 }, (_, index) => 2 ** (first + index));
};

const integers = (from: number, to: number, step: number): readonly number[] | Fault => {
  if (![from, to, step].every(Number.isInteger) || step < 1) {
    return fault(
      ["int"],
      "is not a range of integers",
      "[from, to] or [from, to, step] with a step of at least 1",
    );
  }
  const count = Math.floor((to - from) / step) + 1;
  if (count > mostValues) return fault(["int"], `stands for ${count} values`, `at most ${mostValues} values`);
  return Array.from({ length: count }, (_, index) => from + index * step);
};

const evenly = (
  key: "linear" | "log",
  from: number,
  to: number,
  steps: number,
): readonly number[] | Fault => {
  if (key === "log" && from <= 0)
    return fault([key], "starts at zero or below", "[from, to] with from above 0");
  return Array.from({ length: steps }, (_, index) => {
    const share = index / (steps - 1);
    if (index === 0) return from;
    if (index === steps - 1) return to;
    return tidy(key === "log" ? from * (to / from) ** share : from + (to - from) * share);
  });
};

/** The numbers of a range, in the unit in which they are written. */
const expandRange = (written: SeveralValues): readonly number[] | Fault => {
  const key = (["pow2", "int", "linear", "log"] as const).find((form) => written[form] !== undefined)!;
  const [from, to, step = 1] = written[key]!;
  const even = key === "linear" || key === "log";
  if (from! > to! || (even && from === to)) {
    return fault([key], "is an empty range", `[from, to] with from ${even ? "below" : "at most"} to`);
  }
  if (key === "pow2") return powersOfTwo(from!, to!);
  if (key === "int") return integers(from!, to!, step);
  return evenly(key, from!, to!, written.steps!);
};

/**
 * The list of values that a parameter takes, in the order written and in its own unit, each checked against the
 * descriptor. `pow2` are the powers of two from one bound to the other, `int` from, from + step, … up to the second
 * bound; `linear` and `log` are `steps` values with both ends included and inner values rounded to 12 digits. The
 * shape (exactly one form, `steps` with linear and log alone, finite numbers) has been checked by the schema.
 * Faults: a value out of range, no integer or no choice; an unknown unit; an empty range; two equal values; more than
 * 10,000 values.
 */
export const expandValues = (descriptor: ParameterDescriptor, given: WrittenParameter): ExpandedValues => {
  if (descriptor.kind === "choice" && descriptor.byLayer && typeof given === "object") {
    return expandByLayer(descriptor, given as WrittenByLayer);
  }
  const written = given as number | string | SeveralValues;
  if (typeof written !== "object") {
    const value = readValue(descriptor, written, undefined, []);
    return typeof value === "object" ? { faults: [value] } : { values: [value] };
  }
  if (written.unit !== undefined && descriptor.kind !== "choice") {
    const unit = convertUnit(1, written.unit, descriptor.unit);
    if ("problem" in unit) return { faults: [{ path: ["unit"], ...unit }] };
  }
  const range = written.choice ?? expandRange(written);
  if ("path" in range) return { faults: [range] };
  const key = valueForms.find((form) => written[form] !== undefined)!;
  const values = new Set<ParameterValue>();
  const faults: Fault[] = [];
  for (const [index, item] of range.entries()) {
    const path = written.choice === undefined ? [key] : ["choice", index];
    const value = readValue(descriptor, item, written.unit, path);
    if (typeof value !== "object") {
      if (values.has(value)) faults.push(fault(path, "is given twice", "every value once"));
      values.add(value);
    } else if (written.choice === undefined) {
      return { faults: [{ ...value, problem: `holds ${item}, which ${value.problem}` }] };
    } else {
      faults.push(value);
    }
  }
  return faults.length > 0 ? { faults } : { values: [...values] };
};
