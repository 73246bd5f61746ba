import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runText as runAnswer } from "../../../explore/report/run-text.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { SpecError } from "../../../explore/spec/problem.ts";
import { runText, sweepText, temporaryFolder } from "./fixture.ts";

const precisions = "[fixed8, { default: fixed8, 'first|last': fixed16 }, fixed16]";

/** Sixteen designs in each of three precisions. */
const text = (network = "tiny", extra = ""): string =>
  sweepText(extra)
    .replace("networks: [tiny]", `networks: [${network}]`)
    .replace("[float32, fixed8]", precisions)
    .replace(/clock:.*/, "")
    .replace("baseline: {", "baseline: { precision: fixed8,");

const accuracy = (values: string): string =>
  `{ use: tiny, accuracy: { source: "test set, top-1 in percent", values: ${values} } }`;
const measured = accuracy(
  "[{ precision: fixed16, value: 76.1 }, { precision: { default: fixed8, 'first|last': fixed16 }, value: 75.9 }, { precision: fixed8, value: 75.2 }]",
);

describe("precision by layer in a sweep", () => {
  it("stands between its formats in energy and noise, and publishes like any other", async () => {
    const folder = temporaryFolder();
    const noisy = text("tiny", "fidelity: cycle").replace("{ minimize: area_mm2 }", "{ maximize: sqnr_dB }");
    const run = await runText(folder, noisy, { publish: true });
    expect(run.failed).toBe(0);
    const { space, layout } = run.evaluator;
    const column = (name: string): number => layout("cycle").names.indexOf(name);
    const rows = Array.from({ length: space.grid }, (_, index) => space.pointAt(index)!).map((point, index) =>
      run.evaluator.row(index, point, "cycle"),
    );
    const of = (precision: string, name: string): number[] =>
      rows
        .filter((_, index) => space.configurationAt(index)?.precision === precision)
        .map((row) => row[column(name)]);
    const mixed = '{"default":"fixed8","first|last":"fixed16"}';
    expect(of(mixed, "energy_J")).toHaveLength(32);
    for (const name of ["energy_J", "sqnr_dB", "dram_bytes"]) {
      of(mixed, name).forEach((value, design) => {
        expect(value).toBeGreaterThan(of("fixed8", name)[design]);
        expect(value).toBeLessThan(of("fixed16", name)[design]);
      });
    }
    const front = readFileSync(join(run.directory, "front.csv"), "utf8");
    expect(front).toContain('"{""default"":""fixed8"",""first|last"":""fixed16""}"');
    expect(front.split("\n")[0]).not.toContain("accuracy");
  });

  it("refuses a pattern that decides nothing in any network, and names the nearest layer", async () => {
    const wrong = text().replace("first|last", "first|last': fixed16, 'lst");
    await expect(runText(temporaryFolder(), wrong)).rejects.toThrow(
      "precision: the pattern lst decides the format of no layer of tiny; expected one that matches a whole name, which no pattern before it does; did you mean last?",
    );
  });
});

describe("accuracy by precision", () => {
  it("is a metric that requirements and objectives may name, and a column of the front", async () => {
    const required = text(measured, "require: [accuracy >= 75.5]\nfidelity: staged");
    const run = await runText(temporaryFolder(), required, { publish: true });
    expect(run.fronts[0].excluded).toBeGreaterThan(0);
    const { space } = run.evaluator;
    const found = run.fronts[0].rows.map((row) => space.configurationAt(row[0])?.precision);
    expect(new Set(found)).not.toContain("fixed8");
    expect(readFileSync(join(run.directory, "front.csv"), "utf8")).toContain(",75.9,");
    const objective = text(measured, "fidelity: staged").replace(
      "{ minimize: area_mm2 }",
      "{ maximize: accuracy }",
    );
    const three = await runText(temporaryFolder(), objective);
    const onFront = three.fronts[0].rows.map(
      (row) => three.evaluator.space.configurationAt(row[0])?.precision,
    );
    expect(new Set(onFront).size).toBe(3);
  });

  it("belongs to what is stored: a run with other numbers is another run", async () => {
    const folder = temporaryFolder();
    await runText(folder, text(measured, "fidelity: analytical"));
    const changed = runText(folder, text(measured.replace("75.2", "75.3"), "fidelity: analytical"));
    await expect(changed).rejects.toThrow("holds the run of another sweep");
  });

  it.each([
    [text("tiny", "require: [accuracy >= 75]"), "(tiny) gives no accuracy for fixed8"],
    [
      text(accuracy("[{ precision: fixed8, value: 75 }]"), "require: [accuracy >= 75]"),
      '(tiny) gives no accuracy for {"default":"fixed8","first|last":"fixed16"}, fixed16, which require asks for',
    ],
    [text(accuracy("[{ precision: fixed4, value: 75 }]")), "is no precision of this sweep"],
    [
      text(accuracy("[{ precision: fixed8, value: 75 }, { precision: fixed8, value: 74 }]")),
      "is given twice",
    ],
    [text(accuracy("[{ precision: fixd8, value: 75 }]")), "did you mean fixed8?"],
    [text(accuracy("[{ precision: fixed8 }]")), "is missing"],
    [
      text("{ use: tiny, accuracy: { values: [{ precision: fixed8, value: 75 }] } }"),
      "accuracy.source is missing",
    ],
  ])("is refused where it does not fit the sweep: %#", (wrong, problem) => {
    const parse = () => parseSweep(wrong, { file: "accuracy.yaml" });
    expect(parse).toThrow(SpecError);
    expect(parse).toThrow(problem);
  });
});

describe("a phase of training in a sweep", () => {
  it("runs the three products of each layer under a name of its own, beside the forward ones", async () => {
    const run = await runText(
      temporaryFolder(),
      text("tiny, { use: tiny, phase: training }", "fidelity: cycle").replace(precisions, "[fixed8]"),
    );
    expect(run.failed).toBe(0);
    expect(runAnswer(run)).toContain(
      "of these designs: tiny-training: bitlet accelerates the forward product alone, not weightGradient and inputGradient.",
    );
    const [forward, training] = run.evaluator.plan.workloads;
    expect([forward.name, training.name]).toEqual(["tiny", "tiny-training"]);
    expect(training.layers.map(({ name, product = "forward" }) => [name, product]).slice(2, 6)).toEqual([
      ["last", "forward"],
      ["last/weightGradient", "weightGradient"],
      ["last/inputGradient", "inputGradient"],
      ["depthwise/weightGradient", "weightGradient"],
    ]);
    const { names } = run.evaluator.layout("cycle");
    const [row] = run.fronts[0].rows;
    const latency = (network: string): number => row[names.indexOf(`latency_s:${network}`)];
    // Gradients have no weights of their own: their noise is that of the forward products.
    expect(row[names.indexOf("sqnr_dB:tiny-training")]).toBe(row[names.indexOf("sqnr_dB:tiny")]);
    expect(latency("tiny-training")).toBeGreaterThan(2 * latency("tiny"));
  });

  it("is refused twice in the same phase, and under a phase that is none", () => {
    const parse = (networks: string) => () => parseSweep(text(networks), { file: "phase.yaml" });
    expect(parse("{ use: tiny, phase: training }, { use: tiny, phase: training }")).toThrow(
      "names tiny (training) a second time",
    );
    expect(parse("{ use: tiny, phase: backward }")).toThrow(
      "expected one of forward, inputGradient, weightGradient, training",
    );
  });
});
