import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tableFromIPC } from "@uwdata/flechette";
import { beforeAll, describe, expect, it } from "vitest";
import { readParquet } from "../../../explore/store/parquet.ts";
import { readCsv } from "../../../explore/table/csv.ts";
import { writeOnnx } from "../../fixtures/onnx-writer.ts";
import { writeSafetensors } from "../../fixtures/safetensors-writer.ts";
import { sweepText, temporaryFolder, writeSweep } from "../engine/fixture.ts";
import { bitfront, type Finished } from "./command.ts";

const folder = temporaryFolder();
let first: Finished;

beforeAll(async () => {
  writeSweep(folder);
  first = await bitfront(folder, "run", "small.sweep.yaml", "--json");
});

describe("bitfront run", () => {
  it("answers with one line of JSON and nothing else", () => {
    expect(first.stderr).toBe("");
    expect(first.status).toBe(0);
    const answer = JSON.parse(first.stdout);
    expect(Object.keys(answer)).toEqual([
      "directory",
      "points",
      "evaluated",
      "failed",
      "front",
      "seconds",
      "pointsPerSecond",
    ]);
    expect(answer).toMatchObject({ directory: "results/small", points: 256, evaluated: 256, failed: 0 });
    expect(answer.front).toBeGreaterThan(3);
  });

  it("writes manifest, front and plots", () => {
    for (const file of [
      "manifest.json",
      "front.csv",
      "front.parquet",
      ...["throughput-energy", "throughput-area"].flatMap((name) =>
        ["svg", "png", "vl.json"].map((ending) => `plots/${name}.${ending}`),
      ),
    ]) {
      expect(existsSync(join(folder, "results/small", file)), file).toBe(true);
    }
    const plot = readFileSync(join(folder, "results/small/plots/throughput-area.vl.json"), "utf8");
    expect(JSON.parse(plot).title.text).toBe("small: tiny (synthetic weights: all layers)");
    const header = readFileSync(join(folder, "results/small/front.csv"), "utf8").split("\n")[0].split(",");
    for (const name of [
      "key",
      "index",
      "fidelity",
      "pes",
      "idleShare",
      "throughput_ips",
      "energy_J",
      "bound",
    ]) {
      expect(header).toContain(name);
    }
  });

  it("answers the second time from what is stored, and says so", async () => {
    const again = await bitfront(folder, "run", "small.sweep.yaml");
    expect(again.status).toBe(0);
    expect(again.stdout).toContain("All 256 designs were stored by an earlier run, nothing was evaluated");
    expect(again.stdout).toMatch(
      /against the baseline they reach, each with another design, [0-9.]+ x its throughput_ips/,
    );
    expect(again.stdout).toContain(
      "Weights that were drawn, not trained: tiny (synthetic weights: all layers).",
    );
    expect(again.stdout).toContain("Everything is in results/small");
  });

  it("ends with status 2 and the place of every problem on a wrong sweep", async () => {
    writeFileSync(
      join(folder, "wrong.yaml"),
      sweepText("aggregat: sum").replace("pow2: [2, 16]", "pow2: [16, 2]"),
    );
    const wrong = await bitfront(folder, "run", "wrong.yaml", "--json");
    expect(wrong.status).toBe(2);
    expect(wrong.stdout).toBe("");
    expect(wrong.stderr).toMatch(/^wrong\.yaml:8:\d+: parameters\.pes\.pow2/m);
    expect(wrong.stderr).toMatch(/^wrong\.yaml:16:1: aggregat.*did you mean aggregate\?/m);
  });
});

describe("an empty front", () => {
  it("is the answer no: status 1, said plainly", async () => {
    const text = sweepText("require: ['energy_J < 0']").replace("name: small", "name: none");
    writeFileSync(join(folder, "none.yaml"), text);
    for (const verb of ["run", "front"]) {
      const none = await bitfront(folder, verb, "none.yaml");
      expect(none.status).toBe(1);
      expect(none.stdout).toContain("None of the 256 evaluated designs meets the requirements.");
    }
  });
});

describe("bitfront", () => {
  it.each(["check", "run", "status", "front", "plot", "profile", "explain", "export"])(
    "%s: a wrong flag leaves standard output empty and ends with status 2",
    async (verb) => {
      const wrong = await bitfront(folder, verb, "--jason", "--json");
      expect(wrong.stdout).toBe("");
      expect(wrong.stderr).toContain("--jason");
      expect(wrong.status).toBe(2);
    },
  );

  it("prints help on standard output when asked", async () => {
    const help = await bitfront(folder, "--help");
    expect(help.status).toBe(0);
    expect(help.stdout).toContain("explain");
    expect(help.stderr).toBe("");
  });

  it("names what it cannot find", async () => {
    const missing = await bitfront(folder, "run", "nosuch");
    expect(missing).toMatchObject({ status: 2, stdout: "" });
    expect(missing.stderr).toContain("nosuch: no such sweep file");
    const network = await bitfront(folder, "profile", "esrgan-slm");
    expect(network).toMatchObject({ status: 2, stdout: "" });
    expect(network.stderr).toContain("did you mean esrgan-slim?");
  });
});

describe("bitfront check, status, front, plot", () => {
  it("check counts, samples and estimates", async () => {
    const { stdout, status } = await bitfront(folder, "check", "small.sweep.yaml", "--json");
    expect(status).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ name: "small", networks: ["tiny"], designs: 256 });
    expect(answer.sample).toHaveLength(3);
    expect(answer.evaluationSeconds).toBeGreaterThan(0);
  });

  it("check counts a large space by sample and refuses one that nobody can enumerate", async () => {
    const large = sweepText("constraints: ['clock <= 0.5']")
      .replace("steps: 4", "steps: 100")
      .replace("pow2: [2, 16]", "int: [1, 400]");
    writeFileSync(join(folder, "large.yaml"), large.replace("choice: [16, 32]", "int: [8, 31]"));
    const { stdout } = await bitfront(folder, "check", "large.yaml", "--json");
    const answer = JSON.parse(stdout);
    // 400 · 24 · 2 · 2 · 2 · 100 combinations; clocks 0.25 … 1 in hundred steps, 34 of them up to 0.5; and the baseline.
    expect(answer.indices).toBe(7_680_001);
    expect(answer.sampled).toBe(true);
    expect(answer.designs / answer.indices).toBeCloseTo(0.34, 2);
    // 400 · 57 · 2 · 2 · 2 · 10,000 combinations and the baseline, more than the limit of 10⁹.
    const endlessText = large
      .replace("steps: 100", "steps: 10000")
      .replace("choice: [16, 32]", "int: [8, 64]");
    writeFileSync(join(folder, "endless.yaml"), endlessText);
    const endless = await bitfront(folder, "check", "endless.yaml", "--json");
    expect(endless).toMatchObject({ status: 2, stdout: "" });
    expect(endless.stderr).toMatch(
      /^endless\.yaml:7:1: parameters.*have 1\.82e\+9 combinations; expected at most 1e\+9/,
    );
  });

  it("status says how far the run is, by sweep or by folder", async () => {
    for (const named of ["small.sweep.yaml", "results/small"]) {
      const { stdout } = await bitfront(folder, "status", named, "--json");
      expect(JSON.parse(stdout)).toMatchObject({
        status: "finished",
        points: 256,
        stored: { analytical: 256 },
        counts: { evaluated: 256, failed: 0 },
      });
    }
  });

  it("front of a run is the one that run found", async () => {
    const { stdout } = await bitfront(folder, "front", "results/small", "--json");
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ points: 256, front: JSON.parse(first.stdout).front });
    expect(answer.hypervolume).toBeGreaterThan(0);
  });

  it("front of any table: by hand", async () => {
    // (3, 2) and (1, 1) are on the front; with reference (0, 4) they dominate 3 · 2 + 1 · 1 = 7.
    writeFileSync(join(folder, "own.csv"), "name,speed,cost\na,3,2\nb,1,1\nc,2,3\nd,-1,5\n");
    const args = ["--csv", "own.csv", "--maximize", "speed", "--minimize", "cost"];
    const reference = ["--reference", "speed=0", "--reference", "cost=4"];
    const { stdout, status } = await bitfront(folder, "front", ...args, ...reference, "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ points: 4, front: 2, hypervolume: 7, outside: 1 });
    const wrong = await bitfront(folder, "front", ...args.slice(0, 4), "--minimize", "costs", "--json");
    expect(wrong).toMatchObject({ status: 2, stdout: "" });
    expect(wrong.stderr).toContain("did you mean cost?");
  });

  it("plot draws again", async () => {
    const { stdout, status } = await bitfront(folder, "plot", "results/small", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout).plots).toEqual([
      "results/small/plots/throughput-energy.png",
      "results/small/plots/throughput-area.png",
    ]);
  });
});

describe("bitfront export", () => {
  it("writes every design with its parameters, the same in all formats", async () => {
    const answers = [];
    for (const ending of ["csv", "parquet", "arrow"]) {
      const { stdout } = await bitfront(
        folder,
        "export",
        "small.sweep.yaml",
        "--output",
        `all.${ending}`,
        "--json",
      );
      answers.push(JSON.parse(stdout));
    }
    const csv = await readCsv(join(folder, "all.csv"));
    expect(answers).toEqual(
      ["csv", "parquet", "arrow"].map((ending) => ({ output: `all.${ending}`, points: csv.rows })),
    );
    const names = csv.columns.map(({ name }) => name);
    for (const name of [
      "index",
      "machine",
      "pes",
      "precision",
      "throughput_ips",
      "sqnr_dB",
      "bound",
      "onFront",
    ]) {
      expect(names).toContain(name);
    }
    const parquet = await readParquet(join(folder, "all.parquet"));
    const arrow = tableFromIPC(readFileSync(join(folder, "all.arrow")));
    for (const { name, data } of csv.columns) {
      expect(Array.from(parquet.columns[name] as ArrayLike<unknown>), name).toEqual(
        Array.from<unknown>(data),
      );
      expect(Array.from(arrow.getChild(name)), name).toEqual(Array.from<unknown>(data));
    }
    // Designs on the front are those of front.csv, with the same numbers.
    const front = await readCsv(join(folder, "results/small/front.csv"));
    const column = (table: typeof csv, name: string) =>
      Array.from<unknown>(table.columns.find((candidate) => candidate.name === name)?.data ?? []);
    const members = column(csv, "onFront").flatMap((on, row) => (on === 1 ? [row] : []));
    for (const name of ["index", "clock", "energy_J"]) {
      expect(new Set(members.map((row) => column(csv, name)[row]))).toEqual(new Set(column(front, name)));
    }
  });

  it("refuses a file of another kind", async () => {
    const refused = await bitfront(folder, "export", "small.sweep.yaml", "--output", "all.xlsx");
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain("--output all.xlsx: expected a file ending in .csv, .parquet or .arrow");
  });
});

describe("bitfront profile and explain", () => {
  it("profile gives layers, work and zero bits", async () => {
    const { stdout } = await bitfront(folder, "profile", "tiny", "--precision", "fixed8", "--json");
    const profile = JSON.parse(stdout);
    expect(profile).toMatchObject({ network: "tiny" });
    // 12 · 3 · 9 · 256 + 12 · 9 · 64 + 1,000 multiply–accumulates.
    expect(profile.macs).toBe(82_944 + 6_912 + 1_000);
    expect(profile.layers.map(({ name }: { name: string }) => name)).toEqual(["first", "depthwise", "last"]);
    expect(profile.layers[0].planeDensity).toHaveLength(7);
    expect(profile.zeroBits).toBeGreaterThan(0.5);
    expect(Object.keys(profile.essentialDigits)).toEqual([
      "signMagnitude",
      "twosComplement",
      "canonicalSignedDigits",
    ]);
    // Normal weights in 8 bits: about 20 log₁₀(127 / largest in σ) + 10 log₁₀ 12 dB, the largest being 3 or 4 σ.
    expect(profile.sqnr_dB).toBeGreaterThan(38);
    expect(profile.sqnr_dB).toBeLessThan(45);
    expect(profile.layers[2].sqnr_dB).toBeGreaterThan(38);
    const text = await bitfront(folder, "profile", "tiny", "--precision", "fixed8");
    expect(text.stdout).toContain("Zero bits in percent by plane");
    expect(text.stdout).toMatch(/essential digits a weight: [0-9.]+ sign-magnitude, .* signed digits/);
    expect(text.stdout).toMatch(/SQNR [0-9.]+ dB by rounding the weights alone/);
    expect(text.stdout).toContain("Mean essential digits of a weight, by encoding");
  });

  it("profile says that float32 loses nothing, by null in JSON, and names the formats there are", async () => {
    const json = JSON.parse((await bitfront(folder, "profile", "tiny", "--json")).stdout);
    expect([json.sqnr_dB, json.layers[0].sqnr_dB]).toEqual([null, null]);
    expect(Object.keys(json.essentialDigits)).toEqual(["signMagnitude"]);
    const text = await bitfront(folder, "profile", "tiny");
    expect(text.stdout).toContain("the format loses nothing of the weights");
    expect(text.stdout).not.toMatch(/\bsqnr_dB\b/);
    const wrong = await bitfront(folder, "profile", "tiny", "--precision", "float8");
    expect(wrong).toMatchObject({ status: 2, stdout: "" });
    expect(wrong.stderr).toContain("format float8: expected float32, float16, bfloat16, or fixed1 … fixed24");
  });

  it("profile shows how groups distil, and draws the bit density", async () => {
    const { stdout, stderr } = await bitfront(folder, "profile", "tiny", "--lane-width", "16", "--json");
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toBe("");
    const { settings, distillation, layers } = JSON.parse(stdout);
    expect(settings).toMatchObject({ format: "float32", laneWidth: 16, window: 8, activationVectors: 16 });
    // 12 filters of 27 weights, 12 of 9, 10 of 100, in groups of 16.
    expect(layers.map((layer: { distillation: { groups: number } }) => layer.distillation.groups)).toEqual([
      24, 12, 70,
    ]);
    expect(distillation.groups).toBe(106);
    expect(distillation.standardError_cycles).toBeGreaterThan(0);
    expect(layers[1].distillation.cycleShares.padding).toBeGreaterThan(0);
    expect(distillation.alignedSqnr_dB).toBeGreaterThan(90);
    for (const ending of ["svg", "png", "vl.json"]) {
      expect(existsSync(join(folder, "results/profiles/tiny-float32", `bit-density.${ending}`))).toBe(true);
    }
    const text = await bitfront(folder, "profile", "tiny", "--precision", "fixed8", "--active-planes", "4");
    expect(text.stdout).toContain("Groups of 64 lanes, a check window of 8, the top 4 planes: ");
    expect(text.stdout).toContain("Bit density of all layers: results/profiles/tiny-fixed8/bit-density.png");
    for (const name of ["p90_cycles", "imbalance_%", "lockstep_32_%"]) expect(text.stdout).toContain(name);
  });

  it.each([
    ["a lane width that no processing element has", ["--lane-width", "4"], /lane-width/],
    ["a window beyond its range", ["--window", "65"], /window/],
    ["scales for a format without", ["--per-channel"], /--per-channel has no effect on float32/],
    [
      "exponents for a format that is not aligned",
      ["--precision", "fixed8", "--activation-exponents", "ignore"],
      /--activation-exponents has no effect on fixed8/,
    ],
    [
      "captured activations where there are none",
      ["--activation-exponents", "captured"],
      /tiny names no file of activations/,
    ],
  ])("profile refuses %s", async (_, flags, message) => {
    const refused = await bitfront(folder, "profile", "tiny", ...flags);
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toMatch(message);
  });

  it("profile says of a network without multiply–accumulates that there is nothing to profile", async () => {
    const nodes = [{ operator: "Relu", inputs: ["x"], outputs: ["y"] }];
    writeFileSync(join(folder, "relu.onnx"), writeOnnx({ inputs: { x: [1, 3] }, outputs: ["y"], nodes }));
    const refused = await bitfront(folder, "profile", "relu.onnx");
    expect(refused).toMatchObject({ status: 2, stdout: "" });
    expect(refused.stderr).toContain("has no layer with multiply–accumulates to profile");
  });

  it("profile reads captured activations, and shows the weights as without them", async () => {
    const layer = "{ name: fc, kind: linear, filters: 2, channels: 3 }";
    const text = `version: 1\nname: fc\ndescription: A test.\nsynthetic: { seed: 1, sigma: 1, layers: [${layer}] }\n`;
    writeFileSync(join(folder, "plain.yaml"), text);
    writeFileSync(join(folder, "captured.yaml"), `${text}activations: fc.safetensors\n`);
    const plain = await bitfront(folder, "profile", "plain.yaml", "--json");
    expect((await bitfront(folder, "profile", "captured.yaml", "--json")).status).toBe(2);
    const values = [1, 2, 3, 4, 5, 6];
    writeFileSync(
      join(folder, "fc.safetensors"),
      writeSafetensors([{ name: "fc", dtype: "F32", shape: [2, 3], values }]),
    );
    const { status, stdout } = await bitfront(folder, "profile", "captured.yaml", "--json");
    const { layers, ...profile } = JSON.parse(stdout);
    const [{ activations, ...layer0 }] = layers;
    expect([status, { ...profile, layers: [layer0] }]).toEqual([0, JSON.parse(plain.stdout)]);
    expect(activations).toMatchObject({ origin: "captured", source: "fc.safetensors", zeroShare: 0 });
    const aligned = await bitfront(
      folder,
      "profile",
      "captured.yaml",
      "--activation-exponents",
      "captured",
      "--json",
    );
    expect(JSON.parse(aligned.stdout).settings.activationExponents).toBe("captured");
    expect(JSON.parse(aligned.stdout).distillation).not.toEqual(JSON.parse(plain.stdout).distillation);
  });

  it("explain takes a design apart into terms that add up to its metrics", async () => {
    const rows = readFileSync(join(folder, "results/small/front.csv"), "utf8").trim().split("\n");
    const columns = rows[0].split(",");
    const design = Object.fromEntries(rows[1].split(",").map((cell, column) => [columns[column], cell]));
    const { stdout, status } = await bitfront(folder, "explain", design.key, "small.sweep.yaml", "--json");
    expect(status).toBe(0);
    const answer = JSON.parse(stdout);
    expect(answer.key).toBe(design.key);
    expect([design.standIns, answer.standIns]).toEqual([
      "tiny: synthetic weights: all layers",
      ["tiny: synthetic weights: all layers"],
    ]);
    const [network] = answer.networks;
    const energy = network.energy.reduce((sum: number, item: { energy_J: number }) => sum + item.energy_J, 0);
    expect(energy).toBeCloseTo(Number(design.energy_J), 15);
    expect(network.metrics.throughput_ips).toBe(Number(design.throughput_ips));
    const seconds = network.layers.reduce(
      (sum: number, layer: { seconds: number }) => sum + layer.seconds,
      0,
    );
    expect(seconds).toBeCloseTo(network.metrics.latency_s, 15);
    const bytes = network.layers.reduce(
      (sum: number, layer: { dram_bytes: number }) => sum + layer.dram_bytes,
      0,
    );
    expect(bytes).toBeCloseTo(network.metrics.dram_bytes, 3);
    const area = answer.area.reduce((sum: number, item: { area_mm2: number }) => sum + item.area_mm2, 0);
    expect(area).toBeCloseTo(Number(design.area_mm2), 12);
    for (const item of [...network.energy, ...answer.area]) {
      expect(item.source, item.item).not.toBe("");
      expect(["stated", "measured", "derived", "our decision", "remembered"]).toContain(item.mark);
    }
    const baseline = await bitfront(folder, "explain", "baseline", "small.sweep.yaml");
    expect(baseline.stdout).toContain("Layers that take longest");
    const unknown = await bitfront(folder, "explain", "0000000000000000", "small.sweep.yaml", "--json");
    expect(unknown).toMatchObject({ status: 2, stdout: "" });
  });
});
