import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadTechnology } from "../../../explore/catalog/technology.ts";
import type { ChunkRows } from "../../../explore/engine/chunk-rows.ts";
import { computeStatistic } from "../../../explore/engine/compute-statistic.ts";
import { evaluateChunk } from "../../../explore/engine/evaluate-chunk.ts";
import { createEvaluator, type Evaluator } from "../../../explore/engine/evaluator.ts";
import { prepare } from "../../../explore/engine/prepare.ts";
import type { Pass } from "../../../explore/store/run-directory.ts";
import { type RandomSweep, randomSweeps } from "./random-sweeps.ts";

const technology = await loadTechnology();

/** Two evaluators of the same plan: the second has not seen what the first evaluated. */
const evaluatorsOf = (
  { sweep, networks }: RandomSweep,
  termBytes?: number,
): { kernel: Evaluator; twin: Evaluator } => {
  const { plan, slab, statistics } = prepare(sweep, networks, technology, "");
  statistics.forEach(computeStatistic);
  return { kernel: createEvaluator(plan, slab, termBytes), twin: createEvaluator(plan, slab) };
};

/** The first difference from what the rows give one by one; undefined if there is none, to the last bit. */
const difference = (found: ChunkRows, twin: Evaluator, pass: Pass, indices: number[]): string | undefined => {
  const { columns, errors } = evaluateChunk(twin, pass, indices);
  const { names } = twin.layout(pass);
  const [index] = columns;
  if (found.columns.length !== names.length) return `${found.columns.length} columns`;
  for (const [column, name] of names.entries()) {
    const values = found.columns[column];
    if (values.length !== index.length) return `${values.length} rows, expected ${index.length}`;
    for (const [position, expected] of columns[column].entries()) {
      if (!Object.is(values[position], expected)) {
        return `${name} of ${index[position]}: ${values[position]}, expected ${expected}`;
      }
    }
  }
  for (const [position, text] of errors) {
    const error = found.errors.get(position) ?? "";
    if (error !== text) return `error of ${index[position]}: ${error}, expected ${text}`;
  }
  return found.errors.size === errors.size
    ? undefined
    : `${found.errors.size} errors, expected ${errors.size}`;
};

const between = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, offset) => from + offset);

/** Compares ranges and lists of random sweeps with their twin; answers with what was among them. */
const compare = (options: { readonly numRuns: number; readonly seed?: number }) => {
  const seen = { failed: 0, failedLater: 0, excluded: 0, rows: 0 };
  fc.assert(
    fc.property(
      randomSweeps,
      fc.array(
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
        {
          minLength: 3,
          maxLength: 3,
        },
      ),
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 80 }),
      fc.shuffledSubarray(["range", "list", "all", "single"] as const, { minLength: 4 }),
      // Memory for everything, for a few terms, and for none: then nothing is kept beyond a design.
      fc.constantFrom(undefined, 30_000, 0),
      (random, shares, places, order, termBytes) => {
        const { kernel, twin } = evaluatorsOf(random, termBytes);
        const { total } = kernel.space;
        const first = random.networks[0].name;
        const passes: Pass[] =
          random.sweep.fidelity === "staged" ? ["analytical", "cycle"] : [random.sweep.fidelity];
        const range = (pass: Pass, from: number, to: number): void => {
          const found = kernel.rangeRows(from, to, pass);
          seen.rows += found.columns[0].length;
          seen.failed += found.errors.size;
          for (const [, text] of found.errors) {
            if (text.startsWith("buffer-too-small") && !text.includes(first)) seen.failedLater++;
          }
          seen.excluded += to - from - found.columns[0].length;
          expect(difference(found, twin, pass, between(from, to)), `[${from}, ${to})`).toBeUndefined();
        };
        for (const pass of passes) {
          for (const kind of order) {
            if (kind === "all") range(pass, 0, total);
            else if (kind === "range") {
              for (const pair of shares) {
                const [from, to] = pair
                  .map((share) => Math.round(share * total))
                  .sort((left, right) => left - right);
                range(pass, from, to);
              }
            } else {
              const list = places.map((place) => Math.min(total - 1, Math.floor(place * total)));
              const indices = kind === "list" ? list : list.slice(0, 1);
              const found = kernel.listRows(Float64Array.from(indices), pass);
              expect(difference(found, twin, pass, indices), "list").toBeUndefined();
            }
          }
        }
      },
    ),
    options,
  );
  return seen;
};

describe("chunks of columns", () => {
  it("give the rows of any range and of any list, and their errors, to the last bit", () => {
    compare({ numRuns: 80 });
  });

  it("do so in sweeps that are known to have every kind of design", () => {
    const seen = compare({ numRuns: 120, seed: 11 });
    expect(seen.failed).toBeGreaterThan(0);
    // Some designs run the first network and fail on another.
    expect(seen.failedLater).toBeGreaterThan(0);
    expect(seen.excluded).toBeGreaterThan(0);
    expect(seen.rows).toBeGreaterThan(2 * seen.failed);
  });
});
