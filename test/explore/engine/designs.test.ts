import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { visitDesigns } from "../../../explore/engine/designs.ts";
import { readPart } from "../../../explore/engine/part.ts";
import type { Run } from "../../../explore/engine/run.ts";
import { type Pass, storedParts } from "../../../explore/store/run-directory.ts";
import { runText, temporaryFolder } from "./fixture.ts";

/** Designs with too small a buffer fail, and most of the others are not for the cycle model to decide. */
const sweep = (fidelity: string): string => `
version: 1
name: small
seed: 3
networks: [tiny]
machine: bitlet
fidelity: ${fidelity}
parameters:
  pes: { pow2: [2, 16] }
  laneWidth: { choice: [16, 32] }
  precision: { choice: [float32, fixed8] }
  activationBuffer: { choice: [1, 8, 32] }
  dram: { choice: [ddr3, hbm2] }
constraints: ["pes * laneWidth <= 256"]
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }, { minimize: area_mm2 }]
baseline: { pes: 3, laneWidth: 32, precision: fixed8, activationBuffer: 32 }
`;

interface Visited {
  readonly index: number;
  readonly pass: Pass;
  readonly row: readonly number[];
}

const visited = async (run: Run): Promise<Visited[]> => {
  const designs: Visited[] = [];
  await visitDesigns(run, (columns, pass) => {
    for (let row = 0; row < columns[0].length; row++) {
      designs.push({ index: columns[0][row], pass, row: columns.map((column) => column[row]) });
    }
  });
  return designs.sort((left, right) => left.index - right.index);
};

/** What is to be visited: every design of the space by itself, by the cycle model where that has decided it. */
const expectedOf = async ({ evaluator, directory, pass }: Run): Promise<Visited[]> => {
  const traced = new Set<number>();
  for (const { path } of await storedParts(directory, "cycle")) {
    const { columns } = await readPart(path, evaluator.layout("cycle").names);
    for (const index of columns[0]) traced.add(index);
  }
  const designs: Visited[] = [];
  for (let index = 0; index < evaluator.space.total; index++) {
    const point = evaluator.space.pointAt(index);
    if (point === null) continue;
    const best = traced.has(index) ? "cycle" : "analytical";
    try {
      const row = evaluator.row(index, point, best);
      designs.push({ index, pass: best, row: [...row.subarray(0, evaluator.layout(pass).bound + 1)] });
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
    }
  }
  return designs;
};

describe("visitDesigns", () => {
  for (const fidelity of ["analytical", "cycle", "staged"]) {
    it(`visits every evaluated design once, in its best fidelity, and no failed one: ${fidelity}`, async () => {
      const run = await runText(temporaryFolder(), sweep(fidelity));
      const designs = await visited(run);
      expect(designs).toEqual(await expectedOf(run));
      expect(run.failed).toBeGreaterThan(0);
      expect(designs.length).toBe(run.points - run.failed);
      const traced = designs.filter(({ pass }) => pass === "cycle").length;
      expect(traced).toBe(run.traced);
      if (fidelity === "staged") {
        expect(traced).toBeGreaterThan(0);
        expect(traced).toBeLessThan(designs.length);
      }
    });
  }

  it("visits the same after the sweep was enlarged", async () => {
    const folder = temporaryFolder();
    await runText(folder, sweep("staged"));
    const run = await runText(folder, sweep("staged").replace("[2, 16]", "[1, 32]"));
    expect(await visited(run)).toEqual(await expectedOf(run));
  });
});
