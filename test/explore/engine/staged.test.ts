import { describe, expect, it } from "vitest";
import type { Run } from "../../../explore/engine/run.ts";
import { runText, temporaryFolder } from "./fixture.ts";

/** Sweeps that can be evaluated by the cycle model whole, each over other parts of the design. */
const sweeps = {
  memory: `
  pes: { pow2: [2, 16] }
  precision: { choice: [fixed16, fixed8] }
  activationBuffer: { choice: [8, 16, 32] }
  outputBuffer: { choice: [1, 8] }
  bufferBandwidth: { choice: [1, 8, 64] }
  dram: { choice: [ddr3, lpddr4, hbm2] }
  clock: { linear: [0.25, 1], steps: 4 }
`,
  synchronization: `
  pes: { pow2: [1, 16] }
  laneWidth: { choice: [8, 16, 32] }
  precision: { choice: [fixed8, fixed4] }
  sync: { choice: [lockstep, independent, fifo] }
  fifoDepth: { choice: [1, 4] }
  order: { choice: [index, load] }
  packing: { choice: [1, 2, 3] }
  dataflow: { choice: [weight-stationary, output-stationary] }
`,
  "processing element": `
  pes: { pow2: [2, 8] }
  precision: { choice: [float32, bfloat16, fixed12] }
  activationVectors: 4
  activePlanes: { choice: [8, 12, 24] }
  pipeline: { choice: [published, rtl, overlapped] }
  inputPorts: { choice: [8, 32] }
  window: { choice: [4, 8] }
  distillation: { choice: ["on", "off"] }
  batch: { choice: [1, 2] }
  idleShare: { choice: [0.2, 0.9] }
`,
};

const sweepText = (parameters: string, fidelity: string, more: string): string => `
version: 1
name: staged
seed: 3
networks: [tiny]
machine: bitlet
parameters:${parameters}
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }, { minimize: area_mm2 }]
fidelity: ${fidelity}
${more}`;

const members = ({ fronts }: Run): readonly (readonly Float64Array[])[] => fronts.map(({ rows }) => rows);

describe("the staged front is that of the cycle model over all designs", () => {
  for (const [name, parameters] of Object.entries(sweeps)) {
    for (const more of ["", "require: ['latency_s <= 0.0005', 'sqnr_dB >= 20']"]) {
      it(`${name}${more === "" ? "" : ", with requirements"}`, async () => {
        const staged = await runText(temporaryFolder(), sweepText(parameters, "staged", more));
        const full = await runText(temporaryFolder(), sweepText(parameters, "cycle", more));
        const share = (100 * staged.traced) / full.traced;
        console.log(
          `${name}: the cycle model decided ${staged.traced} of ${full.traced} designs, ${share.toFixed(1)} %; ${full.fronts[0].rows.length} on the front`,
        );
        expect(full.fronts[0].rows.length).toBeGreaterThan(3);
        expect(staged.traced).toBeLessThan(full.traced);
        // Every number of every row.
        expect(members(staged)).toEqual(members(full));
      });
    }
  }
});
