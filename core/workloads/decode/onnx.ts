import type { Layer } from "../layer.ts";
import type { Network } from "../network.ts";
import { createNetworkBuilder, type Value } from "../network-builder.ts";
import { bindInputs } from "./bind-inputs.ts";
import { bindValues, valueShapes } from "./bind-values.ts";
import type { NetworkRequest } from "./network-request.ts";
import type { ExternalFiles } from "./onnx-external-data.ts";
import { decodeOnnxModel } from "./onnx-model.ts";
import { walkModel } from "./onnx-walk.ts";

/**
 * Layers on the weights of an earlier one: iterations of a loop, a head on several scales. A layer that has as many biases
 * is taken to share them too.
 */
const sharedWeightsOf = (layers: readonly Layer[]): Record<string, string> => {
  const first = new Map<Float32Array, Layer>();
  const shared = new Map<string, string>();
  for (const layer of layers) {
    const before = first.get(layer.weights.values);
    if (before === undefined) first.set(layer.weights.values, layer);
    else if (before.biasParameters === layer.biasParameters) shared.set(layer.name, before.name);
  }
  return Object.fromEntries(shared);
};

/**
 * The network in the bytes of an ONNX file, at the input shapes and values of the request: shapes are inferred, shape
 * arithmetic is computed, batch normalizations are folded, and every node becomes layers, a movement, or is absorbed (see
 * NetworkBuilder for the rule, operatorClasses for the operators). Understands operator sets 7 to 24. `externalFiles` holds
 * the files beside the model that onnxExternalLocations lists.
 *
 * Biases that are separate additions, and other constant factors after a layer, are element-wise and no parameters of it.
 * A condition or trip count that depends on activations is refused, as are functions that the file defines.
 * Throws DecodeError for a damaged file, NetworkError for a graph that cannot be used as asked.
 */
export const decodeOnnx = (
  bytes: Uint8Array,
  request: NetworkRequest,
  externalFiles: ExternalFiles = new Map(),
): Network => {
  const model = decodeOnnxModel(bytes, externalFiles);
  const { name, source, values = {} } = request;
  const open = model.graph.inputs;
  const inputs = bindInputs(name, open, { ...valueShapes(open, values), ...request.inputs });
  const constants = bindValues(name, open, inputs, values);
  const builder = createNetworkBuilder(name);
  const bound = new Map<string, Value>();
  for (const [input, shape] of Object.entries(inputs)) {
    const constant = constants.get(input);
    bound.set(input, constant === undefined ? builder.root(input, shape) : builder.constant(constant));
  }
  const fileBytes = [...externalFiles.values()].reduce((sum, file) => sum + file.length, bytes.length);
  walkModel(name, model, fileBytes, builder, bound);
  const network = builder.finish(source, inputs);
  const sharedWeights = sharedWeightsOf(network.layers);
  return Object.keys(sharedWeights).length === 0 ? network : { ...network, sharedWeights };
};
