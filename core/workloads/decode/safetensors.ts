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

/** Bytes an element of types that no weights have: counters, indices and masks, which models store beside them. */
const integerWidths: ReadonlyMap<string, number> = new Map([
  ["I16", 2],
  ["U16", 2],
  ["I32", 4],
  ["U32", 4],
  ["I64", 8],
  ["U64", 8],
  ["BOOL", 1],
]);

/** A tensor that the header announces. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its element type, and bytes an element. */
  readonly dtype: string;
  readonly width: number;
  /** Absent of integers of 16 bits and more and of truth values, which are no weights. */
  readonly stored?: StoredPrecision;
  /** First byte and the one after the last, counted from the start of the data. */
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
const entryOf = (name: string, value: unknown, dataBytes: number): SafetensorsEntry => {
  const place = tensorPlace(name);
  const object = jsonObject(format, place, value);
  const dtype = textField(object, "dtype");
  const shape = countsField(object, "shape");
  const offsets = countsField(object, "data_offsets");
  const stored = encodings.get(dtype)?.stored;
  const width =
    encodings.get(dtype)?.width ??
    integerWidths.get(dtype) ??
    fail(
      place,
      `element type ${JSON.stringify(dtype.slice(0, 80))} is not read, expected ${[...encodings.keys(), ...integerWidths.keys()].join(", ")}`,
    );
  if (offsets.length !== 2) fail(place, `data_offsets has ${offsets.length} entries, expected begin and end`);
  const [begin, end] = offsets;
  if (end < begin) fail(place, `its data end at byte ${end}, before they begin at byte ${begin}`);
  if (end > dataBytes) fail(place, `its data end at byte ${end}, the data of the file at byte ${dataBytes}`);
  const needed = elementCount(shape) * width;
  if (needed !== end - begin) {
    const written = shape.length > 8 ? `of ${shape.length} sizes` : showShape(shape);
    fail(place, `shape ${written} in ${dtype} needs ${needed} bytes, its data have ${end - begin}`);
  }
  return { name, shape, dtype, width, begin, end, ...(stored === undefined ? {} : { stored }) };
};

/** Checks that the ranges cover the data from the first byte to the last, each byte once. Sorts the entries. */
const checkCover = (entries: SafetensorsEntry[], dataStart: number, dataBytes: number): void => {
  entries.sort((left, right) => left.begin - right.begin || left.end - right.end);
  let covered = 0;
  for (const { name, begin, end } of entries) {
    const place = tensorPlace(name);
    if (begin < covered) fail(place, `its data begin at byte ${begin}, inside another tensor's`);
    if (begin > covered) fail(place, `bytes ${covered} to ${begin} of the data, before it, are no tensor's`);
    covered = end;
  }
  if (covered === dataBytes) return;
  fail(`byte ${dataStart + covered}`, `${dataBytes - covered} bytes at the end are no tensor's`);
};

/**
 * The values in `data`, which are those of an entry from the `first` on, as `decodeSafetensors` reads them. Throws
 * DecodeError with the tensor and the index for one beyond the range of float32.
 */
export const safetensorsValues = (
  { name, dtype, width }: SafetensorsEntry,
  data: DataView,
  first: number,
): Float32Array => {
  // Of entries that are no weights nobody asks for values.
  const { read } = encodings.get(dtype)!;
  const values = new Float32Array(data.byteLength / width);
  for (let index = 0; index < values.length; index++) {
    const value = read(data, index * width);
    values[index] = value;
    if (Number.isFinite(value) && !Number.isFinite(values[index])) {
      fail(tensorPlace(name), `value ${first + index} is ${value}, beyond the range of float32`);
    }
  }
  return values;
};

const checkMetadata = (value: unknown): void => {
  const metadata = jsonObject(format, "__metadata__", value);
  for (const key of Object.keys(metadata.fields)) textField(metadata, key);
};

/** Bytes in front of the header, which say how long it is. */
export const safetensorsLengthBytes = 8;

/** The length of the header of a file of `fileBytes` bytes, from its first bytes. Throws DecodeError. */
export const safetensorsHeaderLength = (start: Uint8Array, fileBytes: number): number => {
  if (start.length < safetensorsLengthBytes) {
    fail("byte 0", `the file has ${start.length} bytes, expected 8 with the length of the header`);
  }
  const length = Number(new DataView(start.buffer, start.byteOffset, start.length).getBigUint64(0, true));
  if (length > mostHeaderBytes) {
    fail("byte 0", `a header of ${length} bytes is announced, expected at most ${mostHeaderBytes}`);
  }
  const left = fileBytes - safetensorsLengthBytes;
  if (length > left) fail("byte 0", `a header of ${length} bytes is announced, ${left} are left`);
  return length;
};

/**
 * The tensors that a header announces for `dataBytes` bytes of data, in the order of their data. Throws DecodeError with
 * the byte or the tensor: see `decodeSafetensors`.
 */
export const readSafetensorsHeader = (header: Uint8Array, dataBytes: number): readonly SafetensorsEntry[] => {
  if (header[0] !== "{".charCodeAt(0)) fail("byte 8", "the header does not begin with {");
  const json = parseStrictJson(format, header, safetensorsLengthBytes, headerDepth);
  const entries: SafetensorsEntry[] = [];
  for (const [name, value] of Object.entries(jsonObject(format, "header", json).fields)) {
    if (name === "__metadata__") checkMetadata(value);
    else entries.push(entryOf(name, value, dataBytes));
  }
  checkCover(entries, safetensorsLengthBytes + header.length, dataBytes);
  return entries;
};

/**
 * The tensors of a safetensors file by name, in the order of their data: float64 values are rounded to float32, all
 * others are exact; integers of 8 bits are plain numbers, without scale or zero point. Wider integers and truth values
 * (counters, indices, masks) are left out: they are no weights. NaN and infinities are let through. The
 * rules are the format's (huggingface/safetensors, README and `Metadata::validate`): 8 bytes with the length of the
 * header, little-endian, at most 100 MB; a JSON object `{ name: { dtype, shape, data_offsets } }`, with
 * `__metadata__` for texts; then the data, covered by the tensors without overlaps and holes. All ranges are checked
 * before values are allocated, so that memory is at most four times that of the file beside the header's. Throws
 * DecodeError with the byte or the tensor; for floats of 8 bits and types unknown too.
 */
export const decodeSafetensors = (bytes: Uint8Array): ReadonlyMap<string, StoredTensor> => {
  const headerEnd = safetensorsLengthBytes + safetensorsHeaderLength(bytes, bytes.length);
  const header = bytes.subarray(safetensorsLengthBytes, headerEnd);
  const dataOf = ({ begin, end }: SafetensorsEntry): DataView =>
    new DataView(bytes.buffer, bytes.byteOffset + headerEnd + begin, end - begin);
  const tensors = new Map<string, StoredTensor>();
  for (const entry of readSafetensorsHeader(header, bytes.length - headerEnd)) {
    const { name, shape, stored } = entry;
    if (stored === undefined) continue;
    tensors.set(name, { shape, values: safetensorsValues(entry, dataOf(entry), 0), stored });
  }
  return tensors;
};
