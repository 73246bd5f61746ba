import { realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { NetworkRequest } from "../../core/workloads/decode/network-request.ts";
import { decodeOnnx } from "../../core/workloads/decode/onnx.ts";
import { onnxExternalLocations } from "../../core/workloads/decode/onnx-model.ts";
import { parseStrictJson } from "../../core/workloads/decode/strict-json.ts";
import { decodeTfjs } from "../../core/workloads/decode/tfjs.ts";
import { tfjsShardPaths } from "../../core/workloads/decode/tfjs-weights.ts";
import type { Network } from "../../core/workloads/network.ts";
import { mostModelBytes, readBoundedFile } from "./bounded-file.ts";
import { CatalogError } from "./catalog-error.ts";
import { inFile } from "./located.ts";
import { isInside } from "./npm-file.ts";
import { isPackedModel, packedShard, readPackedModel, readPackedShard } from "./packed-model.ts";

/** Levels that a model.json may nest, far above what models have. */
const mostJsonDepth = 64;

/** The path of a file that the model at `path` names. It must lie in the directory of its model, links resolved. */
const fileBeside = async (path: string, name: string, what: string): Promise<string> => {
  const directory = await realpath(dirname(path));
  const file = resolve(directory, name);
  const real = await realpath(file).catch(() => file);
  if (!isInside(directory, file) || !isInside(directory, real)) {
    throw new CatalogError(path, `its ${what} ${name} is outside the directory of the model`);
  }
  return real;
};

/** The bytes of the shards of a TensorFlow.js model. */
const readShards = async (path: string, model: unknown): Promise<ReadonlyMap<string, Uint8Array>> => {
  const shards = new Map<string, Uint8Array>();
  const packed = isPackedModel(path);
  for (const shard of tfjsShardPaths(model)) {
    const real = await fileBeside(path, packed ? packedShard(shard) : shard, "shard");
    shards.set(shard, packed ? await readPackedShard(real) : await readBoundedFile(real, mostModelBytes));
  }
  return shards;
};

/** The bytes of the files that hold external data of an ONNX model. Rejects with CatalogError and DecodeError. */
export const readExternalFiles = async (
  path: string,
  model: Uint8Array,
): Promise<ReadonlyMap<string, Uint8Array>> => {
  const files = new Map<string, Uint8Array>();
  for (const location of onnxExternalLocations(model)) {
    const real = await fileBeside(path, location, "external data");
    files.set(location, await readBoundedFile(real, mostModelBytes));
  }
  return files;
};

/** Whether a path says that it is a model in one of the formats that are read. */
export const isModelFile = (path: string): boolean =>
  path.endsWith(".onnx") || path.endsWith(".json") || isPackedModel(path);

/**
 * Reads and decodes a network from an .onnx file and the external data beside it, or from the model.json of a
 * TensorFlow.js layers-model and the shards beside it, which may be packed into scripts as nsfwjs ships them
 * (model.min.js). Files of 2 GiB and more are refused. Throws CatalogError for what cannot be read, DecodeError (with the
 * path) for damaged content, NetworkError for a network that cannot be used as asked.
 */
export const readModelFile = async (path: string, request: NetworkRequest): Promise<Network> => {
  if (!isModelFile(path)) {
    throw new CatalogError(
      path,
      "expected a network file (.yaml), an ONNX model (.onnx) or a TensorFlow.js model (model.json)",
    );
  }
  try {
    if (path.endsWith(".onnx")) {
      const bytes = await readBoundedFile(path, mostModelBytes);
      return decodeOnnx(bytes, request, await readExternalFiles(path, bytes));
    }
    const model = isPackedModel(path)
      ? await readPackedModel(path)
      : parseStrictJson("TFJS", await readBoundedFile(path, mostModelBytes), 0, mostJsonDepth);
    return decodeTfjs(model, await readShards(path, model), request);
  } catch (error) {
    throw inFile(path, error);
  }
};
