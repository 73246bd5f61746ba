import { describe, expect, test } from "vitest";
import { metrics } from "../../../core/model/metrics.ts";
import { type ChunkRows, chunkOfRows } from "../../../explore/engine/chunk-rows.ts";
import { columnLayout } from "../../../explore/engine/columns.ts";
import type { Evaluator } from "../../../explore/engine/evaluator.ts";
import { growingPass } from "../../../explore/engine/growing-pass.ts";
import { summarize } from "../../../explore/engine/summary.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";

const sweep = parseSweep(
  `
version: 1
name: fronts
networks: [tiny]
machine: bitlet
parameters: { pes: { choice: [1, 2] } }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }]
require: ["area_mm2 <= 1"]
referencePoint: { energy_J: 9 }
fidelity: cycle
`,
  { file: "fronts.yaml" },
);
const layout = columnLayout(sweep, ["tiny"], "cycle");

/** What a front asks of an evaluator. */
const evaluator = {
  plan: { sweep, workloads: [{ name: "tiny", weight: 1 }] },
  fronts: [{ network: -1 }],
  knownIndices: new Set([6]),
  layout: () => layout,
} as unknown as Evaluator;

const row = (index: number, area: number, throughput: number, energy: number): Float64Array => {
  const values: Record<string, number> = {
    index,
    area_mm2: area,
    throughput_ips: throughput,
    energy_J: energy,
  };
  return Float64Array.from(layout.names, (name) => values[name] ?? 1);
};

const chunk = (rows: readonly Float64Array[], errors: [number, string][] = []): ChunkRows =>
  chunkOfRows(rows, layout.names.length, new Map(errors));

/** The outcome of a pass whose chunks arrive in this order. */
const outcomeOf = (...chunks: ChunkRows[]) => {
  const growing = growingPass(evaluator, "cycle");
  for (const one of chunks) growing.add(summarize(evaluator, "cycle", one));
  return growing.outcome();
};

describe("the front of a pass", () => {
  const first = chunk([row(4, 1, 2, 3), row(5, 1, 2, 4), row(6, 2, 9, 1)]);
  const second = chunk(
    [row(7, 1, -Infinity, 1), row(8, 1, 1, 2), row(9, 1, 2, 3), row(10, Number.NaN, 1, 1)],
    [[3, "too small"]],
  );

  test("is that of the rows that meet the requirements, an infinitely bad one aside, in any order", () => {
    for (const outcome of [outcomeOf(first, second), outcomeOf(second, first)]) {
      const [front] = outcome.fronts;
      expect(front.rows).toEqual([row(4, 1, 2, 3), row(8, 1, 1, 2), row(9, 1, 2, 3)]);
      expect(front.reference).toEqual({ throughput_ips: 1, energy_J: 9 });
      expect(front.excluded).toBe(1);
      expect(outcome).toMatchObject({
        evaluated: 6,
        failed: 1,
        errors: { "too small": 1 },
        firstEvaluated: 4,
      });
      expect([...outcome.known.values()]).toEqual([row(6, 2, 9, 1)]);
    }
  });

  test("is empty where nothing was evaluated", () => {
    expect(outcomeOf().fronts[0].rows).toEqual([]);
    expect(outcomeOf(chunk([row(1, 1, 1, 1)], [[0, "no"]])).firstEvaluated).toBeUndefined();
  });

  test.each([
    [Number.NaN, 1, "objective throughput_ips is no number for the design with index 4"],
    [
      Infinity,
      1,
      "objective throughput_ips is Infinity, better than any number, for the design with index 4",
    ],
    [1, -Infinity, "objective energy_J is -Infinity, better than any number, for the design with index 4"],
  ])("refuses the objectives %d and %d, the first design of all chunks", (throughput, energy, message) => {
    const bad = (index: number) => chunk([row(index, 1, throughput, energy)]);
    expect(() => outcomeOf(bad(7), bad(4), bad(5))).toThrow(message);
  });

  test("has columns for every metric", () => {
    expect(layout.names).toEqual(["index", ...metrics.map(({ name }) => name), "bound"]);
  });
});
