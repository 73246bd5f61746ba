import { DecodeError } from "../../errors.ts";
import { integerOf, type Message, messageOf, readFields, textOf } from "./protobuf.ts";

/**
 * External data of ONNX: tensors whose values lie in files beside the model (TensorProto.external_data of onnx.proto3).
 * The bytes of these files by their `location`, a path relative to the model.
 */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>;

/** Where the values of a tensor are. Without a length they reach to the end of the file. */
interface ExternalEntry {
  readonly location: string;
  readonly offset: number;
  readonly length?: number;
}

/**
 * The entry of a tensor from its key–value pairs: location, offset (0 if left out) and length. Other keys, among them the
 * checksum, are not read. Throws a DecodeError that names the tensor (`where`) and the key.
 */
export const readExternalEntries = (pairs: readonly Message[], where: string): ExternalEntry => {
  const entries = new Map<string, string>();
  for (const pair of pairs) {
    let key = "";
    let value = "";
    for (const field of readFields(pair)) {
      if (field.number === 1) key = textOf(field);
      else if (field.number === 2) value = textOf(field);
    }
    entries.set(key, value);
  }
  const fail = (problem: string): never => {
    throw new DecodeError("ONNX", where, problem);
  };
  const count = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    return Number.isSafeInteger(value)
      ? value
      : fail(`${key} of its external data is "${text}", expected a count of bytes`);
  };
  const location = entries.get("location");
  if (location === undefined || location === "") return fail("its external data names no location");
  const length = count("length");
  return { location, offset: count("offset") ?? 0, ...(length === undefined ? {} : { length }) };
};

/** The name of a TensorProto, and the file that its values lie in, where that is not the model itself. */
export const tensorLocation = (message: Message): { name: string; location?: string } => {
  const pairs: Message[] = [];
  let name = "";
  let isExternal = false;
  for (const field of readFields(message)) {
    if (field.number === 8) name = textOf(field);
    else if (field.number === 13) pairs.push(messageOf(field));
    else if (field.number === 14) isExternal = integerOf(field) === 1;
  }
  if (!isExternal) return { name };
  const { location } = readExternalEntries(pairs, `tensor "${name}"`);
  return { name, location };
};

/** The bytes of an entry. Throws a DecodeError for a file that is not there, and for a part that is not in it. */
export const externalBytes = (entry: ExternalEntry, files: ExternalFiles, where: string): Uint8Array => {
  const fail = (problem: string): never => {
    throw new DecodeError("ONNX", where, problem);
  };
  const file = files.get(entry.location);
  if (file === undefined)
    return fail(`its values are in the file "${entry.location}" beside the model, which was not given`);
  const { offset, length = file.length - offset } = entry;
  if (offset > file.length || length > file.length - offset) {
    fail(
      `its values are ${entry.length ?? "the"} bytes from byte ${offset} of "${entry.location}", which has ${file.length}`,
    );
  }
  return file.subarray(offset, offset + length);
};
