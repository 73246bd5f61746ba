import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { jsonObject, objectField, textField } from "../../core/workloads/decode/json-fields.ts";
import {
  readSafetensorsHeader,
  type SafetensorsEntry,
  safetensorsHeaderLength,
  safetensorsLengthBytes,
  tensorPlace,
} from "../../core/workloads/decode/safetensors.ts";
import { parseStrictJson } from "../../core/workloads/decode/strict-json.ts";
import { readBoundedFile } from "./bounded-file.ts";
import { CatalogError } from "./catalog-error.ts";
import { located } from "./located.ts";
import { findNpmFile, isInside } from "./npm-file.ts";

/** A tensor in a file, as far as the header says. */
export interface FileTensor extends SafetensorsEntry {
  readonly path: string;
  /** First byte of the file's data, from which `begin` and `end` count. */
  readonly dataStart: number;
}

/** Largest index of shards: some hundred bytes a tensor, as the header of a file. */
const mostIndexBytes = 100_000_000;

/** An index is an object of objects; its metadata may be any. */
const indexDepth = 8;

const indexEnding = ".safetensors.index.json";

/** Whether a path says that it is a safetensors file, or the index of a model in several. */
export const isSafetensorsModel = (use: string): boolean =>
  use.endsWith(".safetensors") || use.endsWith(indexEnding);

/** The bytes of a file from `start` on: `length` of them, or as many as there are. */
const readBytes = async (file: FileHandle, start: number, length: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
};

/** The tensors of one file, in the order of their data. */
const readHeader = async (path: string): Promise<FileTensor[]> => {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) throw new CatalogError(path, "there is no such file");
  if (!status.isFile()) throw new CatalogError(path, "it is no file");
  const file = await open(path).catch((error: Error) => {
    throw new CatalogError(path, error.message);
  });
  try {
    const start = await readBytes(file, 0, safetensorsLengthBytes);
    const length = located(path, () => safetensorsHeaderLength(start, status.size));
    const header = await readBytes(file, safetensorsLengthBytes, length);
    const dataStart = safetensorsLengthBytes + length;
    const entries = located(path, () => readSafetensorsHeader(header, status.size - dataStart));
    return entries.map((entry) => ({ ...entry, path, dataStart }));
  } finally {
    await file.close();
  }
};

/** The tensors that an index places in each of its shards. */
const readIndex = async (path: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> => {
  const bytes = await readBoundedFile(path, mostIndexBytes);
  const format = "safetensors index";
  return located(path, () => {
    const index = jsonObject(format, "the index", parseStrictJson(format, bytes, 0, indexDepth));
    const places = objectField(index, "weight_map");
    const shards = new Map<string, Set<string>>();
    for (const tensor of Object.keys(places.fields)) {
      const shard = textField(places, tensor);
      const tensors = shards.get(shard) ?? new Set();
      shards.set(shard, tensors.add(tensor));
    }
    return shards;
  });
};

/** The tensors of one shard, which must be those that the index places there. */
const readShard = async (
  index: string,
  shard: string,
  placed: ReadonlySet<string>,
): Promise<FileTensor[]> => {
  const directory = resolve(dirname(index));
  const path = resolve(directory, shard);
  if (!isInside(directory, path)) {
    throw new CatalogError(index, `its shard ${JSON.stringify(shard)} is outside the directory of the index`);
  }
  const tensors = await readHeader(path);
  const held = new Set(tensors.map(({ name }) => name));
  const missing = [...placed].find((name) => !held.has(name));
  if (missing !== undefined)
    throw new CatalogError(index, `it places ${tensorPlace(missing)} in ${shard}, which does not hold it`);
  const foreign = [...held].find((name) => !placed.has(name));
  if (foreign !== undefined)
    throw new CatalogError(
      index,
      `${shard} holds ${tensorPlace(foreign)}, which the index does not place there`,
    );
  return tensors;
};

/**
 * The tensors of the safetensors model that `use` names: a path from the base directory or `npm:package/file`, to a
 * .safetensors file of any size or to a `model.safetensors.index.json`, whose `weight_map` names the shard of every tensor
 * (github.com/huggingface/huggingface_hub, `split_torch_state_dict_into_shards`). Tensors come in the order of their data,
 * shards in that of their names. Of each file the header alone is read, and checked as `decodeSafetensors` checks it.
 * A shard's path must not lead out of the folder of the index; links are followed, since the cache of huggingface_hub
 * consists of them. The index's metadata (`total_size`) are not read. Rejects with CatalogError for what cannot be read
 * and for an index that its shards contradict, with DecodeError (with the path) for damaged content.
 */
export const readTensorHeaders = async (use: string, baseDirectory: string): Promise<FileTensor[]> => {
  const path = use.startsWith("npm:") ? findNpmFile(use, baseDirectory) : resolve(baseDirectory, use);
  if (!use.endsWith(indexEnding)) return readHeader(path);
  const tensors: FileTensor[] = [];
  const shards = [...(await readIndex(path))].sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [shard, placed] of shards) {
    for (const tensor of await readShard(path, shard, placed)) tensors.push(tensor);
  }
  return tensors;
};
