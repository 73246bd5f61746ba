import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import { groupStatistics } from "../../core/bit-interleaving/group-statistics.ts";
import { configurationKey } from "../space/key.ts";
import { createSpace, type Point } from "../space/space.ts";
import type { Sweep } from "../spec/sweep.ts";
import { createEvaluator, type Evaluator } from "./evaluator.ts";
import { type InputError, Inputs } from "./inputs.ts";
import { prepare } from "./prepare.ts";
import { writeEntry } from "./slab.ts";

/** A design that the sweep does not have. */
export class UnknownDesign extends Data.TaggedError("UnknownDesign")<{ readonly message: string }> {}

/**
 * Finds a design of a sweep by its key, its index, or as `baseline`. A key is looked for among all designs in turn.
 */
export const findDesign = (sweep: Sweep, named: string): Effect.Effect<Point, UnknownDesign> =>
  Effect.gen(function* () {
    const space = createSpace(sweep.space);
    const pointAt = (index: number): Point | undefined => {
      const configuration = space.configurationAt(index);
      return configuration === null ? undefined : { machine: space.machineAt(index), configuration };
    };
    const found = ((): Point | undefined => {
      if (named === "baseline") return sweep.space.baseline;
      if (/^[0-9a-f]{16}$/.test(named)) {
        for (let index = 0; index < space.total; index++) {
          const point = pointAt(index);
          if (point !== undefined && configurationKey(point.machine, point.configuration) === named)
            return point;
        }
        return undefined;
      }
      const index = Number(named);
      return Number.isInteger(index) && index >= 0 && index < space.total ? pointAt(index) : undefined;
    })();
    if (found !== undefined) return found;
    return yield* new UnknownDesign({
      message: `${named}: sweep ${sweep.name} has no such design; expected a key of 16 hex digits as front.csv shows it, an index below ${space.total}, or baseline`,
    });
  });

/** An evaluator for one design of a sweep, its statistics computed here and now. */
export const evaluateDesign = (sweep: Sweep, point: Point): Effect.Effect<Evaluator, InputError, Inputs> =>
  Effect.gen(function* () {
    const inputs = yield* Inputs;
    const networks = yield* Effect.forEach(sweep.networks, (network) => inputs.network(network));
    const technology = yield* inputs.technology;
    const alone: Sweep = {
      ...sweep,
      space: { machines: sweep.space.machines, parameters: [], constraints: [], points: [point] },
    };
    const prepared = prepare(alone, networks, technology, "");
    for (const { weights, offset, count, filters, request, slab, entry } of prepared.statistics) {
      const values = new Float32Array(weights, offset, count);
      writeEntry(slab, entry, groupStatistics(values, filters, request));
    }
    return createEvaluator(prepared.plan, prepared.slab);
  });
