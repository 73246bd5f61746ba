import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { decodeNpy } from "../../core/workloads/decode/npy.ts";
import { decodeOnnxModel } from "../../core/workloads/decode/onnx-model.ts";
import { decodeSafetensors, type StoredTensor } from "../../core/workloads/decode/safetensors.ts";
import { mostModelBytes, readBoundedFile } from "./bounded-file.ts";
import { CatalogError } from "./catalog-error.ts";
import { inFile, located } from "./located.ts";
import { readExternalFiles } from "./model-file.ts";

type Tensors = ReadonlyMap<string, StoredTensor>;

/** The most files of a folder of tensors. */
const mostFiles = 100_000;

/**
 * The name of the tensor in a .npy file: the file's own, where what a file's name cannot hold is written in percent as
 * in an address, `/` as %2F and `%` as %25.
 */
const npyName = (path: string): string => {
  try {
    return decodeURIComponent(basename(path).slice(0, -".npy".length));
  } catch {
    throw new CatalogError(path, "its name has a % that is no %2F, %25 or the like, so it names no tensor");
  }
};

/** A tensor a .npy file of the folder; other files are passed over. */
const readFolder = async (path: string): Promise<Tensors> => {
  const files = (await readdir(path)).filter((file) => file.endsWith(".npy")).sort();
  if (files.length === 0) throw new CatalogError(path, "it has no .npy file, expected one a tensor");
  if (files.length > mostFiles)
    throw new CatalogError(path, `it has ${files.length} .npy files, expected at most ${mostFiles}`);
  const tensors = new Map<string, StoredTensor>();
  let left = mostModelBytes;
  for (const file of files) {
    const whole = join(path, file);
    const name = npyName(whole);
    if (tensors.has(name)) throw new CatalogError(whole, `another file of the folder is tensor ${name} too`);
    const bytes = await readBoundedFile(whole, left);
    left -= bytes.length;
    tensors.set(
      name,
      located(whole, () => decodeNpy(bytes)),
    );
  }
  return tensors;
};

/** The initializers of an ONNX model that weights can be: those of floats and of 8-bit integers, these as plain numbers. */
const readInitializers = async (path: string): Promise<Tensors> => {
  const bytes = await readBoundedFile(path, mostModelBytes);
  const tensors = new Map<string, StoredTensor>();
  const { graph } = decodeOnnxModel(bytes, await readExternalFiles(path, bytes));
  for (const [name, { shape, values, stored }] of graph.initializers) {
    if (stored !== undefined) tensors.set(name, { shape, values: Float32Array.from(values), stored });
  }
  return tensors;
};

/** The tensors of a file by its ending; undefined for an ending that is not read. */
const readFile = async (path: string): Promise<Tensors | undefined> => {
  if (path.endsWith(".onnx")) return readInitializers(path);
  if (path.endsWith(".safetensors")) return decodeSafetensors(await readBoundedFile(path, mostModelBytes));
  if (!path.endsWith(".npy")) return undefined;
  const name = npyName(path);
  return new Map([[name, decodeNpy(await readBoundedFile(path, mostModelBytes))]]);
};

/**
 * The tensors in a .safetensors file, in a folder of .npy files (one a tensor, named as the tensor), in a single .npy
 * file, or among the initializers of an .onnx model, by name. 2 GiB and more are refused. Rejects with CatalogError for
 * what cannot be read or is none of these, with DecodeError (with the path) for damaged content.
 */
export const readTensors = async (path: string): Promise<Tensors> => {
  const status = await stat(path).catch(() => undefined);
  if (status?.isDirectory()) return readFolder(path);
  try {
    const tensors = await readFile(path);
    if (tensors !== undefined) return tensors;
  } catch (error) {
    throw inFile(path, error);
  }
  throw new CatalogError(
    path,
    "expected tensors: a .safetensors, .npy or .onnx file, or a folder of .npy files",
  );
};
