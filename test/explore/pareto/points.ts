import fc from "fast-check";
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

/** Points of `dimensions` objectives; some values infinite where asked. */
export const points = (dimensions: fc.Arbitrary<number>, infinite: boolean): fc.Arbitrary<Points> =>
  dimensions
    .chain((dimension) => {
      const value = infinite
        ? fc.oneof(
            { weight: 20, arbitrary: colliding },
            { weight: 1, arbitrary: fc.constantFrom(Infinity, -Infinity) },
          )
        : colliding;
      const row = fc.array(value, { minLength: dimension, maxLength: dimension });
      const direction = fc.constantFrom<Direction>("maximize", "minimize");
      return fc.record({
        rows: fc.array(row, { maxLength: 60 }),
        directions: fc.array(direction, { minLength: dimension, maxLength: dimension }),
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
