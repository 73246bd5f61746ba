import { DecodeError } from "../../errors.ts";
import type { Network } from "../network.ts";
import { createNetworkBuilder, type Value } from "../network-builder.ts";
import { bindInputs, type OpenInput } from "./bind-inputs.ts";
import { jsonObject, listField } from "./json-fields.ts";
import type { NetworkRequest } from "./network-request.ts";
import type { LayerCall, LayerClass } from "./tfjs-layers/layer-call.ts";
import { unweightedLayers } from "./tfjs-layers/unweighted.ts";
import { weightedLayers } from "./tfjs-layers/weighted.ts";
import { decodeTfjsTopology, type KerasLayer } from "./tfjs-topology.ts";
import { decodeTfjsWeights } from "./tfjs-weights.ts";

const layerClasses: ReadonlyMap<string, LayerClass> = new Map(
  Object.entries({ ...weightedLayers, ...unweightedLayers }),
);

const openInput = ({ name, config }: KerasLayer): OpenInput => ({
  name,
  shape: listField(config, "batch_input_shape").map((size) => (typeof size === "number" ? size : "?")),
});

/**
 * The network of a TensorFlow.js layers-model (Keras 2, functional or sequential, channels last): `model` is the parsed
 * model.json, `shards` the bytes of the files that tfjsShardPaths lists. A layer's own activation is fused into it,
 * softmax is a movement; otherwise layers become layers, movements or absorbed operations by the rule of
 * NetworkBuilder. Throws DecodeError for a damaged model, NetworkError for one that cannot be used as
 * asked; a layer class that is not understood is named.
 */
export const decodeTfjs = (
  model: unknown,
  shards: ReadonlyMap<string, Uint8Array>,
  request: NetworkRequest,
): Network => {
  const json = jsonObject("TFJS", "model.json", model);
  const { layers, outputs } = decodeTfjsTopology(json);
  const weights = decodeTfjsWeights(json, shards);
  const inputLayers = layers.filter((layer) => layer.className === "InputLayer");
  const inputs = bindInputs(request.name, inputLayers.map(openInput), request.inputs);
  const builder = createNetworkBuilder(request.name);
  const uses = new Map<string, number>();
  for (const name of [...layers.flatMap((layer) => layer.inputs), ...outputs])
    uses.set(name, (uses.get(name) ?? 0) + 1);

  const values = new Map<string, Value>();
  for (const layer of layers) {
    if (layer.className === "InputLayer") {
      values.set(layer.name, builder.root(layer.name, inputs[layer.name]));
      continue;
    }
    const layerClass = layerClasses.get(layer.className);
    if (layerClass === undefined) {
      throw new DecodeError(
        "TFJS",
        `layer ${layer.name}`,
        `layers of the class ${layer.className} are not understood`,
      );
    }
    const operands = layer.inputs.map((name) => values.get(name)).filter((value) => value !== undefined);
    const call: LayerCall = {
      network: request.name,
      layer,
      operands,
      weights,
      builder,
      soleUse: uses.get(layer.inputs[0]) === 1,
    };
    values.set(layer.name, layerClass(call));
  }
  return builder.finish(request.source, inputs);
};
