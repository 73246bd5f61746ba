import { DecodeError } from "../../errors.ts";
import { bfloat16Value } from "../../numerics/bfloat16.ts";
import { float16Value } from "../../numerics/float16.ts";
import type { StoredPrecision } from "../../numerics/stored-precision.ts";
import { elementCount, showShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { countsField, jsonObject, textField } from "./json-fields.ts";
import { parseStrictJson } from "./strict-json.ts";

/** A tensor as a file holds it, which does not know where its values came from. */
export type StoredTensor = Omit<Tensor, "origin">;

const format = "safetensors";

/** The format's own limit. */
const mostHeaderBytes = 100_000_000;

/** The header is an object of tensors, each an object with lists. */
const headerDepth = 3;

interface Encoding {
  readonly width: number;
  readonly stored: StoredPrecision;
  /** The element at a byte position, little-endian; the format does not promise alignment. */
  readonly read: (view: DataView, position: number) => number;
}

const encodings: ReadonlyMap<string, Encoding> = new Map<string, Encoding>([
  ["F64", { width: 8, stored: "float64", read: (view, position) => view.getFloat64(position, true) }],
  ["F32", { width: 4, stored: "float32", read: (view, position) => view.getFloat32(position, true) }],
  [
    "F16",
    { width: 2, stored: "float16", read: (view, position) => float16Value(view.getUint16(position, true)) },
  ],
  [
    "BF16",
    { width: 2, stored: "bfloat16", read: (view, position) => bfloat16Value(view.getUint16(position, true)) },
  ],
  ["U8", { width: 1, stored: "uint8", read: (view, position) => view.getUint8(position) }],
  ["I8", { width: 1, stored: "int8", read: (view, position) => view.getInt8(position) }],
]);

/** A tensor that the header announces; `begin` and `end` count from the start of the data. */
interface Entry {
  readonly place: string;
  readonly name: string;
  readonly shape: readonly number[];
  readonly encoding: Encoding;
  readonly begin: number;
  readonly end: number;
}

/** How messages name a tensor, whatever a hostile file calls it: `tensor "conv1"`. */
export const tensorPlace = (name: string): string =>
  `tensor ${JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name)}`;

const fail = (where: string, problem: string): never => {
  throw new DecodeError(format, where, problem);
};

/** The entry of a tensor, its range checked against its shape and against the bytes of data there are. */
const entryOf = (name: string, value: unknown, dataBytes: number): Entry => {
  const place = tensorPlace(name);
  const object = jsonObject(format, place, value);
  const dtype = textField(object, "dtype");
  const shape = countsField(object, "shape");
  const offsets = countsField(object, "data_offsets");
  const encoding =
    encodings.get(dtype) ??
    fail(
      place,
      `element type ${JSON.stringify(dtype.slice(0, 80))} is not read, expected ${[...encodings.keys()].join(", ")}`,
    );
  if (offsets.length !== 2) fail(place, `data_offsets has ${offsets.length} entries, expected begin and end`);
  const [begin, end] = offsets;
  if (end < begin) fail(place, `its data end at byte ${end}, before they begin at byte ${begin}`);
  if (end > dataBytes) fail(place, `its data end at byte ${end}, the data of the file at byte ${dataBytes}`);
  const needed = elementCount(shape) * encoding.width;
  if (needed !== end - begin) {
    const written = shape.length > 8 ? `of ${shape.length} sizes` : showShape(shape);
    fail(place, `shape ${written} in ${dtype} needs ${needed} bytes, its data have ${end - begin}`);
  }
  return { place, name, shape, encoding, begin, end };
};

/** Checks that the ranges cover the data from the first byte to the last, each byte once. Sorts the entries. */
const checkCover = (entries: Entry[], dataStart: number, dataBytes: number): void => {
  entries.sort((left, right) => left.begin - right.begin || left.end - right.end);
  let covered = 0;
  for (const { place, begin, end } of entries) {
    if (begin < covered) fail(place, `its data begin at byte ${begin}, inside another tensor's`);
    if (begin > covered) fail(place, `bytes ${covered} to ${begin} of the data, before it, are no tensor's`);
    covered = end;
  }
  if (covered === dataBytes) return;
  fail(`byte ${dataStart + covered}`, `${dataBytes - covered} bytes at the end are no tensor's`);
};

const valuesOf = ({ place, shape, encoding, begin }: Entry, data: DataView): Float32Array => {
  const values = new Float32Array(elementCount(shape));
  for (let index = 0; index < values.length; index++) {
    const value = encoding.read(data, begin + index * encoding.width);
    values[index] = value;
    if (Number.isFinite(value) && !Number.isFinite(values[index])) {
      fail(place, `value ${index} is ${value}, beyond the range of float32`);
    }
  }
  return values;
};

const checkMetadata = (value: unknown): void => {
  const metadata = jsonObject(format, "__metadata__", value);
  for (const key of Object.keys(metadata.fields)) textField(metadata, key);
};

/**
 * The tensors of a safetensors file by name, in the order of their data: float64 values are rounded to float32, all
 * others are exact; integers are plain numbers, without scale or zero point. NaN and infinities are let through. The
 * rules are the format's (huggingface/safetensors, README and `Metadata::validate`): 8 bytes with the length of the
 * header, little-endian, at most 100 MB; a JSON object `{ name: { dtype, shape, data_offsets } }`, with
 * `__metadata__` for texts; then the data, covered by the tensors without overlaps and holes. All ranges are checked
 * before values are allocated, so that memory is at most four times that of the file beside the header's. Throws
 * DecodeError with the byte or the tensor; for element types other than F64, F32, F16, BF16, U8 and I8 too.
 */
export const decodeSafetensors = (bytes: Uint8Array): ReadonlyMap<string, StoredTensor> => {
  if (bytes.length < 8) {
    fail("byte 0", `the file has ${bytes.length} bytes, expected 8 with the length of the header`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > mostHeaderBytes) {
    fail("byte 0", `a header of ${headerBytes} bytes is announced, expected at most ${mostHeaderBytes}`);
  }
  if (headerBytes > bytes.length - 8) {
    fail("byte 0", `a header of ${headerBytes} bytes is announced, ${bytes.length - 8} are left`);
  }
  const dataStart = 8 + headerBytes;
  const header = bytes.subarray(8, dataStart);
  if (header[0] !== "{".charCodeAt(0)) fail("byte 8", "the header does not begin with {");
  const data = new DataView(bytes.buffer, bytes.byteOffset + dataStart, bytes.length - dataStart);
  const { fields } = jsonObject(format, "header", parseStrictJson(format, header, 8, headerDepth));
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name === "__metadata__") checkMetadata(value);
    else entries.push(entryOf(name, value, data.byteLength));
  }
  checkCover(entries, dataStart, data.byteLength);
  return new Map(
    entries.map((entry) => [
      entry.name,
      { shape: entry.shape, values: valuesOf(entry, data), stored: entry.encoding.stored },
    ]),
  );
};
