import { createSpace, type Space, type SpaceDescription } from "./space.ts";

/** The index of a design in another space; null where that does not have it. */
export type IndexMap = (index: number) => number | null;

/**
 * Maps the indices of `from` to those of `to`. By digits where no swept parameter hangs on another and the machines are the
 * same; design by design otherwise. An index that `to` excludes may be answered with, since digits do not tell.
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
  return byDigits(space, from, to) ?? byDesign;
};

/** Whether the value of some swept parameter is not simply the value of its digit. */
const isConditional = ({ machines, parameters }: SpaceDescription): boolean => {
  const swept = new Set(parameters.map(({ name }) => name));
  return (
    machines.length > 1 ||
    parameters.some(
      ({ name, when }) =>
        when !== undefined ||
        machines.some((machine) => {
          const descriptor = machine.parameters.find((parameter) => parameter.name === name);
          return Object.keys(descriptor?.activeWhen ?? {}).some((other) => swept.has(other));
        }),
    )
  );
};

/** The map by digits; undefined where a parameter of `to` that `from` leaves alone has not the default that it needs. */
const byDigits = (space: Space, from: SpaceDescription, to: SpaceDescription): IndexMap | undefined => {
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
  const grid = steps.reduce((product, { length }) => product * length, 1);
  const addedDesign = (index: number): number | null => {
    const point = space.pointAt(index);
    return point === null ? null : createSpace(to).indexOf(point.machine, point.configuration);
  };
  return (index) => {
    if (index >= grid) return addedDesign(index);
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
