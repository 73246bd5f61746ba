import { DecodeError } from "../../errors.ts";
import { float16Value } from "../../numerics/float16.ts";
import type { Constant } from "../constant.ts";
import { elementCount } from "../shape.ts";
import {
  countsField,
  type JsonObject,
  jsonObject,
  listField,
  numberField,
  objectField,
  textField,
} from "./json-fields.ts";

/** A reader of an element at a byte position; weights are little-endian, one after the other, without padding. */
interface Encoding {
  readonly width: number;
  readonly type: Constant["elementType"];
  readonly stored?: Constant["stored"];
  readonly read: (view: DataView, position: number) => number;
}

const encodings: Readonly<Record<string, Encoding>> = {
  float32: { width: 4, type: "float32", stored: "float32", read: (v, p) => v.getFloat32(p, true) },
  float16: {
    width: 2,
    type: "float16",
    stored: "float16",
    read: (v, p) => float16Value(v.getUint16(p, true)),
  },
  int32: { width: 4, type: "int32", read: (v, p) => v.getInt32(p, true) },
  bool: { width: 1, type: "bool", read: (v, p) => v.getUint8(p) },
};

const groupsOf = (model: JsonObject): JsonObject[] =>
  listField(model, "weightsManifest").map((group, index) =>
    jsonObject(model.format, `${model.where}.weightsManifest[${index}]`, group),
  );

const pathsOf = (group: JsonObject): string[] =>
  listField(group, "paths").map((path) => {
    if (typeof path === "string") return path;
    throw new DecodeError(group.format, group.where, "a path is no text");
  });

/** The shard files that a TensorFlow.js model names, relative to it, in order. */
export const tfjsShardPaths = (model: unknown): string[] =>
  groupsOf(jsonObject("TFJS", "model.json", model)).flatMap(pathsOf);

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    bytes.set(part, position);
    position += part.length;
  }
  return bytes;
};

/** How the codes of weights that were quantized to 8 or 16 bits are read. */
const codes: Readonly<Record<string, Encoding & { readonly largest: number }>> = {
  uint8: { width: 1, type: "float32", stored: "uint8", largest: 255, read: (v, p) => v.getUint8(p) },
  uint16: {
    width: 2,
    type: "float32",
    stored: "uint16",
    largest: 65535,
    read: (v, p) => v.getUint16(p, true),
  },
};

/**
 * A weight is code · scale + min, computed in float64 and rounded to float32, as `decodeWeights` of TensorFlow.js does;
 * the converter chooses min so that a weight of 0 has a code (tfjs-converter, quantization.py).
 */
const dequantized = (quantization: JsonObject, dtype: string): Encoding | undefined => {
  if (!Object.hasOwn(codes, dtype)) return undefined;
  const { largest, read, ...encoding } = codes[dtype];
  const scale = numberField(quantization, "scale");
  const min = numberField(quantization, "min");
  if (![min, largest * scale + min].every((value) => Number.isFinite(Math.fround(value)))) {
    const problem = `scale ${scale} and min ${min} lead beyond the range of float32`;
    throw new DecodeError(quantization.format, quantization.where, problem);
  }
  return { ...encoding, read: (view, position) => read(view, position) * scale + min };
};

const encodingOf = (entry: JsonObject, name: string): Encoding => {
  const weight = { ...entry, where: `weight "${name}"` };
  const fail = (problem: string): never => {
    throw new DecodeError(weight.format, weight.where, problem);
  };
  const type = textField(weight, "dtype");
  if (weight.fields.quantization !== undefined) {
    const quantization = objectField(weight, "quantization");
    const dtype = textField(quantization, "dtype");
    // float16 needs no scale: the converter only shortened the values.
    const encoding = dtype === "float16" ? encodings.float16 : dequantized(quantization, dtype);
    if (type === "float32" && encoding !== undefined) return encoding;
    return fail(
      `it is ${type} quantized to ${dtype}, which is not supported: expected float32 as uint8, uint16 or float16`,
    );
  }
  if (Object.hasOwn(encodings, type)) return encodings[type];
  return fail(`element type ${type} is not supported, expected float32, float16, int32 or bool`);
};

/**
 * The weights of a TensorFlow.js model by name, from its manifest and the bytes of its shards (by the paths of
 * tfjsShardPaths). float32 and float16 are read as they are, weights quantized to uint8 and uint16 are dequantized and
 * remember that they were stored so. A shard that is too short or too long is a DecodeError that names the weight or the
 * group.
 */
export const decodeTfjsWeights = (
  model: JsonObject,
  shards: ReadonlyMap<string, Uint8Array>,
): ReadonlyMap<string, Constant> => {
  const weights = new Map<string, Constant>();
  for (const group of groupsOf(model)) {
    const parts = pathsOf(group).map((path) => {
      const shard = shards.get(path);
      if (shard !== undefined) return shard;
      throw new DecodeError(model.format, group.where, `the shard ${path} is missing`);
    });
    const bytes = joined(parts);
    const view = new DataView(bytes.buffer);
    let position = 0;
    for (const [index, entry] of listField(group, "weights").entries()) {
      const weight = jsonObject(model.format, `${group.where}.weights[${index}]`, entry);
      const name = textField(weight, "name");
      const shape = countsField(weight, "shape");
      const { width, type, stored, read } = encodingOf(weight, name);
      const count = elementCount(shape);
      if (count * width > bytes.length - position) {
        const problem = `it needs ${count * width} bytes at byte ${position}, the shards of its group have ${bytes.length}`;
        throw new DecodeError(model.format, `weight "${name}"`, problem);
      }
      const values =
        type === "float32" || type === "float16" ? new Float32Array(count) : new Float64Array(count);
      for (let element = 0; element < count; element++)
        values[element] = read(view, position + element * width);
      position += count * width;
      const constant: Constant = { shape, values, elementType: type };
      weights.set(name, stored === undefined ? constant : { ...constant, stored });
    }
    if (position !== bytes.length) {
      throw new DecodeError(
        model.format,
        group.where,
        `its weights end at byte ${position}, its shards at ${bytes.length}`,
      );
    }
  }
  return weights;
};
