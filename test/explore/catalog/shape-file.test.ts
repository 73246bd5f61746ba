import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { macs } from "../../../core/workloads/layer.ts";
import { isShapeFile, readShapeFile, shapeFileKind } from "../../../explore/catalog/shape-file.ts";
import { temporaryFolder } from "../engine/fixture.ts";

const folder = temporaryFolder();
const write = (name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const read = (name: string) => readShapeFile(join(folder, name), { name: "mine", source: name });

const problem = `
problem:
  version: 0.4
  shape: cnn_layer
  instance: { C: 3, M: 4, R: 3, S: 3, N: 1, P: 5, Q: 6, Wstride: 2 }
`;

const explicit = `
architecture: { version: 0.4 }
problem:
  shape:
    name: depthwise
    dimensions: [C, R, P]
    coefficients: [{ name: Wstride, default: 2 }]
    data-spaces:
      - { name: Weights, projection: [[[C]], [[R]]] }
      - { name: Inputs, projection: [[[C]], [[R], [P, Wstride]]], ranks: [C, W] }
      - { name: Outputs, projection: [C, P], read-write: True }
  instance: { C: 8, R: 3, P: 16 }
`;

const workload = `
- id: 0 # the stem
  operator_type: Conv
  equation: O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]
  dimension_relations: [ix=2*ox+1*fx, iy=2*oy+1*fy]
  loop_dims: [B, K, C, OY, OX, FY, FX]
  loop_sizes: [1, 4, 3, 5, 6, 3, 3]
  operand_precision: { W: 8, I: 8, O: 16, O_final: 8 }
  operand_source: { I: 0, W: 0 }
`;

const topology = "Layer,M,N,K,\na,4,5,6,\n";
const networkFile = "version: 1\nname: mine\ndescription: A problem.\nsource: problem.onnx\n";

beforeAll(() => {
  write("topology.csv", topology);
  write("upper.CSV", topology);
  write("problem.yaml", problem);
  write("explicit.yml", explicit);
  write(
    "list.yaml",
    `- ${problem.trim().replaceAll("\n", "\n  ")}\n- ${problem.trim().replaceAll("\n", "\n  ")}\n`,
  );
  write("workload.yaml", workload);
  write("network.yaml", networkFile);
  write("model.onnx", "");
  write("broken.yaml", "problem: [");
  write("problems/02-second.yaml", explicit);
  write("problems/01-first.yml", problem);
  write("problems/notes.txt", "");
  write("mixed/a.yaml", workload);
  write("empty/notes.txt", "");
});

describe("a file of layer shapes", () => {
  it.each([
    ["topology.csv", true],
    ["upper.CSV", true],
    ["problem.yaml", true],
    ["explicit.yml", true],
    ["list.yaml", true],
    ["workload.yaml", true],
    ["problems", true],
    ["network.yaml", false],
    ["broken.yaml", false],
    ["model.onnx", false],
    ["absent.yaml", false],
    ["absent", false],
  ])("%s: %s", async (name, is) => {
    expect(await isShapeFile(join(folder, name))).toBe(is);
  });

  it("is told from a network file by its top level", () => {
    expect(
      [problem, explicit, workload, networkFile, "a: [", "3", "[]", "[3]", ""].map(shapeFileKind),
    ).toEqual(["timeloop", "timeloop", "zigzag", ...Array(6).fill(undefined)]);
  });

  it.each([
    ["topology.csv", [4 * 5 * 6]],
    ["problem.yaml", [3 * 4 * 9 * 30]],
    ["explicit.yml", [8 * 3 * 16]],
    ["list.yaml", [3 * 4 * 9 * 30, 3 * 4 * 9 * 30]],
    ["workload.yaml", [3 * 4 * 9 * 30]],
    ["problems", [3 * 4 * 9 * 30, 8 * 3 * 16]],
  ])("%s has layers of %j multiply–accumulates", async (name, expected) => {
    const architecture = await read(name);
    expect(architecture).toMatchObject({ name: "mine", source: name });
    expect(architecture.layers.map(macs)).toEqual(expected);
  });
});

const refusals: readonly (readonly [string, string, string])[] = [
  ["count.csv", topology.replace("5", "B"), 'SCALE-Sim topology: PATH: line 2, column N: "B" is no count'],
  [
    "batch.yaml",
    problem.replace("N: 1", "N: 4"),
    "Timeloop problem: PATH:5:42: problem.instance.N: 4: is the batch (4)",
  ],
  [
    "missing.yaml",
    problem.replace("P: 5, ", ""),
    "Timeloop problem: PATH:5:13: problem.instance.P: P is missing",
  ],
  [
    "key.yaml",
    problem.replace("Wstride", "HStride"),
    "problem.instance.HStride: 2: is no dimension or coefficient",
  ],
  [
    "batches.yaml",
    `[{ problem: { N: 2, shape: gemm-ABZ, M: 1, K: 1 } }, { problem: { C: 1 } }]`,
    "batches.yaml:1:65: 1.problem.R: R is missing",
  ],
  [
    "projection.yaml",
    explicit.replace("[[R], [P, Wstride]]", "[[R], [X]]"),
    "problem.shape.data-spaces.1.projection.1: [[R], [X]]: X is no dimension of the shape; expected C, R, P",
  ],
  [
    "form.yaml",
    explicit.replace("default: 2", "default: 0"),
    "problem.shape.coefficients.0.default: 0 is not valid; expected an integer from 1",
  ],
  ["unknown.yaml", explicit.replace("dimensions:", "dimension:"), "problem.shape.dimension"],
  [
    "zigzag.yaml",
    workload.replace("[1, 4", "[2, 4"),
    "ZigZag workload: PATH:7:16: 0.loop_sizes.0: 2: B is the batch (2)",
  ],
  [
    "zigzag-form.yaml",
    workload.replace("[1, 4", "[1, four"),
    "zigzag-form.yaml:7:19: 0.loop_sizes.1: four is not valid; expected an integer from 1",
  ],
  ["zigzag-key.yaml", workload.replace("loop_dims", "loop_dimz"), "did you mean loop_dims?"],
  [
    "template.yaml",
    "{{include_text('base.yaml')}}\nproblem:\n  <<<: *base\n",
    "it is a Jinja template; expected the file that it makes",
  ],
  ["other.yaml", networkFile, "expected a problem of Timeloop (key problem) or a workload of ZigZag"],
  ["shapes.txt", "", "expected layer shapes: .csv, .yaml, .yml or a folder, not .txt"],
];

describe("what is refused", () => {
  it.each(refusals)("%s", async (name, text, message) => {
    write(name, text);
    await expect(read(name)).rejects.toThrow(message.replace("PATH", join(folder, name)));
  });

  it("files that are absent or too large, and folders of other things", async () => {
    await expect(read("absent.csv")).rejects.toThrow("there is no such file");
    write("large.csv", " ".repeat(2 ** 20 + 1));
    await expect(read("large.csv")).rejects.toThrow("it has 1048577 bytes, expected at most 1048576");
    await expect(read("mixed")).rejects.toThrow(/mixed\/a\.yaml: expected a problem of Timeloop/);
    await expect(read("empty")).rejects.toThrow("it has 0 YAML files; expected problems of Timeloop");
  });
});
