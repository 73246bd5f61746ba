import fc from "fast-check";
import { expect, test } from "vitest";
import { metrics } from "../../../core/model/metrics.ts";
import { chunkOfRows } from "../../../explore/engine/chunk-rows.ts";
import { columnLayout, jointMetrics, timedMetrics } from "../../../explore/engine/columns.ts";
import type { Evaluator } from "../../../explore/engine/evaluator.ts";
import { growingPass } from "../../../explore/engine/growing-pass.ts";
import { summarize } from "../../../explore/engine/summary.ts";
import { candidates } from "../../../explore/pareto/staged.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";

const sweep = parseSweep(
  `
version: 1
name: staged
networks: [tiny]
machine: bitlet
parameters: { pes: { choice: [1, 2] } }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }, { minimize: area_mm2 }]
require: ["latency_s <= 3"]
fidelity: staged
`,
  { file: "staged.yaml" },
);
const layout = columnLayout(sweep, ["tiny"], "analytical");
const known = 1000;
const evaluator = {
  plan: { sweep, workloads: [{ name: "tiny", weight: 1 }] },
  fronts: [{ network: -1 }],
  knownIndices: new Set([known]),
  layout: () => layout,
} as unknown as Evaluator;

const position = (name: string): number => metrics.findIndex((metric) => metric.name === name);
const directions = sweep.objectives.map(({ direction }) => direction);

/** What decides about a design: its area, and throughput, energy and latency at either end. */
interface Design {
  readonly area: number;
  readonly throughput: readonly [fast: number, slow: number];
  readonly energy: readonly [fast: number, slow: number];
  readonly latency: readonly [fast: number, slow: number];
}

const pair = (ascending: boolean) =>
  fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .map((ends) => ends.sort((left, right) => (ascending ? left - right : right - left)));
const designs = fc.array(
  fc.record({
    area: fc.integer({ min: 1, max: 3 }),
    throughput: pair(false),
    energy: pair(true),
    latency: pair(true),
  }) as fc.Arbitrary<Design>,
  { maxLength: 60 },
);

const rowOf = ({ area, throughput, energy, latency }: Design, index: number): Float64Array => {
  const row = new Float64Array(layout.names.length).fill(1);
  row[0] = index;
  row[jointMetrics + position("area_mm2")] = area;
  const [ends] = layout.ends;
  const set = (name: string, [fast, slow]: readonly [number, number]): void => {
    const place = timedMetrics.indexOf(position(name));
    row[ends.fastest + place] = fast;
    row[ends.slowest + place] = slow;
  };
  set("throughput_ips", throughput);
  set("energy_J", energy);
  set("latency_s", latency);
  return row;
};

test("what the cycle model has to decide does not depend on how the designs are cut into chunks", () => {
  fc.assert(
    fc.property(designs, fc.array(fc.nat(60), { maxLength: 4 }), (all, cuts) => {
      const expected = candidates(
        [
          Float64Array.from(all, ({ throughput }) => throughput[0]),
          Float64Array.from(all, ({ energy }) => energy[0]),
          Float64Array.from(all, ({ area }) => area),
        ],
        [
          Float64Array.from(all, ({ throughput }) => throughput[1]),
          Float64Array.from(all, ({ energy }) => energy[1]),
          Float64Array.from(all, ({ area }) => area),
        ],
        directions,
        Uint8Array.from(all, ({ latency }) => (latency[1] <= 3 ? 1 : 0)),
      );
      const growing = growingPass(evaluator, "analytical");
      const rows = all.map(rowOf);
      const ends = [...cuts, 0, rows.length].sort((left, right) => left - right);
      const chunks = ends.slice(1).map((end, cut) => rows.slice(ends[cut], end));
      for (const chunk of chunks.reverse()) {
        const columns = chunkOfRows(chunk, layout.names.length, new Map());
        growing.add(summarize(evaluator, "analytical", columns));
      }
      expect(growing.outcome().candidates).toEqual(Float64Array.from(expected));
    }),
  );
});

test("the baseline and added points are decided in any case", () => {
  const good: Design = { area: 1, throughput: [5, 5], energy: [1, 1], latency: [1, 1] };
  const bad: Design = { area: 2, throughput: [1, 1], energy: [5, 5], latency: [1, 1] };
  const growing = growingPass(evaluator, "analytical");
  const rows = [rowOf(good, 0), rowOf(bad, 1), rowOf(bad, known)];
  const chunk = chunkOfRows(rows, layout.names.length, new Map());
  growing.add(summarize(evaluator, "analytical", chunk));
  expect([...growing.outcome().candidates]).toEqual([0, known]);
});
