import { DecodeError, NetworkError } from "../../core/errors.ts";
import {
  decodeSafetensors,
  type StoredTensor,
  tensorPlace,
} from "../../core/workloads/decode/safetensors.ts";
import { layerActivations } from "../../core/workloads/layer-activations.ts";
import type { Network } from "../../core/workloads/network.ts";
import { nearestOf } from "../spec/nearest.ts";
import { mostModelBytes, readBoundedFile } from "./bounded-file.ts";

/** Names that a message lists before it only counts. */
const mostListed = 8;

const list = (names: readonly string[], show: (name: string) => string): string => {
  const rest = names.length - mostListed;
  return `${names.slice(0, mostListed).map(show).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
};

/**
 * The network with captured activations on every layer, each from the tensor that has the layer's name. Throws
 * NetworkError: for layers without a tensor, with the nearest name of those left over, and for tensors that belong to no
 * layer; for a tensor of another shape, and for values that are not finite. `source` names the file in messages.
 */
export const attachActivations = (
  network: Network,
  tensors: ReadonlyMap<string, StoredTensor>,
  source: string,
): Network => {
  const layers = new Set(network.layers.map(({ name }) => name));
  const missing = [...layers].filter((name) => !tensors.has(name));
  const foreign = [...tensors.keys()].filter((name) => !layers.has(name));
  const problems: string[] = [];
  if (missing.length > 0) {
    const wanted = list(missing, (name) => {
      const nearest = nearestOf(name, foreign);
      return nearest === undefined ? name : `${name} (is it ${tensorPlace(nearest)}?)`;
    });
    problems.push(`it has no tensor for ${missing.length} of ${layers.size} layers: ${wanted}`);
  }
  if (foreign.length > 0) {
    const known = list([...layers], (name) => name);
    problems.push(`no layer has the name of ${list(foreign, tensorPlace)}; layers are ${known}`);
  }
  if (problems.length > 0) throw new NetworkError(network.name, `${source}: ${problems.join("; ")}`);
  return {
    ...network,
    layers: network.layers.map((layer) => {
      // Every layer has a tensor: the names were compared above.
      const tensor = tensors.get(layer.name)!;
      return { ...layer, activations: layerActivations(network.name, layer, tensor, source) };
    }),
  };
};

/**
 * Reads captured activations from the safetensors file at `path` and attaches them to a network; `source` is the file
 * as the user wrote it. Rejects with CatalogError for what cannot be read, DecodeError (with the path) for damaged
 * content, NetworkError for tensors that do not fit the layers. Files of 2 GiB and more are refused.
 */
export const readActivations = async (network: Network, path: string, source: string): Promise<Network> => {
  const bytes = await readBoundedFile(path, mostModelBytes);
  try {
    return attachActivations(network, decodeSafetensors(bytes), source);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new DecodeError(error.format, `${path}: ${error.where}`, error.problem);
  }
};
