import { expect, test } from "vitest";
import { architectures } from "../../../../core/workloads/architectures/registry.ts";
import type { LayerShape } from "../../../../core/workloads/layer.ts";
import { totalMacs } from "./totals.ts";

const layersOf = (name: string): readonly LayerShape[] => architectures[name].build().layers;

const named =
  (pattern: RegExp) =>
  ({ name }: LayerShape): boolean =>
    pattern.test(name);

test("ResNet paper, Table 1: output sizes, and multiply–accumulates of every stage from its blocks", () => {
  const rows = [
    { stage: 1, side: 56, filters: 64, blocks18: 2, blocks50: 3 },
    { stage: 2, side: 28, filters: 128, blocks18: 2, blocks50: 4 },
    { stage: 3, side: 14, filters: 256, blocks18: 2, blocks50: 6 },
    { stage: 4, side: 7, filters: 512, blocks18: 2, blocks50: 3 },
  ];
  for (const name of ["resnet-18", "resnet-50"]) {
    const layers = layersOf(name);
    const stem = layers[0];
    expect([stem.outputHeight, stem.outputWidth]).toEqual([112, 112]);
    expect(totalMacs([stem])).toBe(112 ** 2 * 7 ** 2 * 3 * 64);
    for (const { stage, side, filters: f, blocks18, blocks50 } of rows) {
      const own = layers.filter(named(new RegExp(`^layer${stage}\\.`)));
      expect(own.at(-1)).toMatchObject({ outputHeight: side, outputWidth: side });
      if (name === "resnet-18") {
        const before = stage === 1 ? 64 : f / 2;
        const projection = stage === 1 ? 0 : before * f;
        expect(totalMacs(own)).toBe(side ** 2 * (9 * f * (before + (2 * blocks18 - 1) * f) + projection));
      } else {
        const before = stage === 1 ? 64 : 2 * f;
        const entry = (stage === 1 ? 1 : 4) * before * f;
        const first = entry + 9 * f * f + 4 * f * f + before * 4 * f;
        expect(totalMacs(own)).toBe(side ** 2 * (first + (blocks50 - 1) * (4 + 9 + 4) * f * f));
      }
    }
  }
  // The table's "FLOPs" are multiply–accumulates; those of its ResNet-50 have the stride in the 1×1 convolution.
  expect((totalMacs(layersOf("resnet-18")) / 1e9).toFixed(1)).toBe("1.8");
  const later = [128, 256, 512].map((f, index) => (28 >> index) ** 2 * 3 * (2 * f) * f);
  const original = totalMacs(layersOf("resnet-50")) - later.reduce((sum, saved) => sum + saved, 0);
  expect((original / 1e9).toFixed(2)).toBe("3.86");
});

test("MobileNetV2 paper, Table 2: every line by the formula of its section 3", () => {
  // Input side and channels, expansion t, output channels c, repeats n, stride s.
  const lines = [
    [112, 32, 1, 16, 1, 1],
    [112, 16, 6, 24, 2, 2],
    [56, 24, 6, 32, 3, 2],
    [28, 32, 6, 64, 4, 2],
    [14, 64, 6, 96, 3, 1],
    [14, 96, 6, 160, 3, 2],
    [7, 160, 6, 320, 1, 1],
  ] as const;
  const layers = layersOf("mobilenet-v2");
  let index = 1;
  for (const [input, channels, t, c, n, s] of lines) {
    let [side, before] = [input as number, channels as number];
    for (let block = 0; block < n; block++) {
      const after = block === 0 ? side / s : side;
      const expansion = t === 1 ? 0 : side ** 2 * before * t * before;
      const expected = expansion + after ** 2 * t * before * (9 + c);
      expect(totalMacs(layers, named(new RegExp(`^features\\.${index}\\.`)))).toBe(expected);
      [side, before] = [after, c];
      index++;
    }
  }
  expect(totalMacs(layers, named(/^features\.0\./))).toBe(112 ** 2 * 9 * 3 * 32);
  expect(totalMacs(layers, named(/^features\.18\./))).toBe(7 ** 2 * 320 * 1280);
  // Table 4: 300 M.
  expect(Math.floor(totalMacs(layers) / 1e6)).toBe(300);
});

test("VGG paper, Table 1, column D: thirteen convolutions and three linear layers", () => {
  const column = [
    [224, [64, 64]],
    [112, [128, 128]],
    [56, [256, 256, 256]],
    [28, [512, 512, 512]],
    [14, [512, 512, 512]],
  ] as const;
  let channels = 3;
  const expected: number[] = [];
  for (const [side, block] of column)
    for (const filters of block) {
      expected.push(side ** 2 * 9 * channels * filters);
      channels = filters;
    }
  expected.push(7 * 7 * 512 * 4096, 4096 * 4096, 4096 * 1000);
  expect(layersOf("vgg-16").map((layer) => totalMacs([layer]))).toEqual(expected);
});

test("GoogLeNet paper, Table 1: the ops column, with 5×5 kernels as printed there", () => {
  // Side, filters of the 5×5 convolution and of its reduction, and the column in millions.
  const modules = [
    ["3a", 28, 16, 32, 128],
    ["3b", 28, 32, 96, 304],
    ["4a", 14, 16, 48, 73],
    ["4b", 14, 24, 64, 88],
    ["4c", 14, 24, 64, 100],
    ["4d", 14, 32, 64, 119],
    ["4e", 14, 32, 128, 170],
    ["5b", 7, 48, 128, 71],
  ] as const;
  const layers = layersOf("googlenet");
  for (const [name, side, reduced, filters, millions] of modules) {
    const own = layers.filter(named(new RegExp(`^inception${name}\\.`)));
    expect(own).toHaveLength(6);
    expect(own.at(-1)?.outputHeight).toBe(side);
    // torchvision has 3×3 kernels in that branch.
    const asPrinted = totalMacs(own) + side ** 2 * (25 - 9) * reduced * filters;
    // The column rounds 73.6 down, the others to the nearest.
    expect(Math.abs(asPrinted / 1e6 - millions)).toBeLessThan(0.7);
  }
  const megas = (pattern: RegExp): string => (totalMacs(layers, named(pattern)) / 1e6).toFixed(0);
  // Convolutions 1×1 and 3×3 in front, and the classifier, as printed.
  expect([megas(/^conv[23]\./), megas(/^fc$/)]).toEqual(["360", "1"]);
  // The column prints 34 for the 7×7 convolution and 54 for module 5a, which their sizes in the same table do not give.
  const module5a = totalMacs(layers, named(/^inception5a\./)) + 49 * 16 * 32 * 128;
  expect([megas(/^conv1\./), (module5a / 1e6).toFixed(0)]).toEqual(["118", "51"]);
});

test("C3D paper, Figure 3: filters and sizes of its eight convolutions", () => {
  const convolutions = layersOf("c3d").filter(({ kind }) => kind === "convolution");
  expect(
    convolutions.map(({ filters, depth, outputHeight }) => [filters, depth?.output, outputHeight]),
  ).toEqual([
    [64, 16, 112],
    [128, 16, 56],
    [256, 8, 28],
    [256, 8, 28],
    [512, 4, 14],
    [512, 4, 14],
    [512, 2, 7],
    [512, 2, 7],
  ]);
});

test("DenseNet paper: each layer of a block reads k = 48 channels more, and a transition halves them", () => {
  const layers = layersOf("densenet-161");
  let channels = 96;
  for (const [index, count] of [6, 12, 36, 24].entries()) {
    const side = 56 >> index;
    for (let layer = 1; layer <= count; layer++) {
      const name = `^features\\.denseblock${index + 1}\\.denselayer${layer}\\.`;
      expect(totalMacs(layers, named(new RegExp(name)))).toBe(side ** 2 * (channels * 192 + 9 * 192 * 48));
      channels += 48;
    }
    if (index < 3) channels /= 2;
  }
  expect(channels).toBe(2208);
});
