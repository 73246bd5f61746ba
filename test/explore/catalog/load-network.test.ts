import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { functionalModel } from "../../fixtures/keras-writer.ts";
import { float16Network } from "../../fixtures/onnx-writer.ts";
import { writeSafetensors } from "../../fixtures/safetensors-writer.ts";

let directory = "";
const write = (name: string, content: string | Uint8Array): void => {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};
const load = (use: string, inputs?: Record<string, number[]>) =>
  loadNetwork(use, { baseDirectory: directory, ...(inputs === undefined ? {} : { inputs }) });

const networkYaml = (...lines: string[]): string =>
  ["version: 1", "name: mine", "description: A test.", ...lines].join("\n");

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bitfront-catalog-"));
  write("models/half.onnx", float16Network());
  write("mine.yaml", networkYaml("source: models/half.onnx", "inputs: { x: [1, 3, 8, 8] }"));
  const weight = { name: "d/kernel", shape: [4, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] };
  const layer = { className: "Dense", name: "d", inputs: ["x"], config: { use_bias: false } };
  const { model, shards } = functionalModel([4], [layer], [weight]);
  write("tfjs/model.json", JSON.stringify(model));
  for (const [path, bytes] of shards) write(`tfjs/${path}`, bytes);
  write("node_modules/@scope/weights/deep/model.onnx", float16Network());
  write("node_modules/@scope/weights/package.json", JSON.stringify({ name: "@scope/weights", exports: {} }));
  write("secret.onnx", float16Network());
  symlinkSync(join(directory, "secret.onnx"), join(directory, "node_modules/@scope/weights/link.onnx"));
});

afterAll(() => rmSync(directory, { recursive: true }));

test("a name is found beside the file that uses it, and its source beside the network file", async () => {
  const network = await load("mine");
  expect(network).toMatchObject({ name: "mine", source: "models/half.onnx", inputs: { x: [1, 3, 8, 8] } });
  expect(network.layers[0].weights.stored).toBe("float16");
  expect((await load("./mine.yaml")).name).toBe("mine");
});

test("a path to a model and a reference into a package work without a network file, whatever the package exports", async () => {
  expect(await load("models/half.onnx")).toMatchObject({ name: "models-half", source: "models/half.onnx" });
  const network = await load("npm:@scope/weights/deep/model.onnx");
  expect(network).toMatchObject({
    name: "scope-weights-deep-model",
    source: "npm:@scope/weights/deep/model.onnx",
  });
  expect((await load("tfjs/model.json", { x: [1, 4] })).layers).toMatchObject([
    { name: "d", filters: 2, channels: 4 },
  ]);
});

test("inputs of a sweep replace those of the network file", async () => {
  await expect(load("mine", { x: [1, 3, 9, 8] })).rejects.toMatchObject({
    _tag: "NetworkError",
    network: "mine",
  });
  await expect(load("mine", { z: [1] })).rejects.toThrow("network mine: it has no input z; its inputs are x");
  await expect(load("synthetic-small", { z: [1] })).rejects.toThrow(
    "a synthetic network has no inputs, but z is given",
  );
});

test("the networks of the package load from anywhere", async () => {
  expect(await load("synthetic-small")).toMatchObject({ name: "synthetic-small", source: "synthetic" });
  expect((await load("esrgan-slim")).layers).toHaveLength(12);
});

test("a name that is unknown shows what there is and what was probably meant", async () => {
  await expect(load("esrgan-slin")).rejects.toMatchObject({ _tag: "CatalogError", subject: "esrgan-slin" });
  await expect(load("esrgan-slin")).rejects.toThrow(/there: .*esrgan-slim, .*did you mean esrgan-slim\?/);
  await expect(load("no such thing")).rejects.toThrow("no path to a .yaml, .csv, .onnx or model.json file");
  await expect(load("absent.yaml")).rejects.toThrow("absent.yaml: there is no such file");
  await expect(load("absent.onnx")).rejects.toThrow("absent.onnx: there is no such file");
});

/** Captured activations of the one layer of float16Network: the entries of a vector are its number. */
const captured = (vectors: number): Uint8Array => {
  const values = Array.from({ length: vectors * 12 }, (_, index) => Math.floor(index / 12));
  return writeSafetensors([{ name: "conv", dtype: "F16", shape: [vectors, 12], values }]);
};

test("captured activations are found beside the network file or in a package, and the sweep's come first", async () => {
  write("captures/mine.safetensors", captured(2));
  write("sweeps/other.safetensors", captured(3));
  write("node_modules/@scope/weights/captured.safetensors", captured(4));
  const described = (activations: string): string =>
    networkYaml("source: ../models/half.onnx", "inputs: { x: [1, 3, 8, 8] }", `activations: ${activations}`);
  write("captures/with.yaml", described("./mine.safetensors"));
  write("captures/packed.yaml", described("npm:@scope/weights/captured.safetensors"));
  const activations = async (use: string, own?: string, folder = directory) => {
    const given = own === undefined ? {} : { activations: own };
    return (await loadNetwork(use, { baseDirectory: folder, ...given })).layers[0].activations;
  };
  expect(await activations("captures/with.yaml")).toEqual({
    values: Float32Array.from({ length: 24 }, (_, index) => Math.floor(index / 12)),
    vectors: 2,
    source: "./mine.safetensors",
  });
  expect(await activations("captures/packed.yaml")).toMatchObject({
    vectors: 4,
    source: "npm:@scope/weights/captured.safetensors",
  });
  const sweeps = join(directory, "sweeps");
  for (const use of ["../captures/with.yaml", "../mine.yaml"]) {
    expect(await activations(use, "other.safetensors", sweeps)).toMatchObject({
      vectors: 3,
      source: "other.safetensors",
    });
  }
  expect(await activations("models/half.onnx", "npm:@scope/weights/captured.safetensors")).toMatchObject({
    vectors: 4,
  });
  expect(await activations("mine")).toBeUndefined();
});

test("a sweep's captured activations spare those of the network file from being read", async () => {
  const file = networkYaml("source: models/half.onnx", "activations: absent.safetensors");
  write("spared.yaml", file);
  await expect(load("./spared.yaml")).rejects.toThrow("absent.safetensors: there is no such file");
  write("there.safetensors", captured(1));
  const options = { baseDirectory: directory, activations: "there.safetensors" };
  expect((await loadNetwork("./spared.yaml", options)).layers[0].activations?.vectors).toBe(1);
});

test("a synthetic network may have captured activations", async () => {
  const layer = "{ name: fc, kind: linear, filters: 2, channels: 3 }";
  write(
    "drawn.yaml",
    networkYaml(`synthetic: { seed: 1, sigma: 1, layers: [${layer}] }`, "activations: fc.safetensors"),
  );
  write("fc.safetensors", writeSafetensors([{ name: "fc", dtype: "F32", shape: [1, 3], values: [1, 2, 3] }]));
  const [{ activations }] = (await load("./drawn.yaml")).layers;
  expect([...activations!.values]).toEqual([1, 2, 3]);
});

test("a file of captured activations that is damaged, wrong, too large or absent is refused by name", async () => {
  const withActivations = (activations: string) =>
    loadNetwork("models/half.onnx", { baseDirectory: directory, activations });
  write("cut.safetensors", captured(2).subarray(0, 90));
  await expect(withActivations("cut.safetensors")).rejects.toMatchObject({
    _tag: "DecodeError",
    where: expect.stringMatching(/cut\.safetensors: tensor "conv"$/),
  });
  write("foreign.safetensors", writeSafetensors([{ name: "cnov", dtype: "U8", shape: [1], values: [1] }]));
  await expect(withActivations("foreign.safetensors")).rejects.toMatchObject({
    _tag: "NetworkError",
    problem: expect.stringContaining(
      'foreign.safetensors: it has no tensor for 1 of 1 layers: conv (is it tensor "cnov"?)',
    ),
  });
  write("huge.safetensors", "");
  truncateSync(join(directory, "huge.safetensors"), 2 ** 31);
  await expect(withActivations("huge.safetensors")).rejects.toThrow("expected at most 2147483647");
  await expect(withActivations("none.safetensors")).rejects.toMatchObject({ _tag: "CatalogError" });
});

test("a package that is absent shows the command that installs it", async () => {
  await expect(load("npm:bitfront-no-such-package/a.onnx")).rejects.toThrow(
    "the package bitfront-no-such-package is not installed; install it with: npm install bitfront-no-such-package",
  );
  write(
    "absent-package.yaml",
    networkYaml("source: npm:@scope/none/a.onnx", "install: npm install @scope/none@3.1.0"),
  );
  await expect(load("absent-package")).rejects.toThrow("install it with: npm install @scope/none@3.1.0");
});

test("a reference must stay inside its package", async () => {
  await expect(load("npm:@scope/weights/../../../secret.onnx")).rejects.toThrow(
    "the path leaves the package @scope/weights",
  );
  await expect(load("npm:@scope/weights/link.onnx")).rejects.toThrow("the file is a link out of the package");
  await expect(load("npm:@scope/weights/other.onnx")).rejects.toThrow(
    "the package @scope/weights has no file other.onnx",
  );
  await expect(load("npm:../weights/model.onnx")).rejects.toThrow("expected npm:package/file");
  await expect(load("npm:Upper/model.onnx")).rejects.toThrow("expected npm:package/file");
});

test("a shard must lie in the directory of its model", async () => {
  const manifest = (path: string) =>
    JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths: [path], weights: [] }] });
  write("outside/model.json", manifest("../secret.onnx"));
  await expect(load("outside/model.json")).rejects.toThrow(
    "its shard ../secret.onnx is outside the directory of the model",
  );
  symlinkSync(join(directory, "secret.onnx"), join(directory, "outside/w.bin"));
  write("outside/model.json", manifest("w.bin"));
  await expect(load("outside/model.json")).rejects.toThrow(
    "its shard w.bin is outside the directory of the model",
  );
  write("outside/model.json", manifest("none.bin"));
  await expect(load("outside/model.json")).rejects.toThrow("none.bin: there is no such file");
});

test("damaged content is an error that names its file", async () => {
  write("cut.onnx", float16Network().subarray(0, 50));
  await expect(load("cut.onnx")).rejects.toMatchObject({
    _tag: "DecodeError",
    where: expect.stringMatching(/cut\.onnx: byte \d+$/),
  });
  write("broken/model.json", "{");
  await expect(load("broken/model.json")).rejects.toMatchObject({ _tag: "DecodeError" });
});

test("a file of 2 GiB is refused before it is read, a directory is no file", async () => {
  write("huge.onnx", "");
  truncateSync(join(directory, "huge.onnx"), 2 ** 31);
  await expect(load("huge.onnx")).rejects.toThrow(
    "huge.onnx: it has 2147483648 bytes, expected at most 2147483647",
  );
  mkdirSync(join(directory, "folder.onnx"));
  await expect(load("folder.onnx")).rejects.toThrow("folder.onnx: it is no file");
});

test.each([
  [["sourc: a.onnx"], /wrong\.yaml:4:1: sourc: sourc is not a key here.*did you mean source\?/],
  [[], /does not say what the network is; expected exactly one of source, architecture, synthetic/],
  [
    ["source: a.onnx", "inputs: { x: [1, 0] }"],
    /wrong\.yaml:5:18: inputs\.x\.1: 0 .*expected an integer from 1/,
  ],
  [
    [
      "synthetic:",
      "  seed: 1",
      "  sigma: 0",
      "  layers: [{ name: a, kind: linear, filters: 1, channels: 1 }]",
    ],
    /wrong\.yaml:6:10: synthetic\.sigma: 0 .*expected a number above 0/,
  ],
  [
    ["synthetic: { seed: 1, sigma: 1, layers: [{ name: a, kind: convolution, filters: 1, channels: 1 }] }"],
    /is a convolution without an input/,
  ],
  [
    [
      "synthetic: { seed: 1, sigma: 1, layers: [{ name: a, kind: linear, filters: 1, channels: 1, groups: 2 }] }",
    ],
    /is a linear layer with keys of a convolution/,
  ],
])("a network file with a mistake is refused with line and column: %j", async (lines, problem) => {
  write("wrong.yaml", networkYaml(...lines));
  await expect(load("./wrong.yaml")).rejects.toThrow(problem);
  await expect(load("./wrong.yaml")).rejects.toMatchObject({ _tag: "SpecError" });
});
