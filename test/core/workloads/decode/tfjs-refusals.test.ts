import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError, NetworkError } from "../../../../core/errors.ts";
import { tfjsShardPaths } from "../../../../core/workloads/decode/tfjs-weights.ts";
import { decode, single, weight } from "../../../fixtures/decode-keras.ts";
import { functionalModel, type WrittenLayer, type WrittenModel } from "../../../fixtures/keras-writer.ts";

const dense = functionalModel(
  [4],
  [{ className: "Dense", name: "d", inputs: ["x"], config: { activation: "relu" } }],
  [weight("d/kernel", [4, 2]), weight("d/bias", [2])],
);

/** The weights of a Dense layer whose kernel of the shape [n, 1] has these bytes and this quantization. */
const quantizedKernel = (bytes: Uint8Array, quantization: Record<string, unknown>, dtype = "float32") => {
  const width = ["uint16", "float16"].includes(String(quantization.dtype)) ? 2 : 1;
  const entry = { name: "d/kernel", shape: [bytes.length / width, 1], dtype, quantization };
  const layer = { className: "Dense", name: "d", inputs: ["x"], config: { use_bias: false } };
  const { model } = functionalModel([bytes.length / width], [layer]);
  const written = { ...model, weightsManifest: [{ paths: ["w.bin"], weights: [entry] }] };
  const inputs = { x: [1, bytes.length / width] };
  return decode({ model: written, shards: new Map([["w.bin", bytes]]) }, inputs).layers[0].weights;
};

const words = (values: readonly number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(2 * values.length));
  for (const [index, value] of values.entries()) view.setUint16(2 * index, value, true);
  return new Uint8Array(view.buffer);
};

test("float16 weights are read as they are stored", () => {
  const quantization = { dtype: "float16", original_dtype: "float32" };
  expect(quantizedKernel(words([0x3800, 0xc000, 0x3c00, 0x0001]), quantization)).toMatchObject({
    stored: "float16",
    values: Float32Array.of(0.5, -2, 1, 2 ** -24),
  });
});

test("8 and 16-bit weights are scaled and shifted back, a zero to a zero", () => {
  // The zero point of the first is 3: min = −3 · scale, as the converter nudges it.
  const scale = 0.1;
  const eight = { dtype: "uint8", scale, min: -3 * scale, original_dtype: "float32" };
  expect(quantizedKernel(Uint8Array.of(0, 3, 4, 255), eight)).toMatchObject({
    stored: "uint8",
    values: Float32Array.from([0, 3, 4, 255], (code) => code * scale - 3 * scale),
  });
  expect(quantizedKernel(Uint8Array.of(3), eight).values[0]).toBe(0);
  expect(quantizedKernel(words([0, 1, 65535]), { dtype: "uint16", scale: 0.5, min: -1 })).toMatchObject({
    stored: "uint16",
    values: Float32Array.of(-1, -0.5, 32766.5),
  });
});

test("quantized weights within the original range come back within half a step", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -8, max: 8, noNaN: true }), { minLength: 2, maxLength: 20 }),
      fc.constantFrom([255, "uint8"] as const, [65535, "uint16"] as const),
      (values, [largest, dtype]) => {
        const min = Math.min(...values);
        const scale = (Math.max(...values) - min) / largest || 1;
        const codes = values.map((value) => Math.round((value - min) / scale));
        const bytes = dtype === "uint8" ? Uint8Array.from(codes) : words(codes);
        const read = quantizedKernel(bytes, { dtype, scale, min }).values;
        for (const [index, value] of values.entries()) {
          expect(Math.abs(read[index] - value)).toBeLessThanOrEqual(scale / 2 + 1e-6);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test.each<[string, Record<string, unknown>, string, string]>([
  [
    "no scale",
    { dtype: "uint8", min: 0 },
    "float32",
    'weight "d/kernel".quantization: scale is absent, expected a number',
  ],
  ["no min", { dtype: "uint16", scale: 1 }, "float32", "min is absent, expected a number"],
  [
    "values beyond float32",
    { dtype: "uint8", scale: 1e37, min: 0 },
    "float32",
    "lead beyond the range of float32",
  ],
  [
    "another code",
    { dtype: "int4", scale: 1, min: 0 },
    "float32",
    'weight "d/kernel": it is float32 quantized to int4',
  ],
  ["a code of every object", { dtype: "toString" }, "float32", "it is float32 quantized to toString"],
  ["quantized integers", { dtype: "uint8", scale: 1, min: 0 }, "int32", "it is int32 quantized to uint8"],
])("a quantization with %s is refused", (_, quantization, dtype, problem) => {
  expect(() => quantizedKernel(Uint8Array.of(1, 2), quantization, dtype)).toThrow(DecodeError);
  expect(() => quantizedKernel(Uint8Array.of(1, 2), quantization, dtype)).toThrow(problem);
});

test("shards are listed in order, and a missing, short or long one is an error", () => {
  expect(tfjsShardPaths(dense.model)).toEqual(["a.bin", "b.bin"]);
  const inputs = { x: [1, 4] };
  const only = new Map([...dense.shards].slice(0, 1));
  expect(() => decode({ ...dense, shards: only }, inputs)).toThrow("the shard b.bin is missing");
  const whole = dense.shards.get("b.bin")!;
  for (let length = 0; length < whole.length; length++) {
    const shards = new Map([...dense.shards, ["b.bin", whole.subarray(0, length)]]);
    expect(() => decode({ ...dense, shards }, inputs)).toThrow(DecodeError);
  }
  const long = new Map([...dense.shards, ["b.bin", new Uint8Array(whole.length + 1)]]);
  expect(() => decode({ ...dense, shards: long }, inputs)).toThrow(
    "its weights end at byte 40, its shards at 41",
  );
});

test("what is not understood is named", () => {
  const one =
    (className: string, config = {}) =>
    () =>
      single([4, 4, 2], { className, config });
  expect(one("LSTM")).toThrow("layer l: layers of the class LSTM are not understood");
  expect(one("Activation", { activation: "wavelet" })).toThrow(
    "layer l (Activation): activation wavelet is not understood",
  );
  expect(one("Conv2D", { filters: 2 })).toThrow("layer l: the weight l/kernel is missing");
  expect(one("MaxPooling2D", { data_format: "channels_first" })).toThrow(
    "data_format channels_first is not supported",
  );
  expect(one("Conv2D", { padding: "causal" })).toThrow("weight l/kernel");
  expect(one("Concatenate", { axis: 0 })).toThrow("axis 0 of a tensor with 4 axes");
  expect(() => decode(dense, {})).toThrow(
    "input x: dimension 0 (?) is not bound; write inputs: { x: [1, 4] }",
  );
  expect(() => decode(dense, { x: [1, 5] })).toThrow(NetworkError);
});

test("graphs that cannot be walked are refused", () => {
  const add = (name: string, inputs: string[]) => ({ className: "Add", name, inputs });
  const walk = (layers: WrittenLayer[]) => () => decode(functionalModel([4], layers), { x: [1, 4] });
  expect(walk([add("a", ["b"]), add("b", ["a"])])).toThrow("the graph has a cycle");
  expect(walk([add("a", ["a"])])).toThrow("layer a: it takes its own output");
  expect(walk([add("a", ["nowhere"])])).toThrow("layer a: its input nowhere does not exist");
  expect(walk([add("a", ["x"]), add("a", ["x"])])).toThrow("two layers have the same name");
  expect(walk([add("a", [])])).toThrow("layer a (Add): it has no input");
  const shared = functionalModel([4], [add("a", ["x"])]);
  const { layers } = (
    shared.model.modelTopology.model_config as { config: { layers: { inbound_nodes: unknown[] }[] } }
  ).config;
  layers[1].inbound_nodes.push([["x", 0, 0, {}]]);
  expect(() => decode(shared, { x: [1, 4] })).toThrow(
    "layer a: it is called 2 times: shared layers are not supported",
  );
});

/** All places of a JSON document, as lists of keys. */
const places = (value: unknown, path: string[] = []): string[][] =>
  typeof value === "object" && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, part]) => places(part, [...path, key]))]
    : [path];

const replaced = (value: unknown, [key, ...rest]: string[], part: unknown): unknown => {
  if (key === undefined) return part;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, part);
  return copy;
};

test("a document with any part replaced by something else is decoded or refused, never a crash", () => {
  const strange = fc.constantFrom(null, -1, 0, 1, 2.5, 1e300, "", "x", "d", [], [[]], {}, [null], true);
  fc.assert(
    fc.property(fc.constantFrom(...places(dense.model)), strange, (path, part) => {
      try {
        decode(
          { ...dense, model: replaced(dense.model, path, part) as WrittenModel["model"] },
          { x: [1, 4] },
        );
      } catch (error) {
        expect(error instanceof DecodeError || error instanceof NetworkError ? "refused" : error).toBe(
          "refused",
        );
      }
    }),
    { numRuns: 2000 },
  );
});
