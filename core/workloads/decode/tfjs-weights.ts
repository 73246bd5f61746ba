import { DecodeError } from "../../errors.ts";
import { float16Value } from "../../numerics/float16.ts";
import type { Constant } from "../constant.ts";
import { elementCount } from "../shape.ts";
import {
  countsField,
  type JsonObject,
  jsonObject,
  listField,
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

const encodingOf = (weight: JsonObject, name: string): Encoding => {
  const fail = (problem: string): never => {
    throw new DecodeError(weight.format, `weight "${name}"`, problem);
  };
  const type = textField(weight, "dtype");
  const { quantization } = weight.fields;
  if (quantization !== undefined) {
    const { fields } = objectField(weight, "quantization");
    // float16 needs no scale: the converter only shortened the values.
    if (fields.dtype === "float16" && type === "float32") return encodings.float16;
    fail(
      `it is quantized to ${String(fields.dtype)}, which is not supported: only float32 and float16 weights are`,
    );
  }
  return (
    encodings[type] ?? fail(`element type ${type} is not supported, expected float32, float16, int32 or bool`)
  );
};

/**
 * The weights of a TensorFlow.js model by name, from its manifest and the bytes of its shards (by the paths of
 * tfjsShardPaths). float32 and float16 are read; weights quantized to 8 or 16 bits are refused. A shard that is too
 * short or too long is a DecodeError that names the weight or the group.
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
