import { configurationOf, hasEffect } from "../../core/machines/parameter.ts";
import { createSpace, type SpaceDescription } from "./space.ts";

/** The index of a design in another space; null where that does not have it. */
export type IndexMap = (index: number) => number | null;

/**
 * Maps the indices of `from` to those of `to`. By digits where no swept parameter hangs on another and the machines are the
 * same; design by design otherwise. An index that `from` excludes has no design. An index that `to` excludes may be
 * answered with, since digits do not tell; such an index has no design in `to` either.
 */
export const createIndexMap = (from: SpaceDescription, to: SpaceDescription): IndexMap => {
  const space = createSpace(from);
  const target = createSpace(to);
  const byDesign: IndexMap = (index) => {
    const point = space.pointAt(index);
    return point === null ? null : target.indexOf(point.machine, point.configuration);
  };
  const sameMachines =
    JSON.stringify(from.machines.map(({ name }) => name)) ===
    JSON.stringify(to.machines.map(({ name }) => name));
  if (!sameMachines || isConditional(from) || isConditional(to)) return byDesign;
  const digits = byDigits(from, to);
  if (digits === undefined) return byDesign;
  // Digits do not tell of designs that `to` has among its added ones.
  const added = new Map<number, number>();
  for (let index = target.grid; index < target.total; index++) {
    const { machine, configuration } = target.pointAt(index)!;
    const before = space.indexOf(machine, configuration);
    if (before !== null) added.set(before, index);
  }
  // What `from` excludes, `to` excludes as well where it has the same constraints.
  const known = new Set(to.constraints.map((constraint) => JSON.stringify(constraint)));
  const excludesMore = from.constraints.some((constraint) => !known.has(JSON.stringify(constraint)));
  return (index) => {
    if (index >= space.grid) return byDesign(index);
    if (excludesMore && space.pointAt(index) === null) return null;
    return added.get(index) ?? digits(index);
  };
};

/** Whether the value of some swept parameter is not simply the value of its digit. */
const isConditional = ({ machines, parameters }: SpaceDescription): boolean => {
  const swept = new Set(parameters.map(({ name }) => name));
  const defaults = configurationOf(machines[0].parameters);
  return (
    machines.length > 1 ||
    parameters.some(
      ({ name, when }) =>
        when !== undefined ||
        machines.some((machine) => {
          const descriptor = machine.parameters.find((parameter) => parameter.name === name);
          if (descriptor === undefined) return true;
          const others = Object.keys(descriptor.activeWhen ?? {});
          return others.some((other) => swept.has(other)) || !hasEffect(descriptor, defaults);
        }),
    )
  );
};

/** The map by digits, for the grid of `from`; undefined where a parameter of `to` that `from` leaves alone has not the default that it needs. */
const byDigits = (from: SpaceDescription, to: SpaceDescription): IndexMap | undefined => {
  const defaults = new Map(
    from.machines[0].parameters.map((parameter) => [parameter.name, parameter.default]),
  );
  const strides = new Map<
    string,
    { readonly values: SpaceDescription["parameters"][number]["values"]; readonly stride: number }
  >();
  let stride = 1;
  for (const { name, values } of to.parameters.toReversed()) {
    strides.set(name, { values, stride });
    stride *= values.length;
  }
  // Parameters that only `to` sweeps stand at their defaults in `from`.
  let base = 0;
  for (const [name, { values, stride: step }] of strides) {
    if (from.parameters.some((parameter) => parameter.name === name)) continue;
    const digit = values.indexOf(defaults.get(name)!);
    if (digit < 0) return undefined;
    base += digit * step;
  }
  // What each digit of `from` adds to the index in `to`; −1 where `to` does not have the value.
  const steps = from.parameters.map(({ name, values }) => {
    const target = strides.get(name);
    return values.map((value) => {
      if (target === undefined) return value === defaults.get(name) ? 0 : -1;
      const digit = target.values.indexOf(value);
      return digit < 0 ? -1 : digit * target.stride;
    });
  });
  return (index) => {
    let rest = index;
    let mapped = base;
    for (let position = steps.length - 1; position >= 0; position--) {
      const digit = rest % steps[position].length;
      const step = steps[position][digit];
      if (step < 0) return null;
      mapped += step;
      rest = (rest - digit) / steps[position].length;
    }
    return mapped;
  };
};
