import { describe, expect, it } from "vitest";
import { metrics } from "../../../core/model/metrics.ts";
import { readPart } from "../../../explore/engine/part.ts";
import type { Run } from "../../../explore/engine/run.ts";
import { scopeMetrics } from "../../../explore/engine/scope-values.ts";
import { type DesignPoints, drawableRows, mostPoints } from "../../../explore/plots/design-points.ts";
import { throughputArea } from "../../../explore/plots/throughput-area.ts";
import { throughputEnergy } from "../../../explore/plots/throughput-energy.ts";
import { designPoints } from "../../../explore/report/design-points.ts";
import { storedParts } from "../../../explore/store/run-directory.ts";
import { runText, temporaryFolder } from "../engine/fixture.ts";

/** Many clocks: they cost little, since a design is what is left of it. */
const sweep = (clocks: number, more: string): string => `
version: 1
name: small
seed: 3
networks: [tiny]
machine: bitlet
parameters:
  pes: { choice: [2, 8] }
  precision: { choice: [float32, fixed8] }
  activationBuffer: { choice: [1, 32] }
  bufferBandwidth: { choice: [1, 64] }
  clock: { linear: [0.1, 1], steps: ${clocks} }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }, { minimize: area_mm2 }]
baseline: { pes: 4, precision: fixed8, activationBuffer: 32, clock: 0.5 }
${more}`;

/** All designs of a run's front in memory, each evaluated by itself, in the order of their indices. */
const inMemory = async ({ evaluator, directory, fronts: [front], baseline }: Run): Promise<DesignPoints> => {
  const traced = new Set<number>();
  for (const { path } of await storedParts(directory, "cycle")) {
    const { columns } = await readPart(path, evaluator.layout("cycle").names);
    for (const index of columns[0]) traced.add(index);
  }
  const analytical = evaluator.rangeRows(0, evaluator.space.total, "analytical");
  const cycle = evaluator.listRows(Float64Array.from(traced).sort(), "cycle");
  const metricsOf = (chunk: typeof cycle, pass: "analytical" | "cycle") =>
    scopeMetrics(chunk, evaluator.layout(pass), front.scope);
  const sides = [metricsOf(analytical, "analytical"), metricsOf(cycle, "cycle")];
  const rows = Array.from(analytical.columns[0], (index, row) => ({ index, row, side: 0 }))
    .filter(({ index, row }) => !analytical.errors.has(row) && !traced.has(index))
    .concat(
      Array.from(cycle.columns[0], (index, row) => ({ index, row, side: 1 })).filter(
        ({ row }) => !cycle.errors.has(row),
      ),
    )
    .sort((left, right) => left.index - right.index);
  const values = (name: string): Float64Array => {
    const metric = metrics.findIndex((one) => one.name === name);
    return Float64Array.from(rows, ({ row, side }) => sides[side][metric][row]);
  };
  const members = new Set(front.rows.map(([index]) => index));
  return {
    throughput_ips: values("throughput_ips"),
    energy_J: values("energy_J"),
    area_mm2: values("area_mm2"),
    onFront: Uint8Array.from(rows, ({ index }) => (members.has(index) ? 1 : 0)),
    isBaseline: Uint8Array.from(rows, ({ index }) => (index === baseline?.[0] ? 1 : 0)),
  };
};

const text = { title: "title", subtitle: "subtitle" };

describe("the designs that a plot takes", () => {
  for (const more of [
    "fidelity: analytical",
    "fidelity: analytical\nrequire: ['area_mm2 <= 1', 'throughput_ips >= 100']",
    "fidelity: staged\nrequire: ['latency_s <= 0.01']",
    "fidelity: staged\naggregate: each",
  ]) {
    it(`are drawn from a cloud as they would be from memory: ${more.replace("\n", ", ")}`, async () => {
      // A quarter of these cannot run.
      const run = await runText(temporaryFolder(), sweep(2000, more));
      const points = await designPoints(run, run.fronts[0]);
      const all = await inMemory(run);
      const drawable = drawableRows(all);
      expect(run.failed).toBeGreaterThan(0);
      expect(drawable.length).toBeGreaterThan(mostPoints);
      expect(points.cloud?.designs).toBe(drawable.length);
      for (const metric of ["throughput_ips", "energy_J", "area_mm2"] as const) {
        const sorted = Float64Array.from(drawable, (row) => all[metric][row]).sort();
        expect(points.cloud?.range[metric]).toEqual([sorted[0], sorted.at(-1)]);
      }
      for (const cells of Object.values(points.cloud!.cells)) {
        expect(cells.reduce((sum, { designs }) => sum + designs, 0)).toBe(drawable.length);
      }
      expect(throughputEnergy(points, text)).toEqual(throughputEnergy(all, text));
      expect(throughputArea(points, text)).toEqual(throughputArea(all, text));
    });
  }

  it("are all of them where they are few", async () => {
    const run = await runText(temporaryFolder(), sweep(10, "fidelity: staged"));
    const points = await designPoints(run, run.fronts[0]);
    expect(points.cloud).toBeUndefined();
    const tuples = ({ throughput_ips, energy_J, area_mm2, onFront, isBaseline }: DesignPoints): string[] =>
      Array.from(throughput_ips, (value, row) =>
        [value, energy_J[row], area_mm2[row], onFront[row], isBaseline[row]].join(),
      ).sort();
    expect(tuples(points)).toEqual(tuples(await inMemory(run)));
  });
});
