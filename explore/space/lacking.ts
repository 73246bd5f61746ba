import { createSpace, type SpaceDescription } from "./space.ts";

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
    const values = stored.parameters.map(({ name }) => `${name} ${point.configuration[name]}`);
    return [...(stored.machines.length > 1 ? [point.machine] : []), ...values].join(", ");
  }
  return undefined;
};

/** Whether `asked` has the same machines and added designs, every value of every parameter, and no condition more. */
const plainlyHasAll = (stored: SpaceDescription, asked: SpaceDescription): boolean => {
  const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);
  const defaults = new Map(
    stored.machines.flatMap(({ parameters }) => parameters.map((one) => [one.name, one.default] as const)),
  );
  const find = ({ parameters }: SpaceDescription, name: string) =>
    parameters.find((parameter) => parameter.name === name) ?? { values: [defaults.get(name)] };
  const names = [...stored.parameters, ...asked.parameters].map(({ name }) => name);
  return (
    same(stored.machines, asked.machines) &&
    same([stored.baseline, stored.points], [asked.baseline, asked.points]) &&
    asked.constraints.every((constraint) => stored.constraints.some((known) => same(constraint, known))) &&
    names.every((name) => {
      const [before, now] = [find(stored, name), find(asked, name)];
      const swept = stored.parameters.some((parameter) => parameter.name === name);
      const sameCondition = !swept || same("when" in before && before.when, "when" in now && now.when);
      return (
        sameCondition && before.values.every((value) => (now.values as readonly unknown[]).includes(value))
      );
    })
  );
};
