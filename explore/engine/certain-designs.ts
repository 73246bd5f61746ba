import { metrics } from "../../core/model/metrics.ts";
import { createArchive } from "../pareto/archive.ts";
import { asCosts, type Direction } from "../pareto/objectives.ts";
import { undominatedRows } from "../pareto/undominated.ts";
import { chunkOfRows } from "./chunk-rows.ts";
import { type StoredDesigns, visitDesigns } from "./designs.ts";
import type { Front } from "./fronts.ts";
import {
  type MetricColumns,
  meetsRequirements,
  objectiveValues,
  scopeMetrics,
  scopeMetricsAt,
} from "./scope-values.ts";

/** The same with its fronts. */
export interface StoredFronts extends StoredDesigns {
  readonly fronts: readonly Front[];
}

const position = (wanted: string): number => metrics.findIndex(({ name }) => name === wanted);
const [energy, area, power] = ["energy_J", "area_mm2", "power_W"].map(position);
const ends = {
  low: { energy: position("energyLow_J"), area: position("areaLow_mm2") },
  high: { energy: position("energyHigh_J"), area: position("areaHigh_mm2") },
};

/**
 * For each front the indices of the designs that stay on it wherever the uncertain numbers lie in their ranges: no
 * design at its best dominates them at their worst, and they meet the requirements at either end. This is interval
 * dominance: it lets each design have the ranges to itself, although one number is uncertain for all designs alike, so
 * that more designs stay than it can prove. Where a staged sweep has not decided a design, its least run time counts. Objectives
 * and requirements that are expressions are taken to lie between their values at the two ends. Reads the stored designs,
 * a part at a time.
 */
export const certainDesigns = async (run: StoredFronts): Promise<readonly (readonly number[])[]> => {
  const { evaluator, fronts, pass } = run;
  const { plan } = evaluator;
  const directions = plan.sweep.objectives.map(({ direction }) => direction);
  const members = fronts.map(({ rows }) => new Set(rows.map(([index]) => index)));
  const archives = fronts.map(() => createArchive(directions));
  await visitDesigns(
    run,
    (columns, passHere) => {
      const layout = evaluator.layout(passHere);
      fronts.forEach(({ scope }, which) => {
        const found =
          passHere === pass
            ? scopeMetrics({ columns }, layout, scope)
            : scopeMetricsAt("fastest", { columns }, layout, scope, plan);
        const { best, mayMeet } = span(run, found, directions);
        const others = Array.from(columns[0].keys()).filter(
          (row) => mayMeet[row] === 1 && !members[which].has(columns[0][row]),
        );
        archives[which].add(
          best.map((column) => Float64Array.from(others, (row) => column[row])),
          Float64Array.from(others, (row) => columns[0][row]),
        );
      });
    },
    "ends",
  );
  return fronts.map((front, which) => survivors(run, front, directions, archives[which].front().objectives));
};

const survivors = (
  run: Pick<StoredFronts, "evaluator" | "pass">,
  { rows, scope }: Front,
  directions: readonly Direction[],
  others: readonly Float64Array[],
): number[] => {
  if (rows.length === 0) return [];
  const layout = run.evaluator.layout(run.pass);
  const chunk = chunkOfRows(rows, layout.names.length, new Map());
  const { best, worst, mustMeet } = span(run, scopeMetrics(chunk, layout, scope), directions);
  const certain = Uint8Array.from(mustMeet);
  /** Crosses out designs that one of some vectors dominates at their worst. */
  const judge = (dominators: readonly Float64Array[], judged: readonly number[]): void => {
    const count = dominators[0].length;
    const table = dominators.map((column, objective) =>
      Float64Array.of(...column, ...judged.map((row) => worst[objective][row])),
    );
    const left = new Set(undominatedRows(asCosts(table, directions), count, count));
    judged.forEach((row, place) => {
      if (!left.has(count + place)) certain[row] = 0;
    });
  };
  const all = rows.map((_, row) => row);
  judge(others, all);
  // Any two designs of the front differ in a bit of their places: so each meets every other, and never itself.
  for (let bit = 1; bit < rows.length; bit *= 2) {
    const [without, withIt] = [0, bit].map((value) => all.filter((row) => (row & bit) === value));
    for (const [from, to] of [
      [without, withIt],
      [withIt, without],
    ]) {
      judge(
        best.map((column) => Float64Array.from(from, (row) => column[row])),
        to,
      );
    }
  }
  return all.filter((row) => certain[row] === 1).map((row) => rows[row][0]);
};

/** Objectives at the good and at the bad end of the ranges, and whether requirements are met at some, or at every, end. */
const span = (
  { evaluator }: Pick<StoredFronts, "evaluator">,
  found: MetricColumns,
  directions: readonly Direction[],
) => {
  const { plan } = evaluator;
  const sides = [atEnd(found, ends.low), found, atEnd(found, ends.high)];
  const values = sides.map((columns) => objectiveValues(plan, columns));
  const meets = sides.map((columns) => meetsRequirements(plan, columns));
  const extreme = (good: boolean): Float64Array[] =>
    directions.map((direction, objective) =>
      values[0][objective].map((_, row) => {
        const here = values.map((side) => side[objective][row]);
        return (direction === "minimize") === good ? Math.min(...here) : Math.max(...here);
      }),
    );
  const count = (row: number): number => meets.reduce((sum, side) => sum + side[row], 0);
  return {
    best: extreme(true),
    worst: extreme(false),
    mayMeet: meets[0].map((_, row) => (count(row) > 0 ? 1 : 0)),
    mustMeet: meets[0].map((_, row) => (count(row) === sides.length ? 1 : 0)),
  };
};

/** Metrics as they are at one end of the ranges: power goes with energy, since the time stays. */
const atEnd = (found: MetricColumns, end: (typeof ends)["low"]): MetricColumns => {
  const columns = [...found];
  columns[energy] = found[end.energy];
  columns[area] = found[end.area];
  columns[power] = found[power].map((watts, row) => (watts * found[end.energy][row]) / found[energy][row]);
  return columns;
};
