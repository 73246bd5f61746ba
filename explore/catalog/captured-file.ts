import { NetworkError } from "../../core/errors.ts";
import { type StoredTensor, tensorPlace } from "../../core/workloads/decode/safetensors.ts";
import { layerActivations } from "../../core/workloads/layer-activations.ts";
import type { Network } from "../../core/workloads/network.ts";
import { nearestOf } from "../spec/nearest.ts";
import { listNames } from "./list-names.ts";
import { readTensors } from "./tensor-file.ts";

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
    const wanted = missing.map((name) => {
      const nearest = nearestOf(name, foreign);
      return nearest === undefined ? name : `${name} (is it ${tensorPlace(nearest)}?)`;
    });
    problems.push(`it has no tensor for ${missing.length} of ${layers.size} layers: ${listNames(wanted)}`);
  }
  if (foreign.length > 0) {
    const unknown = listNames(foreign.map(tensorPlace));
    problems.push(`no layer has the name of ${unknown}; layers are ${listNames([...layers])}`);
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
 * Reads captured activations from the file or folder of tensors at `path` (see readTensors) and attaches them to a
 * network; `source` is the file as the user wrote it. Rejects as readTensors does, and with NetworkError for tensors that
 * do not fit the layers.
 */
export const readActivations = async (network: Network, path: string, source: string): Promise<Network> =>
  attachActivations(network, await readTensors(path), source);
