import { formatsIn } from "../../core/machines/mixed-precision.ts";
import {
  type ChoiceParameter,
  type Configuration,
  configurationOf,
  isAmong,
  type NumberParameter,
  type ParameterDescriptor,
  type ParameterValue,
} from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import type { SweptParameter } from "../space/space.ts";
import { evaluate, namesOf } from "./expression.ts";
import { type Fault, oneOf } from "./problem.ts";
import { describeRange } from "./values.ts";

/**
 * The parameters of some machines by name, each as wide as all of them together take it. A name means the same on every
 * machine; ranges, choices and defaults may differ, and those that stand here are the first machine's where they cannot be
 * joined. Throws a TypeError where two machines give a name two kinds or units.
 */
export const joinedParameters = (names: readonly string[]): ReadonlyMap<string, ParameterDescriptor> => {
  const joined = new Map<string, ParameterDescriptor>();
  for (const descriptor of names.flatMap((name) => machines[name]!.parameters)) {
    const known = joined.get(descriptor.name);
    joined.set(descriptor.name, known === undefined ? descriptor : join(known, descriptor));
  }
  return joined;
};

const join = (first: ParameterDescriptor, second: ParameterDescriptor): ParameterDescriptor => {
  const { name } = first;
  const always = first.activeWhen === undefined || second.activeWhen === undefined;
  const { activeWhen: _, ...shared } = first;
  const kept = always ? shared : first;
  if (first.kind === "choice" && second.kind === "choice") {
    const choices = [...new Set([...first.choices, ...second.choices])];
    return { ...(kept as ChoiceParameter), choices };
  }
  if (first.kind === "choice" || second.kind === "choice" || first.unit !== second.unit) {
    throw new TypeError(`parameter ${name}: two machines give it different kinds or units`);
  }
  return {
    ...(kept as NumberParameter),
    kind: first.kind === "number" || second.kind === "number" ? "number" : "integer",
    minimum: Math.min(first.minimum, second.minimum),
    maximum: Math.max(first.maximum, second.maximum),
  };
};

/** A machine's own descriptor of a parameter; undefined where it has none of that name. */
export const parameterOf = (machine: string, name: string): ParameterDescriptor | undefined =>
  machines[machine]!.parameters.find((parameter) => parameter.name === name);

/** Whether a value is one that a machine's own descriptor allows. */
export const allows = (descriptor: ParameterDescriptor, value: ParameterValue): boolean => {
  if (descriptor.kind === "choice") return formatsIn(value).every((one) => isAmong(one, descriptor.choices));
  const number = Number(value);
  return (
    number >= descriptor.minimum &&
    number <= descriptor.maximum &&
    (descriptor.kind === "number" || Number.isInteger(number))
  );
};

/**
 * Whether a swept parameter can have its values on a machine. A condition that names a parameter which the machine does
 * not have never holds; any other one on more than the machine is taken to hold.
 */
const reaches = ({ when }: SweptParameter, machine: string): boolean => {
  const others = when === undefined ? [] : namesOf(when).filter((name) => name !== "machine");
  if (when === undefined) return true;
  if (others.length > 0) return others.every((name) => parameterOf(machine, name) !== undefined);
  return evaluate(when, { machine }) === true;
};

/** A fault for each machine that a swept parameter gives a value which it does not take. */
export const foreignValues = (names: readonly string[], swept: SweptParameter): Fault[] =>
  names.flatMap((machine): Fault[] => {
    const descriptor = parameterOf(machine, swept.name);
    if (descriptor === undefined || !reaches(swept, machine)) return [];
    const value = swept.values.find((one) => !allows(descriptor, one));
    if (value === undefined) return [];
    return [
      {
        path: ["parameters", swept.name],
        problem: `gives ${value}, which ${machine} does not take`,
        expected: `${describeRange(descriptor)} on ${machine}, or a condition such as when: machine == '${names.find((name) => name !== machine)}'`,
      },
    ];
  });

/**
 * Faults where designs on different machines would differ in a parameter that must be the same for all: it is left to
 * defaults which are not.
 */
export const differentDefaults = (names: readonly string[], swept: readonly SweptParameter[]): Fault[] =>
  [...joinedParameters(names).values()].flatMap(({ name, oneForAll }): Fault[] => {
    if (!oneForAll || swept.some((parameter) => parameter.name === name)) return [];
    const defaults = new Map<ParameterValue, string>();
    for (const machine of names) {
      const descriptor = parameterOf(machine, name);
      if (descriptor !== undefined && !defaults.has(descriptor.default))
        defaults.set(descriptor.default, machine);
    }
    if (defaults.size <= 1) return [];
    const stands = [...defaults].map(([value, machine]) => `${value} on ${machine}`).join(" and ");
    const common = commonChoices(names, name);
    return [
      {
        path: ["machine"],
        atKey: true,
        problem: `lists machines whose ${name} stands at ${stands}`,
        expected: `parameters to give one ${name} for all${common.length > 0 ? `: ${oneOf(common)}` : ""}`,
      },
    ];
  });

/** Choices of a parameter that all machines which have it share. */
const commonChoices = (names: readonly string[], parameter: string): string[] => {
  const lists = names.flatMap((machine) => {
    const descriptor = parameterOf(machine, parameter);
    return descriptor?.kind === "choice" ? [descriptor.choices] : [];
  });
  return (lists[0] ?? []).filter((choice) => lists.every((list) => list.includes(choice)));
};

/** The parameters of a machine at their defaults. */
export const defaultsOf = (machine: string): Configuration => configurationOf(machines[machine]!.parameters);
