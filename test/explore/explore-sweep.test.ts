import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { exploreSweep, exploreText } from "../../explore/index.ts";
import { runText } from "../../explore/report/run-text.ts";
import { convolutionNetwork, float16Network } from "../fixtures/onnx-writer.ts";
import { sweepText, temporaryFolder, writeSweep } from "./engine/fixture.ts";

describe("exploreSweep", () => {
  it("gives the front as objects, the answer as a sentence", async () => {
    const folder = temporaryFolder();
    const options = { results: join(folder, "results"), workers: 1 };
    const { front, answers, points, directory } = await exploreSweep(writeSweep(folder), options);
    expect(points).toBe(256);
    expect(directory).toBe(join(folder, "results", "small"));
    const fastest = front.reduce((best, design) =>
      Number(design.throughput_ips) > Number(best.throughput_ips) ? design : best,
    );
    expect(fastest).toMatchObject({
      pes: 16,
      clock: 1,
      precision: "fixed8",
      machine: "bitlet",
      fidelity: "cycle",
    });
    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatch(/^\d+ of 256 designs are on the front; against the baseline they reach/);
  });
});

describe("weights stored in float16", () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "half.onnx"), float16Network());
  const text = (network: string): string =>
    sweepText("fidelity: cycle")
      .replace("networks: [tiny]", `networks: [${network}]`)
      .replace(/clock:.*/, "");
  const options = {
    results: join(folder, "results"),
    workers: 1,
    fresh: true,
    file: join(folder, "half.yaml"),
  };

  it("are refused for float32 with the reason, and allowed in fixed point", async () => {
    const { failed, errors, front } = await exploreText(text("./half.onnx"), options);
    expect(failed).toBe(32);
    const [reason] = Object.keys(errors);
    expect(reason).toMatch(
      /^refused-weights: half, layer .* was stored in float16: as float32 its low mantissa bits would count as sparsity/,
    );
    expect(front.every(({ precision }) => precision === "fixed8")).toBe(true);
  });

  it("are accepted for float32 where the sweep allows it", async () => {
    const allowed = text("{ use: ./half.onnx, allowUpcast: true }").replace(
      /objectives: .*/,
      "objectives: [{ maximize: energy_J }, { minimize: area_mm2 }]",
    );
    const { failed, run, front } = await exploreText(allowed, options);
    expect(failed).toBe(0);
    expect(run.compared).toBe(64);
    // Every float32 result is marked, no other.
    expect(front.some(({ precision }) => precision === "float32")).toBe(true);
    for (const { precision, upcast } of front) expect(upcast).toBe(precision === "float32" ? "half" : "");
    expect(runText(run)).toContain(
      "Weights taken in more bits than they were stored in: half (float16 as float32).",
    );
  });

  it("are taken as they are in float16 and bfloat16, and nothing is marked", async () => {
    for (const allowed of [text("./half.onnx"), text("{ use: ./half.onnx, allowUpcast: true }")]) {
      const halves = allowed
        .replace("[float32, fixed8]", "[float16, bfloat16]")
        .replace("baseline: {", "baseline: { precision: float16,");
      const { failed, run, front } = await exploreText(halves, options);
      expect(failed).toBe(0);
      expect(front.some(({ precision }) => precision === "float16" || precision === "bfloat16")).toBe(true);
      for (const design of front) expect(design).not.toHaveProperty("upcast");
      expect(runText(run)).not.toContain("because of the file");
    }
  });
});

describe("weights beyond the range of float16", () => {
  it("fail in that format alone, by layer and value, and end nothing", async () => {
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, "wide.onnx"),
      convolutionNetwork("float32", (index) => (index === 7 ? -70000 : 1)),
    );
    const sweep = sweepText("fidelity: cycle")
      .replace("networks: [tiny]", "networks: [./wide.onnx]")
      .replace("[float32, fixed8]", "[float16, bfloat16]")
      .replace("baseline: {", "baseline: { precision: bfloat16,")
      .replace(/clock:.*/, "");
    const options = { results: join(folder, "results"), workers: 1, file: join(folder, "wide.yaml") };
    const { failed, errors, front } = await exploreText(sweep, options);
    expect(failed).toBe(32);
    const [reason] = Object.keys(errors);
    expect(reason).toMatch(/^refused-weights: wide, layer .*: the value 70000 is infinite in float16/);
    expect(front.length).toBeGreaterThan(0);
    for (const { precision } of front) expect(precision).toBe("bfloat16");
  });
});
