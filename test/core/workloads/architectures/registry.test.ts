import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NetworkError } from "../../../../core/errors.ts";
import { weightShape } from "../../../../core/workloads/architecture.ts";
import { architectures } from "../../../../core/workloads/architectures/registry.ts";
import { packageRoot } from "../../../../explore/catalog/package-root.ts";
import { totalMacs } from "./totals.ts";

const names = Object.keys(architectures);

test.each(names)("%s is whole: unique names, whole numbers, weights that are shared alike", (name) => {
  const { inputs, build } = architectures[name];
  const { layers, movements, sharedWeights = {}, ...architecture } = build();
  expect(architecture).toMatchObject({ name, source: `architecture ${name}`, inputs });
  expect(new Set(layers.map((layer) => layer.name)).size).toBe(layers.length);
  expect(new Set(movements.map((movement) => movement.name)).size).toBe(movements.length);
  const odd = layers.filter(({ name: _, kind: _kind, depth, ...sizes }) =>
    [...Object.values(sizes), ...Object.values(depth ?? {})].some(
      (value) => !(Number.isSafeInteger(value) && value >= 0),
    ),
  );
  const split = layers.filter(
    ({ channels, filters, groups }) => (channels % groups) + (filters % groups) > 0,
  );
  expect([odd, split]).toEqual([[], []]);
  for (const [shared, first] of Object.entries(sharedWeights)) {
    const [own, other] = [shared, first].map((wanted) => layers.find((layer) => layer.name === wanted)!);
    expect(weightShape(own)).toEqual(weightShape(other));
  }
});

test.each(names)("%s has a network file with the inputs it is published for", (name) => {
  const text = readFileSync(join(packageRoot(), "configs", "networks", `${name}.yaml`), "utf8");
  expect(text).toContain(`\nname: ${name}\n`);
  expect(text).toContain(`\narchitecture: ${name}\n`);
  const written = [...text.matchAll(/^ {2}(\w+): (\[[\d, ]+\])/gm)].map(([, input, shape]) => [
    input,
    JSON.parse(shape),
  ]);
  expect(Object.fromEntries(written)).toEqual(architectures[name].inputs);
});

test.each([
  [
    "resnet-50",
    ["conv1", "layer1.0.conv1", "layer1.0.conv2", "layer1.0.conv3", "layer1.0.downsample.0"],
    "fc",
  ],
  [
    "mobilenet-v2",
    ["features.0.0", "features.1.conv.0.0", "features.1.conv.1", "features.2.conv.0.0"],
    "classifier.1",
  ],
  ["googlenet", ["conv1.conv", "conv2.conv", "conv3.conv", "inception3a.branch1.conv"], "fc"],
  ["densenet-161", ["features.conv0", "features.denseblock1.denselayer1.conv1"], "classifier"],
  ["vgg-16", ["features.0", "features.2", "features.5"], "classifier.6"],
  ["alexnet", ["features.0", "features.3", "features.6", "features.8", "features.10"], "classifier.6"],
  [
    "yolo-v3",
    ["module_list.0.conv_0", "module_list.1.conv_1", "module_list.2.conv_2"],
    "module_list.105.conv_105",
  ],
  [
    "bert-base",
    ["encoder.layer.0.attention.self.query", "encoder.layer.0.attention.self.key"],
    "pooler.dense",
  ],
])("%s has the names of its source code", (name, first, last) => {
  const { layers } = architectures[name].build();
  expect(layers.slice(0, first.length).map((layer) => layer.name)).toEqual(first);
  expect(layers.at(-1)?.name).toBe(last);
});

test("the sections of yolov3.cfg that detect are 81, 93 and 105", () => {
  const { layers } = architectures["yolo-v3"].build();
  const detecting = layers.filter(({ filters }) => filters === 255).map(({ name }) => name);
  expect(detecting).toEqual([81, 93, 105].map((section) => `module_list.${section}.conv_${section}`));
});

describe("other inputs", () => {
  const macsAt = (name: string, inputs: Record<string, readonly number[]>): number =>
    totalMacs(architectures[name].build(inputs).layers);
  const published = (name: string): number => totalMacs(architectures[name].build().layers);

  test.each([
    ["resnet-50", 2048 * 1000],
    ["resnet-18", 512 * 1000],
    ["mobilenet-v2", 1280 * 1000],
    ["vgg-16", 25_088 * 4096 + 4096 * 4096 + 4096 * 1000],
    ["densenet-161", 2208 * 1000],
    ["googlenet", 1024 * 1000],
  ])("%s at twice the sides: convolutions take four times as many products", (name, linear) => {
    expect(macsAt(name, { input: [1, 3, 448, 448] })).toBe(4 * (published(name) - linear) + linear);
  });

  test.each([
    ["cartoon-gan", [1, 3, 512, 256], 2],
    ["lapsrn-x4", [1, 1, 180, 960], 3],
    ["fcos", [1, 3, 1280, 1280], 4],
    ["dcpdnet", [1, 3, 512, 512], 1 / 4],
    ["yolo-v3", [1, 3, 416, 416], 169 / 130],
    ["d3dnet", [1, 1, 7, 160, 180], 1 / 2],
  ])("%s at %j", (name, input, factor) => {
    expect(macsAt(name, { input })).toBe(published(name) * factor);
  });

  test("in BERT, layers grow with the tokens, products of activations with their square", () => {
    const { layers } = architectures["bert-base"].build();
    const products = totalMacs(layers, ({ kind }) => kind === "matmul");
    const pooler = 768 * 768;
    const linear = published("bert-base") - products - pooler;
    expect(macsAt("bert-base", { input_ids: [1, 256] })).toBe(2 * linear + 4 * products + pooler);
  });

  test("in the Transformer, an input that is not given stays as published", () => {
    const { inputs, layers } = architectures["transformer-wmt14"].build({ target: [1, 1] });
    expect(inputs).toEqual({ source: [1, 30], target: [1, 1] });
    expect(layers.at(-1)).toMatchObject({ name: "decoder.output_projection", outputHeight: 1 });
  });

  test("GoogLeNet's last maximum has windows of two, which an odd side shows", () => {
    const { layers } = architectures.googlenet.build({ input: [1, 3, 240, 240] });
    const side = (name: string) => layers.find((layer) => layer.name === name)?.outputHeight;
    expect([side("inception4e.branch1.conv"), side("inception5a.branch1.conv")]).toEqual([15, 8]);
  });

  test("DCPDNet averages over windows of 32, 16, 8 and 4", () => {
    const { layers } = architectures.dcpdnet.build({ input: [1, 3, 256, 512] });
    const reduced = layers.filter(({ name }) => /^conv10\d0$/.test(name));
    expect(reduced.map(({ outputHeight, outputWidth }) => [outputHeight, outputWidth])).toEqual([
      [8, 16],
      [16, 32],
      [32, 64],
      [64, 128],
    ]);
  });

  test("an AlexNet of 63 × 63, the least that torchvision names, still fits", () => {
    expect(architectures.alexnet.build({ input: [1, 3, 63, 63] }).layers).toHaveLength(8);
  });
});

describe("refusals", () => {
  const batch = "; the batch is a parameter of the machine";
  test.each([
    ["resnet-50", { image: [1, 3, 224, 224] }, "it has no input image; its inputs are input"],
    ["transformer-wmt14", { input: [1, 9] }, "it has no input input; its inputs are source, target"],
    ["resnet-50", { toString: [1] }, "it has no input toString; its inputs are input"],
    [
      "resnet-50",
      { input: [2, 3, 224, 224] },
      `input input has the shape [2, 3, 224, 224], expected [1, 3, height, width]${batch}`,
    ],
    ["resnet-50", { input: [] }, `input input has the shape [], expected [1, 3, height, width]${batch}`],
    [
      "c3d",
      { input: [1, 3, 112, 112] },
      `input input has the shape [1, 3, 112, 112], expected [1, 3, depth, height, width]${batch}`,
    ],
    [
      "bert-base",
      { input_ids: [1, 0] },
      `input input_ids has the shape [1, 0], expected [1, length]${batch}`,
    ],
    [
      "resnet-18",
      { input: [1, 3, 224, 22.5] },
      `input input has the shape [1, 3, 224, 22.5], expected [1, 3, height, width]${batch}`,
    ],
    [
      "resnet-18",
      { input: [1, 3, 2 ** 26, 2 ** 26] },
      "the output of input would have the shape [3, 67108864, 67108864]: sizes must be integers of at least 1, and their product below 2^53",
    ],
    ["resnet-18", { input: [1, 3, 2 ** 24, 2 ** 24] }, "conv1 has 2^53 multiply–accumulates or more"],
    ["bert-base", { input_ids: [1, 513] }, "it has 512 positions, its input has 513 tokens"],
    ["vit-b-16", { input: [1, 3, 224, 232] }, "it takes patches of 16 × 16, its input is [3, 224, 232]"],
    ["d3dnet", { input: [1, 1, 5, 64, 64] }, "it takes seven frames, its input has 5"],
    ["c3d", { input: [1, 3, 32, 112, 112] }, "fc6 takes vectors of 8192 values, its input is [16384, 1, 1]"],
    [
      "vgg-16",
      { input: [1, 3, 16, 224] },
      "the kernel [2, 2] of features.30 does not fit its input [512, 1, 14]",
    ],
    [
      "yolo-v3",
      { input: [1, 3, 400, 416] },
      "module_list.86.route joins tensors of the shapes [256, 26, 26] and [512, 25, 26]",
    ],
    [
      "dcpdnet",
      { input: [1, 3, 512, 640] },
      "atp_est.dlayer8.concat joins tensors of the shapes [64, 4, 4] and [64, 4, 5]",
    ],
    [
      "dcpdnet",
      { input: [1, 3, 512, 256] },
      "the kernel [512, 512] of atp.pool does not fit its input [3, 512, 256]",
    ],
  ])("%s at %j", (name, inputs: Record<string, number[]>, problem) => {
    expect(() => architectures[name].build(inputs)).toThrow(new NetworkError(name, problem));
  });

  test.each(names)("%s takes no batch, no other rank and no other fixed size", (name) => {
    const { inputs, build } = architectures[name];
    for (const [input, shape] of Object.entries(inputs)) {
      const wrong = [[2, ...shape.slice(1)], [...shape, 1], shape.slice(1), shape.map(() => 0)];
      if (shape.length > 2) wrong.push([1, shape[1] + 1, ...shape.slice(2)]);
      for (const given of wrong) expect(() => build({ [input]: given })).toThrow(NetworkError);
    }
  });
});
