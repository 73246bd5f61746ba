import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import type { Technology } from "../../core/technology/technology.ts";
import type { Network } from "../../core/workloads/network.ts";
import { configurationKey } from "../space/key.ts";
import { createSpace, type Point, type SpaceDescription } from "../space/space.ts";
import type { Sweep } from "../spec/sweep.ts";
import { computeStatistic } from "./compute-statistic.ts";
import { createEvaluator, type Evaluator } from "./evaluator.ts";
import { type InputError, Inputs } from "./inputs.ts";
import { loadNetworks } from "./load-networks.ts";
import { prepare } from "./prepare.ts";
import { totalWeightsTaken } from "./statistics-layout.ts";

/** A design that the sweep does not have. */
export class UnknownDesign extends Data.TaggedError("UnknownDesign")<{ readonly message: string }> {}

/**
 * Finds a design of a sweep by its key, its index, or as `baseline`. A key is looked for among all designs in turn.
 */
export const findDesign = (sweep: Sweep, named: string): Effect.Effect<Point, UnknownDesign> =>
  Effect.gen(function* () {
    const space = createSpace(sweep.space);
    const found = ((): Point | null | undefined => {
      if (named === "baseline") return sweep.space.baseline;
      if (/^[0-9a-f]{16}$/.test(named)) {
        for (let index = 0; index < space.total; index++) {
          const point = space.pointAt(index);
          if (point !== null && configurationKey(point.machine, point.configuration) === named) return point;
        }
        return undefined;
      }
      const index = Number(named);
      return Number.isInteger(index) && index >= 0 && index < space.total ? space.pointAt(index) : undefined;
    })();
    if (found) return found;
    return yield* new UnknownDesign({
      message: `${named}: sweep ${sweep.name} has no such design; expected a key of 16 hex digits as front.csv shows it, an index below ${space.total}, or baseline`,
    });
  });

/** The space of a design alone: every parameter has its one value. */
export const spaceOfDesign = ({ space }: Sweep, { machine, configuration }: Point): SpaceDescription => ({
  machines: space.machines.filter(({ name }) => name === machine),
  parameters: Object.entries(configuration).map(([name, value]) => ({ name, values: [value] })),
  constraints: [],
  points: [],
});

/** An evaluator for one design of a sweep, its statistics computed here and now, and how many weights they took. */
export const evaluatorOfDesign = (
  sweep: Sweep,
  point: Point,
  networks: readonly Network[],
  technology: Technology,
): { readonly evaluator: Evaluator; readonly weightsTaken: number } => {
  const alone: Sweep = { ...sweep, space: spaceOfDesign(sweep, point) };
  const prepared = prepare(alone, networks, technology, "");
  prepared.statistics.forEach(computeStatistic);
  return {
    evaluator: createEvaluator(prepared.plan, prepared.slab),
    weightsTaken: totalWeightsTaken(prepared.statistics),
  };
};

/** The same for a sweep whose networks and cost tables are not loaded yet. */
export const evaluateDesign = (sweep: Sweep, point: Point): Effect.Effect<Evaluator, InputError, Inputs> =>
  Effect.gen(function* () {
    const inputs = yield* Inputs;
    const networks = yield* loadNetworks(sweep);
    return evaluatorOfDesign(sweep, point, networks, yield* inputs.technology(sweep)).evaluator;
  });
