import * as Data from "effect/Data";
import { isMixedPrecision } from "../../core/machines/mixed-precision.ts";
import { hasEffect } from "../../core/machines/parameter.ts";
import { createSpace, type Point } from "../space/space.ts";
import type { Sweep } from "../spec/sweep.ts";

/** A sweep that makes no comparison. */
export class ComparisonError extends Data.TaggedError("ComparisonError")<{ readonly message: string }> {}

/**
 * The one design of each machine that a sweep describes, in the order of its machines. Costs that stop before layout get
 * the assumed factors for it, unless the sweep gives `layout`. Throws a ComparisonError where a parameter has several
 * values or differs between layers, where there are not two machines or these are not at one node, and where the sweep has
 * what a comparison would not heed.
 */
export const machineDesigns = (sweep: Sweep): readonly [Point, ...Point[]] => {
  const { space, name: title } = sweep;
  if (space.machines.length < 2) {
    throw new ComparisonError({
      message: `${title}: machine: expected a list of two machines or more to compare`,
    });
  }
  const several = space.parameters.find(({ values }) => values.length > 1);
  if (several !== undefined) {
    throw new ComparisonError({
      message: `${title}: parameters.${several.name} has ${several.values.length} values; expected one`,
    });
  }
  const ignored = [
    ...(space.constraints.length > 0 ? ["constraints"] : []),
    ...(sweep.require.length > 0 ? ["require"] : []),
    ...(space.baseline === undefined ? [] : ["baseline"]),
    ...(space.points.length > 0 ? ["points"] : []),
  ];
  if (ignored.length > 0) {
    throw new ComparisonError({
      message: `${title}: ${ignored.join(" and ")}: expected none in a comparison, where sizes follow from the budget of the first machine`,
    });
  }
  const givesLayout = space.parameters.some(({ name }) => name === "layout");
  const designs = space.machines.map((machine): Point => {
    const { baseline: _, ...rest } = space;
    const point = createSpace({ ...rest, machines: [machine], points: [] }).pointAt(0);
    if (point === null) throw new Error(`the space of ${machine.name} alone has no design`);
    const layout = machine.parameters.find((parameter) => parameter.name === "layout");
    if (givesLayout || layout === undefined || !hasEffect(layout, point.configuration)) return point;
    return { machine: machine.name, configuration: { ...point.configuration, layout: "post-layout" } };
  });
  const [{ machine: first, configuration }] = designs;
  for (const { machine, configuration: own } of designs) {
    if (isMixedPrecision(own.precision)) {
      throw new ComparisonError({
        message: `${title}: parameters.precision differs between layers; expected one format: sizes are found for one`,
      });
    }
    if (own.node !== configuration.node) {
      throw new ComparisonError({
        message: `${title}: ${machine} is at ${own.node} nm and ${first} at ${configuration.node} nm; expected one node for all: parameters.node`,
      });
    }
  }
  return designs as unknown as readonly [Point, ...Point[]];
};
