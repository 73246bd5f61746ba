import fc from "fast-check";
import { normal, uniformStream } from "../../../core/random.ts";
import type { Direction } from "../../../explore/pareto/objectives.ts";

/** Tables of objectives for property tests: columns, their directions, and the same points as rows. */
export interface Points {
  readonly columns: Float64Array[];
  readonly directions: Direction[];
  readonly rows: number[][];
}

/** Values that collide often: small integers, ±0, a number and its neighbours one unit in the last place away. */
const colliding = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -3, max: 3 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, -0, 1 + Number.EPSILON, 1 - Number.EPSILON / 2, Number.MIN_VALUE),
  },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
);

/** Where infinities may be: nowhere, where they are worse than any number, or anywhere. */
export type Infinities = "none" | "bad" | "any";

const infinity = (infinities: Infinities, direction: Direction): fc.Arbitrary<number> => {
  const bad = direction === "maximize" ? -Infinity : Infinity;
  return infinities === "bad" ? fc.constant(bad) : fc.constantFrom(bad, -bad);
};

/** Points of `dimensions` objectives; some values infinite where asked. */
export const points = (dimensions: fc.Arbitrary<number>, infinities: Infinities): fc.Arbitrary<Points> =>
  dimensions
    .chain((dimension) =>
      fc.array(fc.constantFrom<Direction>("maximize", "minimize"), {
        minLength: dimension,
        maxLength: dimension,
      }),
    )
    .chain((directions) => {
      const values = directions.map((direction) =>
        infinities === "none"
          ? colliding
          : fc.oneof(
              { weight: 20, arbitrary: colliding },
              { weight: 1, arbitrary: infinity(infinities, direction) },
            ),
      );
      return fc.record({
        rows: fc.array(fc.tuple(...values), { maxLength: 60 }),
        directions: fc.constant(directions),
      });
    })
    .map(({ rows, directions }) => ({
      rows,
      directions,
      columns: directions.map((_, objective) => Float64Array.from(rows, (row) => row[objective]!)),
    }));

/** Dominance written out from its definition. */
export const obviouslyDominates = (left: number[], right: number[], directions: Direction[]): boolean => {
  const gains = directions.map((direction, objective) =>
    direction === "maximize" ? left[objective]! > right[objective]! : left[objective]! < right[objective]!,
  );
  const losses = directions.map((direction, objective) =>
    direction === "maximize" ? left[objective]! < right[objective]! : left[objective]! > right[objective]!,
  );
  return gains.includes(true) && !losses.includes(true);
};

/** What drawn points fill. */
export type Shape = "cube" | "grid" | "sphere";

/** Costs drawn from a stream: in a cube, on a grid of few values (powers of two and their neighbours), or on a sphere. */
export const drawn = (shape: Shape, dimension: number, count: number, seed: number): Float64Array[] => {
  const uniform = uniformStream(seed, dimension);
  const columns = Array.from({ length: dimension }, () => new Float64Array(count));
  const power = () => 2 ** Math.floor(uniform() * 8) * (1 + Math.floor(uniform() * 2) * Number.EPSILON);
  for (let row = 0; row < count; row++) {
    const point = columns.map(() =>
      shape === "grid" ? power() : shape === "cube" ? uniform() : Math.abs(normal(uniform)),
    );
    const radius = shape === "sphere" ? Math.hypot(...point) : 1;
    for (const [objective, column] of columns.entries()) column[row] = point[objective]! / radius;
  }
  return columns;
};

/** For each row of `judged`, whether a row of `others` dominates it, by comparing all pairs; less is better. */
export const dominatedByAny = (judged: Float64Array[], others: Float64Array[]): boolean[] =>
  Array.from(judged[0]!, (_, row) => {
    for (let other = 0; other < others[0]!.length; other++) {
      let better = false;
      let worse = false;
      for (let cost = 0; cost < judged.length; cost++) {
        if (others[cost]![other]! < judged[cost]![row]!) better = true;
        if (others[cost]![other]! > judged[cost]![row]!) worse = true;
      }
      if (better && !worse) return true;
    }
    return false;
  });

/** Directions that minimize every column. */
export const allMinimized = (columns: readonly unknown[]): Direction[] => columns.map(() => "minimize");
