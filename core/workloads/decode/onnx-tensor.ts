import { DecodeError } from "../../errors.ts";
import { bfloat16Value } from "../../numerics/bfloat16.ts";
import { float16Value } from "../../numerics/float16.ts";
import type { StoredPrecision } from "../../numerics/stored-precision.ts";
import type { Constant, ElementType } from "../constant.ts";
import { elementCount, showShape } from "../shape.ts";
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
  /** The value of an entry of the typed data, where half precisions stand as bit patterns. */
  readonly typed?: (entry: number) => number;
}

/** TensorProto.DataType of onnx.proto3. */
const encodings: Readonly<Record<number, Encoding>> = {
  1: { type: "float32", width: 4, stored: "float32", raw: (v, p) => v.getFloat32(p, true) },
  2: { type: "uint8", width: 1, stored: "uint8", raw: (v, p) => v.getUint8(p) },
  3: { type: "int8", width: 1, stored: "int8", raw: (v, p) => v.getInt8(p) },
  4: { type: "uint16", width: 2, raw: (v, p) => v.getUint16(p, true) },
  5: { type: "int16", width: 2, raw: (v, p) => v.getInt16(p, true) },
  6: { type: "int32", width: 4, raw: (v, p) => v.getInt32(p, true) },
  7: { type: "int64", width: 8, raw: (v, p) => Number(v.getBigInt64(p, true)) },
  9: { type: "bool", width: 1, raw: (v, p) => Number(v.getUint8(p) !== 0) },
  10: {
    type: "float16",
    width: 2,
    stored: "float16",
    raw: (v, p) => float16Value(v.getUint16(p, true)),
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
    typed: bfloat16Value,
  },
};

/** The element type of a TensorProto.DataType number, or undefined where it is not supported (text, complex, 4 and 8-bit floats). */
export const elementTypeOf = (dataType: number): ElementType | undefined => encodings[dataType]?.type;

const isFloat32 = (type: ElementType): boolean =>
  type === "float32" || type === "float16" || type === "bfloat16";

/** Storage for values of a type, as constants hold them. */
export const valueArray = (type: ElementType, length: number): Float32Array | Float64Array =>
  isFloat32(type) ? new Float32Array(length) : new Float64Array(length);

/**
 * Decodes a TensorProto with values as raw_data or typed data. Data in other files and element types without a plain
 * number (text, complex, float8, int4) are refused. The values must be as many as the shape says.
 */
export const decodeTensor = (message: Message): NamedConstant => {
  const shape: number[] = [];
  const entries: number[] = [];
  let name = "";
  let dataType = 0;
  let raw: Message | undefined;
  let external = false;
  for (const field of readFields(message)) {
    if (field.number === 1) appendIntegers(field, shape);
    else if (field.number === 2) dataType = integerOf(field);
    else if (field.number === 4) appendNumbers(field, 4, entries);
    else if (field.number === 5 || field.number === 7 || field.number === 11) appendIntegers(field, entries);
    else if (field.number === 8) name = textOf(field);
    else if (field.number === 9) raw = messageOf(field);
    else if (field.number === 10) appendNumbers(field, 8, entries);
    else if (field.number === 14) external = integerOf(field) === 1;
  }
  const where = `tensor ${name === "" ? `at byte ${message.offset}` : `"${name}"`}`;
  const fail = (problem: string): never => {
    throw new DecodeError(message.format, where, problem);
  };
  if (external)
    fail(
      "its values are in another file (external data), which is not supported: save the model as one file",
    );
  const encoding = encodings[dataType];
  if (encoding === undefined)
    return fail(`element type ${dataType} is not supported, expected one of floats, integers, bool`);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    fail(`shape ${showShape(shape)} has a size that is no count`);
  const count = elementCount(shape);
  const present = raw === undefined ? entries.length : raw.bytes.length / encoding.width;
  if (present !== count) fail(`shape ${showShape(shape)} needs ${count} values, the file has ${present}`);

  const values = valueArray(encoding.type, count);
  if (raw === undefined) {
    const value = encoding.typed ?? ((entry: number) => entry);
    for (let index = 0; index < count; index++) values[index] = value(entries[index]);
  } else {
    const view = new DataView(raw.bytes.buffer, raw.bytes.byteOffset, raw.bytes.length);
    for (let index = 0; index < count; index++) values[index] = encoding.raw(view, index * encoding.width);
  }
  const constant: Constant = { shape, values, elementType: encoding.type };
  return {
    name,
    constant: encoding.stored === undefined ? constant : { ...constant, stored: encoding.stored },
  };
};
