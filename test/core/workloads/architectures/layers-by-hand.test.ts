import { describe, expect, test } from "vitest";
import type { Architecture } from "../../../../core/workloads/architecture.ts";
import { recordPass } from "../../../../core/workloads/architectures/record-pass.ts";
import { architectures } from "../../../../core/workloads/architectures/registry.ts";
import { type LayerShape, macs, parameters } from "../../../../core/workloads/layer.ts";

const layerOf = ({ layers }: Architecture, name: string): LayerShape =>
  layers.find((layer) => layer.name === name)!;

const movementOf = ({ movements }: Architecture, name: string) =>
  movements.find((movement) => movement.name === name)!;

test("depthwise: a filter and a group a channel", () => {
  const layer = layerOf(architectures["mobilenet-v2"].build(), "features.2.conv.1.0");
  expect(layer).toMatchObject({ filters: 96, channels: 96, groups: 96, strideHeight: 2, outputHeight: 56 });
  expect(macs(layer)).toBe(56 * 56 * 96 * 9);
  // The shift of the folded normalization is the bias.
  expect(parameters(layer)).toBe(96 * 9 + 96);
});

test("dilated: three taps two apart reach five rows", () => {
  const pass = recordPass("atrous", { input: [1, 16, 10, 12] });
  const image = pass.image("input", 16);
  const options = { filters: 8, kernel: 3, dilation: 2, offset: "none" } as const;
  expect(pass.convolution("narrow", image, options)).toEqual({ channels: 8, size: [6, 8] });
  expect(pass.convolution("same", image, { ...options, padding: 2 })).toEqual({
    channels: 8,
    size: [10, 12],
  });
  const [narrow, same] = pass.finish().layers;
  expect(macs(narrow)).toBe(6 * 8 * 8 * 16 * 9);
  expect(same).toMatchObject({ dilationHeight: 2, kernelHeight: 3, paddingTop: 2 });
});

test("transposed, 4 × 4 with stride 2: four layers of 2 × 2 taps at the size of the input", () => {
  const { layers } = architectures["lapsrn-x4"].build();
  const name = "convt_F1.0.cov_block.20";
  const phases = layers.filter((layer) => layer.name.startsWith(`${name}/`));
  expect(phases.map((layer) => layer.name)).toEqual(
    ["0-0", "0-1", "1-0", "1-1"].map((phase) => `${name}/phase-${phase}`),
  );
  for (const phase of phases) {
    expect([phase.kernelHeight, phase.kernelWidth]).toEqual([2, 2]);
    expect([phase.outputHeight, phase.outputWidth]).toEqual([180, 320]);
    expect(macs(phase)).toBe(180 * 320 * 64 * 64 * 4);
  }
  expect(phases.reduce((sum, phase) => sum + parameters(phase), 0)).toBe(64 * 64 * 16);
});

test("transposed, 3 × 3 with stride 2 and a row more: nine taps an input", () => {
  const { layers } = architectures["cartoon-gan"].build();
  const phases = layers.filter(({ name }) => name.startsWith("deconv01_1/"));
  expect(phases.map((layer) => layer.kernelHeight * layer.kernelWidth)).toEqual([1, 2, 2, 4]);
  expect(phases.reduce((sum, phase) => sum + macs(phase), 0)).toBe(64 * 64 * 9 * 256 * 128);
  expect(phases.reduce((sum, phase) => sum + parameters(phase), 0)).toBe(9 * 256 * 128 + 128);
  expect(layerOf(architectures["cartoon-gan"].build(), "deconv01_2")).toMatchObject({ inputHeight: 128 });
});

test("three-dimensional: the kernel's depth multiplies the products, the output's the positions", () => {
  const layer = layerOf(architectures.c3d.build(), "conv3a");
  expect(layer.depth).toEqual({ input: 8, output: 8, kernel: 3, stride: 1, dilation: 1, before: 1 });
  expect(macs(layer)).toBe(8 * 28 * 28 * 256 * 128 * 27);
  expect(parameters(layer)).toBe(256 * 128 * 27 + 256);
});

test("deformable: offsets, a movement that samples 27 taps, and a convolution that steps over the samples", () => {
  const d3dNet = architectures.d3dnet.build();
  const positions = 7 * 320 * 180;
  const offsets = layerOf(d3dNet, "residual_layer.4.dcn1.conv_offset");
  expect(macs(offsets)).toBe(positions * 54 * 64 * 27);
  const main = layerOf(d3dNet, "residual_layer.4.dcn1");
  expect([main.depth?.kernel, main.kernelHeight, main.kernelWidth]).toEqual([3, 3, 3]);
  expect([main.depth?.output, main.outputHeight, main.outputWidth]).toEqual([7, 320, 180]);
  expect(macs(main)).toBe(positions * 64 * 64 * 27);
  expect(parameters(main)).toBe(64 * 64 * 27 + 64);
  expect(movementOf(d3dNet, "residual_layer.4.dcn1.sampling")).toMatchObject({
    readElements: (64 + 54) * positions,
    writtenElements: 64 * 27 * positions,
  });
  // What the convolution reads is what the movement wrote.
  const { depth, inputHeight, inputWidth, channels } = main;
  expect(channels * depth!.input * inputHeight * inputWidth).toBe(64 * 27 * positions);
});

describe("attention", () => {
  test("of one length: a group a head, keys and values take the weight side", () => {
    const vit = architectures["vit-b-16"].build();
    const name = "encoder.layers.encoder_layer_11.self_attention";
    const heads = { kind: "matmul", groups: 12, outputHeight: 197, biasParameters: 0 };
    expect(layerOf(vit, `${name}.scores`)).toMatchObject({ ...heads, filters: 12 * 197, channels: 768 });
    expect(layerOf(vit, `${name}.context`)).toMatchObject({ ...heads, filters: 768, channels: 12 * 197 });
    expect(macs(layerOf(vit, `${name}.scores`))).toBe(12 * 197 * 197 * 64);
    expect(macs(layerOf(vit, `${name}.context`))).toBe(12 * 197 * 197 * 64);
    expect(macs(layerOf(vit, `${name}.in_proj_weight`))).toBe(197 * 768 * 3 * 768);
    expect(parameters(layerOf(vit, `${name}.scores`))).toBe(0);
    const scores = 12 * 197 * 197;
    expect(movementOf(vit, `${name}.softmax`)).toMatchObject({
      readElements: scores,
      writtenElements: scores,
    });
  });

  test("of a target to a shorter source: the operand that is reused more takes the weight side", () => {
    const transformer = architectures["transformer-wmt14"].build({ source: [1, 5], target: [1, 20] });
    const name = "decoder.layers.0.encoder_attn";
    // 20 queries read each of 5 keys, so keys are weights.
    expect(layerOf(transformer, `${name}.scores`)).toMatchObject({ filters: 16 * 5, outputHeight: 20 });
    // Probabilities are read by 64 columns, values by 20 rows, so probabilities are.
    expect(layerOf(transformer, `${name}.context`)).toMatchObject({
      filters: 16 * 20,
      channels: 16 * 5,
      outputHeight: 64,
    });
    expect(macs(layerOf(transformer, `${name}.context`))).toBe(16 * 20 * 5 * 64);
    expect(macs(layerOf(transformer, `${name}.k_proj`))).toBe(5 * 1024 * 1024);
    expect(macs(layerOf(transformer, `${name}.q_proj`))).toBe(20 * 1024 * 1024);
  });
});

test("weights that serve five levels are five layers and are trained once", () => {
  const { layers, sharedWeights } = architectures.fcos.build();
  const name = "bbox_head.cls_convs.0.conv";
  const levels = layers.filter((layer) => layer.name.startsWith(name));
  expect(levels.map((layer) => layer.name)).toEqual(["", "#2", "#3", "#4", "#5"].map((use) => name + use));
  expect(levels.map(({ outputHeight }) => outputHeight)).toEqual([80, 40, 20, 10, 5]);
  expect(Object.keys(sharedWeights ?? {})).toHaveLength(4 * 11);
  expect(sharedWeights?.[`${name}#5`]).toBe(name);
});

test("movements of ResNet-50: a maximum, sixteen sums, an average; everything else is fused", () => {
  const resNet50 = architectures["resnet-50"].build();
  expect(resNet50.movements.map(({ operation }) => operation)).toEqual([
    "MaxPool",
    ...new Array(16).fill("Add"),
    "GlobalAveragePool",
  ]);
  expect(movementOf(resNet50, "maxpool")).toMatchObject({
    readElements: 64 * 112 * 112,
    writtenElements: 64 * 56 * 56,
  });
  expect(movementOf(resNet50, "layer1.0.add")).toMatchObject({
    readElements: 2 * 256 * 56 * 56,
    writtenElements: 256 * 56 * 56,
  });
  expect(resNet50.absorbed).toEqual({ BatchNormalization: 53, Relu: 49 });
});

test("movements of other kinds", () => {
  const bert = architectures["bert-base"].build();
  // Rows of a table are constants; what is read is the indices.
  expect(movementOf(bert, "embeddings.word_embeddings")).toMatchObject({
    operation: "Gather",
    readElements: 128,
    writtenElements: 128 * 768,
  });
  expect(bert.movements.filter(({ operation }) => operation === "LayerNormalization")).toHaveLength(25);
  const d3dNet = architectures.d3dnet.build();
  expect(movementOf(d3dNet, "residual")).toMatchObject({
    operation: "Resize",
    readElements: 320 * 180,
    writtenElements: 1280 * 720,
  });
  const cartoonGan = architectures["cartoon-gan"].build();
  expect(movementOf(cartoonGan, "in01_1")).toMatchObject({
    operation: "InstanceNormalization",
    readElements: 64 * 256 * 256,
  });
  // Nearest neighbours, joined and mirrored maps are addresses.
  expect(architectures["yolo-v3"].build().absorbed).toEqual({
    BatchNormalization: 72,
    Concat: 2,
    LeakyRelu: 72,
    Resize: 2,
  });
  expect(cartoonGan.absorbed).toEqual({ Pad: 18, Relu: 13, Tanh: 1 });
});
