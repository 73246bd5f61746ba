import { DecodeError } from "../../errors.ts";
import { bfloat16Value } from "../../numerics/bfloat16.ts";
import { float16Value } from "../../numerics/float16.ts";
import type { StoredPrecision } from "../../numerics/stored-precision.ts";
import type { Constant, ElementType } from "../constant.ts";
import { elementCount, showShape } from "../shape.ts";
import { type ExternalFiles, externalBytes, readExternalEntries } from "./onnx-external-data.ts";
import {
  appendIntegers,
  appendNumbers,
  integerOf,
  type Message,
  messageOf,
  readFields,
  textOf,
} from "./protobuf.ts";

/** A TensorProto: its name (empty for the value of an attribute) and what it holds. */
export interface NamedConstant {
  readonly name: string;
  readonly constant: Constant;
}

interface Encoding {
  readonly type: ElementType;
  readonly width: number;
  readonly stored?: StoredPrecision;
  /** The element of raw_data at a byte position, little-endian. */
  readonly raw: (view: DataView, position: number) => number;
  /** The least and largest entry of the typed data; half precisions stand there as bit patterns. */
  readonly range?: readonly [number, number];
  /** The value of such an entry, where it is not the entry itself. */
  readonly typed?: (entry: number) => number;
}

/** TensorProto.DataType of onnx.proto3. */
const encodings: Readonly<Record<number, Encoding>> = {
  1: { type: "float32", width: 4, stored: "float32", raw: (v, p) => v.getFloat32(p, true) },
  2: { type: "uint8", width: 1, stored: "uint8", raw: (v, p) => v.getUint8(p), range: [0, 255] },
  3: { type: "int8", width: 1, stored: "int8", raw: (v, p) => v.getInt8(p), range: [-128, 127] },
  4: { type: "uint16", width: 2, stored: "uint16", raw: (v, p) => v.getUint16(p, true), range: [0, 65535] },
  5: { type: "int16", width: 2, stored: "int16", raw: (v, p) => v.getInt16(p, true), range: [-32768, 32767] },
  6: { type: "int32", width: 4, raw: (v, p) => v.getInt32(p, true) },
  7: { type: "int64", width: 8, raw: (v, p) => Number(v.getBigInt64(p, true)) },
  9: { type: "bool", width: 1, raw: (v, p) => Number(v.getUint8(p) !== 0), range: [0, 1] },
  10: {
    type: "float16",
    width: 2,
    stored: "float16",
    raw: (v, p) => float16Value(v.getUint16(p, true)),
    range: [0, 65535],
    typed: float16Value,
  },
  11: { type: "float64", width: 8, stored: "float64", raw: (v, p) => v.getFloat64(p, true) },
  12: { type: "uint32", width: 4, raw: (v, p) => v.getUint32(p, true) },
  13: { type: "uint64", width: 8, raw: (v, p) => Number(v.getBigUint64(p, true)) },
  16: {
    type: "bfloat16",
    width: 2,
    stored: "bfloat16",
    raw: (v, p) => bfloat16Value(v.getUint16(p, true)),
    range: [0, 65535],
    typed: bfloat16Value,
  },
};

/** Names of the types that are not supported. */
const refused: Readonly<Record<number, string>> = {
  8: "string",
  14: "complex64",
  15: "complex128",
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  21: "uint4",
  22: "int4",
  23: "float4e2m1",
  24: "float8e8m0",
};

/** The element type of a TensorProto.DataType number, or undefined where it is not supported (text, complex, 4-bit types and 8-bit floats). */
export const elementTypeOf = (dataType: number): ElementType | undefined => encodings[dataType]?.type;

/** Types with values that float32 does not hold exactly. */
const wide: readonly ElementType[] = ["float64", "int32", "uint32", "int64", "uint64"];

/** Axes of a tensor: more than any network has, and few enough for the call stack. */
export const mostAxes = 64;

/** Storage for values of a type, as constants hold them. */
export const valueArray = (type: ElementType, length: number): Float32Array | Float64Array =>
  wide.includes(type) ? new Float64Array(length) : new Float32Array(length);

/** The values of raw data; there must be as many bytes as `count` elements take. */
const rawValues = (encoding: Encoding, bytes: Uint8Array, count: number): Constant["values"] => {
  const values = valueArray(encoding.type, count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let index = 0; index < count; index++) values[index] = encoding.raw(view, index * encoding.width);
  return values;
};

/**
 * Decodes a TensorProto whose values are raw_data, typed data, or bytes of an external file. Element types without a
 * plain number (text, complex, 4-bit types, 8-bit floats) and tensors in segments are refused. The values must be as many
 * as the shape says; nothing is allocated before that is known.
 */
export const decodeTensor = (message: Message, externalFiles: ExternalFiles): NamedConstant => {
  const shape: number[] = [];
  const entries: number[] = [];
  const external: Message[] = [];
  let name = "";
  let dataType = 0;
  let raw: Message | undefined;
  let isExternal = false;
  let isSegment = false;
  for (const field of readFields(message)) {
    if (field.number === 1) appendIntegers(field, shape);
    else if (field.number === 2) dataType = integerOf(field);
    else if (field.number === 3) isSegment = true;
    else if (field.number === 4) appendNumbers(field, 4, entries);
    else if (field.number === 5 || field.number === 7 || field.number === 11) appendIntegers(field, entries);
    else if (field.number === 8) name = textOf(field);
    else if (field.number === 9) raw = messageOf(field);
    else if (field.number === 10) appendNumbers(field, 8, entries);
    else if (field.number === 13) external.push(messageOf(field));
    else if (field.number === 14) isExternal = integerOf(field) === 1;
  }
  const where = `tensor ${name === "" ? `at byte ${message.offset}` : `"${name}"`}`;
  const fail = (problem: string): never => {
    throw new DecodeError(message.format, where, problem);
  };
  const encoding = encodings[dataType];
  if (encoding === undefined)
    return fail(
      `element type ${refused[dataType] ?? dataType} is not supported, expected float16 to float64, bfloat16, integers of 8 bits and more, or bool`,
    );
  if (isSegment) fail("it is one segment of a larger tensor, which is not supported");
  if (shape.length > mostAxes) fail(`it has ${shape.length} axes, expected at most ${mostAxes}`);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    fail(`shape ${showShape(shape)} has a size that is no count`);
  const count = elementCount(shape);
  const named = (values: Constant["values"]): NamedConstant => {
    const constant: Constant = { shape, values, elementType: encoding.type };
    return {
      name,
      constant: encoding.stored === undefined ? constant : { ...constant, stored: encoding.stored },
    };
  };

  if (isExternal) {
    const bytes = externalBytes(readExternalEntries(external, where), externalFiles, where);
    if (bytes.length !== count * encoding.width)
      fail(
        `shape ${showShape(shape)} needs ${count * encoding.width} bytes, its part of the external file has ${bytes.length}`,
      );
    return named(rawValues(encoding, bytes, count));
  }
  const present = raw === undefined ? entries.length : raw.bytes.length / encoding.width;
  if (present !== count) fail(`shape ${showShape(shape)} needs ${count} values, the file has ${present}`);
  if (raw !== undefined) {
    if (entries.length > 0) fail("it has values in raw_data and in typed data");
    return named(rawValues(encoding, raw.bytes, count));
  }
  const { range, typed } = encoding;
  const wrong = range === undefined ? -1 : entries.findIndex((entry) => entry < range[0] || entry > range[1]);
  if (wrong >= 0) fail(`entry ${wrong} is ${entries[wrong]}, outside its type ${encoding.type}`);
  const values = valueArray(encoding.type, count);
  for (let index = 0; index < count; index++) {
    values[index] = typed === undefined ? entries[index] : typed(entries[index]);
  }
  return named(values);
};
