import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { architectures } from "../../../core/workloads/architectures/registry.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { storedShape } from "../../../core/workloads/weight-layout.ts";
import { loadLayers, loadNetwork } from "../../../explore/catalog/load-network.ts";
import { functionalModel } from "../../fixtures/keras-writer.ts";
import { writeNpy } from "../../fixtures/npy-writer.ts";
import { float16Network } from "../../fixtures/onnx-writer.ts";
import { packedScript } from "../../fixtures/packed-script.ts";
import { safetensorsFile, writeSafetensors } from "../../fixtures/safetensors-writer.ts";

let directory = "";
const write = (name: string, content: string | Uint8Array): void => {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};
const load = (use: string, inputs?: Record<string, number[]>) =>
  loadNetwork(use, { baseDirectory: directory, ...(inputs === undefined ? {} : { inputs }) });
/** Loads a network file with these lines. */
const described = (...lines: string[]) => {
  write("mine.yaml", ["version: 1", "name: mine", "description: A test.", ...lines].join("\n"));
  return load("./mine.yaml");
};

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bitfront-sources-"));
  write("half.onnx", float16Network());
  write("two.csv", `${csvHeader}\nconv1, 4, 5, 3, 2, 2, 3, 1,\nfc, 1, 1, 1, 1, 3, 2, 1,\n`);
});
afterAll(() => rmSync(directory, { recursive: true }));

const csvHeader =
  "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,";

/** Weights of two.csv as [filters, channels, 3, 2] and [filters, channels]. */
const tensors = (names: readonly [string, string]) => [
  {
    name: names[0],
    dtype: "F16" as const,
    shape: [3, 2, 3, 2],
    values: Array.from({ length: 36 }, (_, index) => index),
  },
  { name: names[1], dtype: "F32" as const, shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
];

describe("loadLayers", () => {
  it("has the layers of a network without its weights: those of files that do not exist are not asked for", async () => {
    write(
      "wanting.yaml",
      "version: 1\nname: wanting\ndescription: A test.\nsource: two.csv\nweights: none.npy\n",
    );
    await expect(load("./wanting.yaml")).rejects.toThrow("there is no such file");
    const { name, layers } = await loadLayers("./wanting.yaml", { baseDirectory: directory });
    expect([name, layers.map((layer) => layer.name)]).toEqual(["wanting", ["conv1", "fc"]]);
    const published = await loadLayers("vgg-16", { baseDirectory: directory });
    expect(published.layers.map(({ filters }) => filters).slice(-3)).toEqual([4096, 4096, 1000]);
    const model = await loadLayers("half.onnx", { baseDirectory: directory });
    expect(model.layers.length).toBeGreaterThan(0);
  });
});

describe("weights for layer shapes", () => {
  it("come from a safetensors file, beside the network file or by name", async () => {
    write("w.safetensors", writeSafetensors(tensors(["conv1.weight", "fc.weight"])));
    write("n.safetensors", writeSafetensors(tensors(["a", "b"])));
    const plain = await described("source: two.csv", "weights: w.safetensors");
    expect(plain).toMatchObject({ name: "mine", source: "two.csv, weights w.safetensors" });
    const [convolution, linear] = plain.layers;
    expect(convolution.weights).toMatchObject({ shape: [3, 3, 2, 2], stored: "float16", origin: "trained" });
    // [filter, row, column, channel] of the first filter: channel 1 lies 6 behind channel 0.
    expect([...convolution.weights.values.subarray(0, 6)]).toEqual([0, 6, 1, 7, 2, 8]);
    expect([...linear.weights.values]).toEqual([1, 2, 3, 4, 5, 6]);
    const named = await described(
      "source: two.csv",
      "weights: { file: ./n.safetensors, names: { conv1: a, fc: b } }",
    );
    expect(named.layers.map(({ weights }) => weights.values)).toEqual(
      plain.layers.map(({ weights }) => weights.values),
    );
  });

  it("come from a folder of NumPy files, in the layout that is stated", async () => {
    const kernel = Array.from({ length: 36 }, (_, index) => index);
    write("npy/conv1.npy", writeNpy({ descr: "<f4", shape: [3, 2, 2, 3], values: kernel }));
    write(
      "npy/fc.npy",
      writeNpy({ descr: ">f8", shape: [3, 2], values: [1, 2, 3, 4, 5, 6], fortranOrder: true }),
    );
    const { layers } = await described("source: two.csv", "weights: { file: npy, layout: hwio }");
    // [row, column, channel, filter] in the file: the first filter is every third number.
    expect([...layers[0].weights.values.subarray(0, 4)]).toEqual([0, 3, 6, 9]);
    expect([...layers[1].weights.values]).toEqual([1, 3, 5, 2, 4, 6]);
    await expect(described("source: two.csv", "weights: npy")).rejects.toThrow(
      'network mine: npy: layer conv1 has weights of [3, 2, 3, 2] in the layout oihw, tensor "conv1" has [3, 2, 2, 3]; it would fit with layout: hwio',
    );
  });

  it.each<[string[], string]>([
    [["source: half.onnx", "weights: w.safetensors"], "a model has weights of its own, but weights is given"],
    [
      [
        "synthetic: { seed: 1, sigma: 1, layers: [{ name: a, kind: linear, filters: 1, channels: 1 }] }",
        "weights: w",
      ],
      "a synthetic network draws its weights, but weights is given",
    ],
    [["source: two.csv", "weights: { layout: hwio }"], "does not say where the weights come from"],
    [
      ["source: two.csv", "weights: { file: a, synthetic: { seed: 1 } }"],
      "does not say where the weights come from",
    ],
    [["source: two.csv", "weights: { synthetic: { seed: 1 }, layout: hwio }"], "maps tensors of no file"],
    [["source: two.csv", "weights: { file: a, layuot: hwio }"], "layuot is not a key here"],
    [["source: two.csv", "weights: { file: a, layout: nchw }"], "expected oihw, ohwi, hwio"],
    [["source: two.csv", "weights: a.npz"], "expected tensors: a .safetensors, .npy or .onnx file"],
    [["source: two.csv", "weights: npm:bitfront-none/a.npy", "install: npm install me"], "npm install me"],
  ])("are refused: %j", async (lines, problem) => {
    await expect(described(...lines)).rejects.toThrow(problem);
  });
});

/** What torchvision's resnet.py calls the batch normalization behind a convolution. */
const normalizationOf = (layer: string): string =>
  layer.endsWith("downsample.0") ? layer.replace(/0$/, "1") : layer.replace(/conv(\d)$/, "bn$1");

/** A problem of Timeloop: four filters over three channels, a position. */
const timeloop = `problem:
  shape:
    name: dense
    dimensions: [C, M]
    data_spaces:
    - { name: Weights, projection: [[[C]], [[M]]] }
    - { name: Inputs, projection: [[[C]]] }
    - { name: Outputs, projection: [[[M]]], read_write: true }
  instance: { C: 3, M: 4 }
`;

/** A file of distributions: normal weights, depthwise ones wider by `depthwise`. */
const distributions = (depthwise: number): string => {
  const section = (name: string, spread: number) =>
    `${name}: { source: a test, mark: fitted, unit: "1", networks: 1, layers: 1, family: generalized normal, values: ` +
    `{ spread: ${spread}, shape: 2, filterSpread: 0, deadFilters: 0, deadChannels: 0, zeroShare: 0, peak: 4, peakGrowth: 0 } }`;
  return `version: 1\nname: wide\ndescription: A test.\n${section("dense", 1)}\n${section("depthwise", depthwise)}\n`;
};

describe("drawn weights", () => {
  it("are like what the network file names, with its seed", async () => {
    write("wide.yaml", distributions(9));
    const of = async (synthetic: string) =>
      (await described("source: two.csv", `weights: { synthetic: ${synthetic} }`)) as Network;
    const [first, again, other] = [
      await of("{ seed: 3, like: wide }"),
      await of("{ seed: 3, like: ./wide.yaml }"),
      await of("{ seed: 4, like: wide }"),
    ];
    const values = ({ layers }: Network) => layers.map(({ weights }) => weights.values);
    expect(values(again)).toEqual(values(first));
    expect(values(other)).not.toEqual(values(first));
    expect(first.source).toBe("two.csv, weights drawn like wide with seed 3");
    expect(first.layers.map(({ weights }) => weights.origin)).toEqual(["synthetic", "synthetic"]);
    await expect(of("{ seed: 3, like: wode }")).rejects.toThrow(
      /wode: there are no such weights in .* or configs\/weights/,
    );
    await expect(of("{ like: wide }")).rejects.toThrow("weights.synthetic.seed");
  });
});

describe("layer shapes without a word of weights", () => {
  it("have drawn ones with seed 1, like a convolutional network, or a transformer where all layers are linear", async () => {
    write("shapes/convolutional.yaml", distributions(1));
    write("shapes/transformer.yaml", distributions(1));
    write("shapes/two.csv", `${csvHeader}\nconv1, 4, 5, 3, 2, 2, 3, 1,\nfc, 1, 1, 1, 1, 3, 2, 1,\n`);
    write("shapes/fc.csv", `${csvHeader}\nfc, 1, 1, 1, 1, 3, 2, 1,\n`);
    const of = (use: string) => loadNetwork(use, { baseDirectory: join(directory, "shapes") });
    expect(await of("two.csv")).toMatchObject({
      name: "two",
      source: "two.csv, weights drawn like convolutional with seed 1",
    });
    expect((await of("./fc.csv")).source).toBe("./fc.csv, weights drawn like transformer with seed 1");
    write("shapes/t.yaml", timeloop);
    expect((await of("t.yaml")).layers).toMatchObject([{ filters: 4, channels: 3, kernelHeight: 1 }]);
    write("shapes/own.yaml", "version: 1\nname: own\ndescription: A test.\nsource: t.yaml\n");
    expect(await of("own")).toMatchObject({
      name: "own",
      source: "t.yaml, weights drawn like transformer with seed 1",
    });
  });
});

describe("an architecture", () => {
  it("takes torchvision's tensors by their names, batch normalizations folded", async () => {
    const architecture = architectures["resnet-18"].build();
    const shapes = architecture.layers.flatMap((layer): [string, number[]][] => [
      [`${layer.name}.weight`, storedShape(layer, "oihw")],
      ...(layer.kind === "linear"
        ? ([["fc.bias", [1000]]] as [string, number[]][])
        : [`${normalizationOf(layer.name)}.weight`, `${normalizationOf(layer.name)}.running_var`].map(
            (name): [string, number[]] => [name, [layer.filters]],
          )),
    ]);
    const header: Record<string, unknown> = {};
    let end = 0;
    for (const [name, shape] of shapes) {
      const begin = end;
      end += shape.reduce((product, size) => product * size, 1);
      header[name] = { dtype: "U8", shape, data_offsets: [begin, end] };
    }
    // Every weight, scale and variance is 1.
    write("r18.safetensors", safetensorsFile(JSON.stringify(header), new Uint8Array(end).fill(1)));
    const network = await described(
      "architecture: resnet-18",
      "weights: { file: r18.safetensors, epsilon: 3 }",
    );
    expect(network).toMatchObject({
      name: "mine",
      source: "architecture resnet-18, weights r18.safetensors",
      foldedBatchNormalizations: 20,
    });
    for (const { weights, kind } of network.layers) {
      expect(weights).toMatchObject({ stored: "uint8", origin: "trained" });
      const expected = kind === "linear" ? 1 : 0.5;
      expect(weights.values.every((value) => value === expected)).toBe(true);
    }
  });

  it.each<[string[], string]>([
    [["architecture: resnet-5"], "expected one of resnet-50, "],
    [["architecture: resnet-18", "source: a.onnx"], "does not say what the network is"],
    [["architecture: resnet-18", "inputs: { x: [1] }"], "it has no input x; its inputs are input"],
    [
      ["architecture: resnet-18", "values: { sr: 1 }"],
      "an architecture has no inputs with values, but sr is given",
    ],
  ])("is refused: %j", async (lines, problem) => {
    await expect(described(...lines)).rejects.toThrow(problem);
  });
});

describe("inputs and values", () => {
  it("are refused where the source has no use for them", async () => {
    await expect(described("source: two.csv", "inputs: { x: [1] }")).rejects.toThrow(
      "a file of layer shapes has no inputs, but x is given",
    );
    await expect(load("two.csv", { x: [1] })).rejects.toThrow("a file of layer shapes has no inputs");
    await expect(described("source: two.csv", "values: { sr: 1 }")).rejects.toThrow("but sr is given");
    write("tfjs/model.json", "{}");
    await expect(described("source: tfjs/model.json", "values: { sr: 1 }")).rejects.toThrow(
      "only ONNX models have inputs with values, but sr is given",
    );
  });

  it("reach the ONNX model", async () => {
    await expect(
      described("source: half.onnx", "inputs: { x: [1, 3, 8, 8] }", "values: { sr: 16000 }"),
    ).rejects.toThrow("network mine: it has no input sr to give the value 16000; its inputs are x");
  });
});

describe("a model that is packed into scripts", () => {
  const kernel = { name: "d/kernel", shape: [4, 2], values: [1, 2, 3, 4, 5, 6, 7, 8] };
  const layer = { className: "Dense", name: "d", inputs: ["x"], config: { use_bias: false } };

  it("is read as the model.json and the shards that the scripts export", async () => {
    const { model, shards } = functionalModel([4], [layer], [kernel]);
    write("packed/model.min.js", packedScript(JSON.stringify(model)));
    for (const [path, bytes] of shards) {
      write(`packed/${path}.min.js`, packedScript(JSON.stringify(Buffer.from(bytes).toString("base64"))));
    }
    const [{ weights }] = (await load("packed/model.min.js", { x: [1, 4] })).layers;
    expect([...weights.values]).toEqual([1, 3, 5, 7, 2, 4, 6, 8]);
    write("packed/b.bin.min.js", packedScript('"no base64"'));
    await expect(load("packed/model.min.js", { x: [1, 4] })).rejects.toThrow(
      /packed\/model\.min\.js: b\.bin\.min\.js: the script exports no base64 text$/,
    );
    write("packed/b.bin.min.js", "alert(1)");
    await expect(load("packed/model.min.js", { x: [1, 4] })).rejects.toMatchObject({
      _tag: "DecodeError",
      where: expect.stringMatching(/model\.min\.js: b\.bin\.min\.js, character 0$/),
    });
  });
});

describe("activations", () => {
  it("may lie in a folder of NumPy files", async () => {
    write("captured/conv.npy", writeNpy({ descr: "<f2", shape: [2, 12], values: Array(24).fill(0.5) }));
    const [{ activations }] = (
      await described("source: half.onnx", "inputs: { x: [1, 3, 8, 8] }", "activations: captured")
    ).layers;
    expect(activations).toEqual({ values: new Float32Array(24).fill(0.5), vectors: 2, source: "captured" });
    const options = { baseDirectory: directory, activations: "captured" };
    expect((await loadNetwork("half.onnx", options)).layers[0].activations?.vectors).toBe(2);
  });

  it("may be stated, beside captured ones of a sweep", async () => {
    const stated = (activations: string) =>
      described("source: half.onnx", "inputs: { x: [1, 3, 8, 8] }", `activations: ${activations}`);
    const zeroShares = [
      ["{ distribution: relu }", { distribution: "relu", zeroShare: 0.5 }],
      ["{ distribution: normal }", { distribution: "normal", zeroShare: 0 }],
      ["{ distribution: relu, zeroShare: 0.75 }", { distribution: "relu", zeroShare: 0.75 }],
    ] as const;
    for (const [text, expected] of zeroShares)
      expect((await stated(text)).activationDistribution).toEqual(expected);
    const both = await loadNetwork("./mine.yaml", { baseDirectory: directory, activations: "captured" });
    expect(both.activationDistribution).toBeDefined();
    expect(both.layers[0].activations?.source).toBe("captured");
    await expect(stated("{ distribution: gelu }")).rejects.toThrow("expected relu or normal");
    await expect(stated("{ distribution: relu, zeroShare: 1 }")).rejects.toThrow(
      "expected a share from 0 to 0.99",
    );
    await expect(stated("{ distribution: relu, spread: 2 }")).rejects.toThrow("spread is not a key here");
  });
});
