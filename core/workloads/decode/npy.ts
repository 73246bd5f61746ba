import { DecodeError } from "../../errors.ts";
import { float16Value } from "../../numerics/float16.ts";
import type { StoredPrecision } from "../../numerics/stored-precision.ts";
import { elementCount, rowMajorStrides, showShape } from "../shape.ts";
import { stridedCopy } from "../strided-copy.ts";
import { type NpyHeader, parseNpyHeader } from "./npy-header.ts";
import type { StoredTensor } from "./safetensors.ts";

const format = "npy";

/** \x93NUMPY */
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** NumPy itself reads no longer header unless it is told to. */
const mostHeaderBytes = 10_000;

/** NumPy's own limit. */
const mostAxes = 64;

interface Encoding {
  readonly width: number;
  readonly stored: StoredPrecision;
  readonly read: (view: DataView, position: number, little: boolean) => number;
}

const encodings: ReadonlyMap<string, Encoding> = new Map<string, Encoding>([
  ["f2", { width: 2, stored: "float16", read: (v, p, little) => float16Value(v.getUint16(p, little)) }],
  ["f4", { width: 4, stored: "float32", read: (v, p, little) => v.getFloat32(p, little) }],
  ["f8", { width: 8, stored: "float64", read: (v, p, little) => v.getFloat64(p, little) }],
  ["i1", { width: 1, stored: "int8", read: (v, p) => v.getInt8(p) }],
  ["i2", { width: 2, stored: "int16", read: (v, p, little) => v.getInt16(p, little) }],
  ["i4", { width: 4, stored: "int32", read: (v, p, little) => v.getInt32(p, little) }],
  ["i8", { width: 8, stored: "int64", read: (v, p, little) => Number(v.getBigInt64(p, little)) }],
  ["u1", { width: 1, stored: "uint8", read: (v, p) => v.getUint8(p) }],
  ["u2", { width: 2, stored: "uint16", read: (v, p, little) => v.getUint16(p, little) }],
  ["u4", { width: 4, stored: "uint32", read: (v, p, little) => v.getUint32(p, little) }],
  ["u8", { width: 8, stored: "uint64", read: (v, p, little) => Number(v.getBigUint64(p, little)) }],
  ["b1", { width: 1, stored: "bool", read: (v, p) => v.getUint8(p) }],
]);

/** Kinds of elements that are no plain number, by the letter of their type. */
const refused: Readonly<Record<string, string>> = {
  c: "complex numbers",
  O: "Python objects",
  S: "byte strings",
  a: "byte strings",
  U: "text",
  V: "raw bytes or records",
  M: "dates",
  m: "time spans",
};

const fail = (where: string, problem: string): never => {
  throw new DecodeError(format, where, problem);
};

const encodingOf = (descr: string): { readonly encoding: Encoding; readonly little: boolean } => {
  const type = descr.slice(1);
  const encoding = encodings.get(type);
  const orders = encoding?.width === 1 ? "|<>" : "<>";
  if (encoding !== undefined && orders.includes(descr.charAt(0)))
    return { encoding, little: descr.startsWith("<") };
  const shown = JSON.stringify(descr.slice(0, 60));
  const kind = refused[descr.replace(/^[<>|=]/, "").charAt(0)];
  if (kind !== undefined) return fail("descr", `its elements are ${kind} (${shown}), which are not read`);
  return fail(
    "descr",
    `element type ${shown} is not read, expected < or > and one of ${[...encodings.keys()].join(", ")}`,
  );
};

/** The header, and where the data begin. */
const headerOf = (bytes: Uint8Array): { readonly header: NpyHeader; readonly dataStart: number } => {
  if (magic.some((byte, index) => bytes[index] !== byte))
    fail("byte 0", "the file does not begin with \\x93NUMPY");
  const [major, minor] = [bytes[6], bytes[7]];
  if (minor !== 0 || ![1, 2, 3].includes(major))
    fail("byte 6", `version ${major ?? "none"}.${minor ?? "none"}, expected 1.0, 2.0 or 3.0`);
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start)
    fail("byte 8", `the file has ${bytes.length} bytes, expected ${start} before the header`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > mostHeaderBytes)
    fail("byte 8", `a header of ${length} bytes is announced, expected at most ${mostHeaderBytes}`);
  if (length > bytes.length - start)
    fail("byte 8", `a header of ${length} bytes is announced, ${bytes.length - start} are left`);
  // What the parser understands is ASCII in every version; other characters are refused where they stand.
  const text = String.fromCharCode(...bytes.subarray(start, start + length));
  return { header: parseNpyHeader(text, start), dataStart: start + length };
};

/**
 * The array in the bytes of a .npy file (NumPy's numpy.lib.format, versions 1.0, 2.0 and 3.0), in C order whatever the
 * order in the file: f2, f4, f8, i1 … i8, u1 … u8 and b1, little or big endian. float64 values and integers beyond 2²⁴
 * are rounded to float32, all others are exact; integers are plain numbers, without scale or zero point. NaN and
 * infinities are let through. The data must end with the file. Memory is at most twelve times that of the file. Throws
 * DecodeError with the byte or the key; complex numbers, objects, records, texts and dates are refused by name.
 */
export const decodeNpy = (bytes: Uint8Array): StoredTensor => {
  const { header, dataStart } = headerOf(bytes);
  const { descr, fortranOrder, shape } = header;
  const { encoding, little } = encodingOf(descr);
  const written = shape.length > 8 ? `of ${shape.length} sizes` : showShape(shape);
  if (shape.length > mostAxes) fail("shape", `it has ${shape.length} axes, expected at most ${mostAxes}`);
  const count = elementCount(shape);
  const needed = count * encoding.width;
  if (needed !== bytes.length - dataStart) {
    fail(
      `byte ${dataStart}`,
      `shape ${written} in ${descr} needs ${needed} bytes, the file has ${bytes.length - dataStart}`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const stored = new Float32Array(count);
  for (let index = 0; index < count; index++) {
    const position = dataStart + index * encoding.width;
    const value = encoding.read(view, position, little);
    stored[index] = value;
    if (encoding.stored === "bool" && value > 1)
      fail(`byte ${position}`, `a truth value is ${value}, expected 0 or 1`);
    if (Number.isFinite(value) && !Number.isFinite(stored[index]))
      fail(`byte ${position}`, `value ${value} is beyond the range of float32`);
  }
  // In Fortran order the first index runs fastest: the file holds the array with its axes reversed.
  const strides = rowMajorStrides([...shape].reverse()).reverse();
  const values = fortranOrder ? stridedCopy(stored, shape, strides) : stored;
  return { shape, values, stored: encoding.stored };
};
