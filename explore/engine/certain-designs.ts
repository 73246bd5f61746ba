import { metrics } from "../../core/model/metrics.ts";
import { type Archive, createArchive } from "../pareto/archive.ts";
import { asCosts, type Direction } from "../pareto/objectives.ts";
import { undominatedRows } from "../pareto/undominated.ts";
import { chunkOfRows } from "./chunk-rows.ts";
import { concatenate } from "./concatenate.ts";
import { type StoredDesigns, visitDesigns } from "./designs.ts";
import type { Front } from "./fronts.ts";
import type { EnginePlan } from "./plan.ts";
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

/** Indices of the designs of a front that stay on it although numbers are uncertain. */
export interface CertainDesigns {
  /** No design at its best dominates them at their worst. */
  readonly certain: readonly number[];
  /** They are on the front too with all uncertain numbers at the low ends of their ranges, and with all at the high ends. */
  readonly atEnds: readonly number[];
}

/**
 * For each front the designs that stay on it. `certain` is interval dominance: it lets each design have the ranges to
 * itself, although one number is uncertain for all designs alike, so that what it proves holds wherever the numbers lie,
 * and more designs may stay than it proves. `atEnds` moves all numbers alike, and says nothing of what lies between or of
 * one low and another high. Where a staged sweep has not decided a design, its least run time counts. Objectives and
 * requirements that are expressions are taken to lie between their values at the two ends. Reads the stored designs, a
 * part at a time.
 */
export const certainDesigns = async (run: StoredFronts): Promise<readonly CertainDesigns[]> => {
  const { evaluator, fronts, pass } = run;
  const { plan } = evaluator;
  const directions = plan.sweep.objectives.map(({ direction }) => direction);
  const members = fronts.map(({ rows }) => new Set(rows.map(([index]) => index)));
  const archives = fronts.map(() => ({
    best: createArchive(directions),
    low: createArchive(directions),
    high: createArchive(directions),
  }));
  await visitDesigns(
    run,
    (columns, passHere) => {
      const layout = evaluator.layout(passHere);
      fronts.forEach(({ scope }, which) => {
        const decided = passHere === pass;
        const at = (side: "fastest" | "slowest") =>
          span(plan, scopeMetricsAt(side, { columns }, layout, scope, plan), directions);
        const { best, sides, mayMeet } = decided
          ? span(plan, scopeMetrics({ columns }, layout, scope), directions)
          : either(at("fastest"), at("slowest"));
        const add = (archive: Archive, values: readonly Float64Array[], meets: Uint8Array): void => {
          const others = Array.from(columns[0].keys()).filter(
            (row) => meets[row] === 1 && !members[which].has(columns[0][row]),
          );
          archive.add(
            values.map((column) => Float64Array.from(others, (row) => column[row])),
            Float64Array.from(others, (row) => columns[0][row]),
          );
        };
        add(archives[which].best, best, mayMeet);
        add(archives[which].low, sides.low.values, sides.low.meets);
        add(archives[which].high, sides.high.values, sides.high.meets);
      });
    },
    "ends",
  );
  return fronts.map(({ rows, scope }, which) => {
    if (rows.length === 0) return { certain: [], atEnds: [] };
    const layout = evaluator.layout(pass);
    const chunk = chunkOfRows(rows, layout.names.length, new Map());
    const own = span(plan, scopeMetrics(chunk, layout, scope), directions);
    const { best, low, high } = archives[which];
    const certain = undominatedByOthers(own, directions, best);
    const ends = (["low", "high"] as const).map((side) => {
      const { values, meets } = own.sides[side];
      const others = { low, high }[side].front().objectives;
      const left = undominated(values, values, others, directions);
      return meets.map((fulfilled, row) => fulfilled & left[row]);
    });
    const indicesWhere = (stays: (row: number) => boolean): number[] =>
      rows.flatMap(([index], row) => (stays(row) ? [index] : []));
    return {
      certain: indicesWhere((row) => own.mustMeet[row] === 1 && certain[row] === 1),
      atEnds: indicesWhere((row) => ends.every((stays) => stays[row] === 1)),
    };
  });
};

type Span = ReturnType<typeof span>;
type Flags = Span["mayMeet"];

/** The objectives of the first, and requirements that count as met where either meets them. */
const either = (first: Span, second: Span): Span => {
  const both = (one: Uint8Array, other: Uint8Array): Flags =>
    Uint8Array.from(one, (meets, row) => meets | other[row]);
  const side = (name: "low" | "high") => ({
    values: first.sides[name].values,
    meets: both(first.sides[name].meets, second.sides[name].meets),
  });
  return {
    ...first,
    sides: { low: side("low"), high: side("high") },
    mayMeet: both(first.mayMeet, second.mayMeet),
  };
};

/** 1 for each design of a front that neither another one at its best nor a design beside the front dominates at its worst. */
const undominatedByOthers = (
  { best, worst }: Span,
  directions: readonly Direction[],
  others: Archive,
): Uint8Array => {
  const count = worst[0].length;
  const left = undominated([], worst, others.front().objectives, directions);
  const all = Array.from({ length: count }, (_, row) => row);
  const select = (columns: readonly Float64Array[], rows: readonly number[]): Float64Array[] =>
    columns.map((column) => Float64Array.from(rows, (row) => column[row]));
  // Any two designs of the front differ in a bit of their places: so each meets every other, and never itself.
  for (let bit = 1; bit < count; bit *= 2) {
    const [without, withIt] = [0, bit].map((value) => all.filter((row) => (row & bit) === value));
    for (const [from, to] of [
      [without, withIt],
      [withIt, without],
    ]) {
      const stays = undominated([], select(worst, to), select(best, from), directions);
      to.forEach((row, place) => {
        left[row] &= stays[place];
      });
    }
  }
  return left;
};

/** 1 for each of the judged vectors that none of the others, nor of the fellows if there are any, dominates. */
const undominated = (
  fellows: readonly Float64Array[],
  judged: readonly Float64Array[],
  others: readonly Float64Array[],
  directions: readonly Direction[],
): Uint8Array => {
  const table = others.map((column, objective) =>
    concatenate([column, fellows[objective] ?? new Float64Array(0), judged[objective]]),
  );
  const count = table[0].length - judged[0].length;
  const stays = new Uint8Array(judged[0].length);
  for (const row of undominatedRows(asCosts(table, directions), count, count)) stays[row - count] = 1;
  return stays;
};

const position = (wanted: string): number => metrics.findIndex(({ name }) => name === wanted);
const [energy, area, power] = ["energy_J", "area_mm2", "power_W"].map(position);
const ends = {
  low: { energy: position("energyLow_J"), area: position("areaLow_mm2") },
  high: { energy: position("energyHigh_J"), area: position("areaHigh_mm2") },
};

/** Objectives at either end of the ranges, at their best and at their worst, and whether requirements are met there. */
const span = (plan: EnginePlan, found: MetricColumns, directions: readonly Direction[]) => {
  const side = (columns: MetricColumns) => ({
    values: objectiveValues(plan, columns),
    meets: meetsRequirements(plan, columns),
  });
  const sides = { low: side(atEnd(found, ends.low)), high: side(atEnd(found, ends.high)) };
  const all = [sides.low, side(found), sides.high];
  const extreme = (good: boolean): Float64Array[] =>
    directions.map((direction, objective) =>
      all[0].values[objective].map((_, row) => {
        const here = all.map(({ values }) => values[objective][row]);
        return (direction === "minimize") === good ? Math.min(...here) : Math.max(...here);
      }),
    );
  const met = (row: number): number => all.reduce((sum, { meets }) => sum + meets[row], 0);
  return {
    sides,
    best: extreme(true),
    worst: extreme(false),
    mayMeet: all[0].meets.map((_, row) => (met(row) > 0 ? 1 : 0)),
    mustMeet: all[0].meets.map((_, row) => (met(row) === all.length ? 1 : 0)),
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
