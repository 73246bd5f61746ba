import type { ParameterDescriptor } from "../../core/machines/parameter.ts";
import { createSpace, type Point, type SpaceDescription } from "./space.ts";

/**
 * A design of `stored` that `asked` lacks, in words; undefined where it has them all. Designs are looked up one by one only
 * where the descriptions do not show at once that all are there.
 */
export const lackingDesign = (stored: SpaceDescription, asked: SpaceDescription): string | undefined => {
  if (plainlyHasAll(stored, asked)) return undefined;
  const [from, to] = [createSpace(stored), createSpace(asked)];
  for (let index = 0; index < from.total; index++) {
    const point = from.pointAt(index);
    if (point === null || to.indexOf(point.machine, point.configuration) !== null) continue;
    return inWords(stored, point);
  }
  return undefined;
};

/** A design by its swept parameters, and by others that are not at their defaults, as those of an added design may be. */
const inWords = ({ machines, parameters }: SpaceDescription, { machine, configuration }: Point): string => {
  const own = machines.find(({ name }) => name === machine)!.parameters;
  const unusual = own.filter((parameter) => configuration[parameter.name] !== parameter.default);
  const names = new Set([...parameters, ...unusual].map(({ name }) => name));
  const values = [...names]
    .filter((name) => Object.hasOwn(configuration, name))
    .map((name) => `${name} ${configuration[name]}`);
  return [...(machines.length > 1 ? [machine] : []), ...values].join(", ");
};

/** Whether `asked` has the same machines and added designs, every value of every parameter, and no condition more. */
const plainlyHasAll = (stored: SpaceDescription, asked: SpaceDescription): boolean => {
  const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);
  const hasValues = (parameter: ParameterDescriptor): boolean => {
    const [before, now] = [stored, asked].map(({ parameters }) =>
      parameters.find(({ name }) => name === parameter.name),
    );
    const values = now?.values ?? [parameter.default];
    return (
      (before === undefined || same(before.when, now?.when)) &&
      (before?.values ?? [parameter.default]).every((value) => values.includes(value))
    );
  };
  return (
    same(stored.machines, asked.machines) &&
    same([stored.baseline, stored.points], [asked.baseline, asked.points]) &&
    asked.constraints.every((constraint) => stored.constraints.some((known) => same(constraint, known))) &&
    stored.machines.every(({ parameters }) => parameters.every(hasValues))
  );
};
