import { layerPattern, mixedPrecision } from "../../core/machines/mixed-precision.ts";
import type { ChoiceParameter, ParameterValue } from "../../core/machines/parameter.ts";
import { nearestOf } from "./nearest.ts";
import { type Fault, oneOf, type Path } from "./problem.ts";

/**
 * What a file may write for a parameter that may differ between layers: `default` and patterns of layer names, or
 * `choice` (and `when`) with a list of choices and such mappings. The schema leaves its content to this file.
 */
export type WrittenByLayer = Readonly<Record<string, unknown>>;

const isMapping = (value: unknown): value is WrittenByLayer =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isPattern = (text: string): boolean => {
  try {
    layerPattern(text);
    return true;
  } catch {
    return false;
  }
};

/** A mapping of `default` and patterns as a value of the parameter, or what is wrong with it. */
const readMapping = (
  { name, choices }: ChoiceParameter,
  written: WrittenByLayer,
  path: Path,
): ParameterValue | readonly Fault[] => {
  const faults: Fault[] = [];
  const example = `{ default: ${choices[0]}, "conv1|fc": ${choices[1]} }`;
  if (!Object.hasOwn(written, "default")) {
    faults.push({ path, problem: "has no default for layers that no pattern matches", expected: example });
  } else if (Object.keys(written).length === 1) {
    faults.push({ path, problem: "names no layers", expected: `${example}, or the choice alone` });
  }
  for (const [pattern, value] of Object.entries(written)) {
    const place = [...path, pattern];
    if (typeof value !== "string" || !choices.includes(value)) {
      const nearest = nearestOf(String(value), choices);
      faults.push({
        path: place,
        problem: `is not a choice of ${name}`,
        expected: oneOf(choices),
        ...(nearest === undefined ? {} : { nearest }),
      });
    }
    if (!isPattern(pattern)) {
      const problem = "is not a regular expression";
      faults.push({
        path: place,
        atKey: true,
        problem,
        expected: "a pattern of layer names such as conv1|fc",
      });
    }
  }
  return faults.length > 0 ? faults : mixedPrecision(written as Readonly<Record<string, string>>);
};

const readItem = (
  descriptor: ChoiceParameter,
  item: unknown,
  path: Path,
): ParameterValue | readonly Fault[] => {
  if (isMapping(item)) return readMapping(descriptor, item, path);
  const { name, choices } = descriptor;
  if (typeof item === "string" && choices.includes(item)) return item;
  const nearest = nearestOf(String(item), choices);
  const expected = `${oneOf(choices)}, or a mapping of default and layer patterns to these`;
  const problem = `is not a choice of ${name}`;
  return [{ path, problem, expected, ...(nearest === undefined ? {} : { nearest }) }];
};

/** The values of such a mapping, or everything that is wrong with it. */
export const expandByLayer = (
  descriptor: ChoiceParameter,
  written: WrittenByLayer,
): { readonly values: readonly ParameterValue[] } | { readonly faults: readonly Fault[] } => {
  if (!Object.hasOwn(written, "choice")) {
    const value = readMapping(descriptor, written, []);
    return typeof value === "object" ? { faults: value } : { values: [value] };
  }
  const { choice, when, ...others } = written;
  const faults: Fault[] = Object.keys(others).map((key) => ({
    path: [key],
    atKey: true,
    problem: "is not a key here",
    expected: "choice or when; default and patterns stand in a mapping of their own",
  }));
  if (when !== undefined && typeof when !== "string") {
    const expected = "a condition such as machine == 'bitlet'";
    faults.push({ path: ["when"], problem: "is not valid", expected });
  }
  if (!Array.isArray(choice) || choice.length === 0) {
    const expected = "a list of at least one choice";
    return { faults: [...faults, { path: ["choice"], problem: "is not valid", expected }] };
  }
  const values = new Set<ParameterValue>();
  for (const [index, item] of choice.entries()) {
    const path = ["choice", index];
    const value = readItem(descriptor, item, path);
    if (typeof value === "object") faults.push(...value);
    else if (values.has(value))
      faults.push({ path, problem: "is given twice", expected: "every value once" });
    else values.add(value);
  }
  return faults.length > 0 ? { faults } : { values: [...values] };
};
