import { realpath } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { DecodeError } from "../../core/errors.ts";
import type { NetworkRequest } from "../../core/workloads/decode/network-request.ts";
import { decodeOnnx } from "../../core/workloads/decode/onnx.ts";
import { decodeTfjs } from "../../core/workloads/decode/tfjs.ts";
import { tfjsShardPaths } from "../../core/workloads/decode/tfjs-weights.ts";
import type { Network } from "../../core/workloads/network.ts";
import { mostModelBytes, readBoundedFile } from "./bounded-file.ts";
import { CatalogError } from "./catalog-error.ts";
import { isInside } from "./npm-file.ts";

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new DecodeError(
      "TFJS",
      "model.json",
      `it is not JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
};

/** The bytes of the shards of a model. A shard must lie in the directory of its model. */
const readShards = async (path: string, model: unknown): Promise<ReadonlyMap<string, Uint8Array>> => {
  const directory = await realpath(dirname(path));
  const shards = new Map<string, Uint8Array>();
  for (const shard of tfjsShardPaths(model)) {
    const file = resolve(directory, shard);
    const real = await realpath(file).catch(() => file);
    if (!isInside(directory, file) || !isInside(directory, real)) {
      throw new CatalogError(path, `its shard ${shard} is outside the directory of the model`);
    }
    shards.set(shard, await readBoundedFile(real, mostModelBytes));
  }
  return shards;
};

/** Whether a path says that it is a model in one of the formats that are read. */
export const isModelFile = (path: string): boolean => path.endsWith(".onnx") || path.endsWith(".json");

/**
 * Reads and decodes a network from an .onnx file, or from the model.json of a TensorFlow.js layers-model and the shards
 * beside it. Files of 2 GiB and more are refused. Throws CatalogError for what cannot be read, DecodeError (with the
 * path) for damaged content, NetworkError for a network that cannot be used as asked.
 */
export const readModelFile = async (path: string, request: NetworkRequest): Promise<Network> => {
  if (!isModelFile(path)) {
    throw new CatalogError(
      path,
      "expected a network file (.yaml), an ONNX model (.onnx) or a TensorFlow.js model (model.json)",
    );
  }
  const bytes = await readBoundedFile(path, mostModelBytes);
  try {
    if (path.endsWith(".onnx")) return decodeOnnx(bytes, request);
    const model = parseJson(bytes);
    return decodeTfjs(model, await readShards(path, model), request);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DecodeError(error.format, `${path}: ${error.where}`, error.problem);
  }
};
