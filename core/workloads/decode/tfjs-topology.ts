import { DecodeError } from "../../errors.ts";
import { type JsonObject, jsonObject, listField, objectField, textField } from "./json-fields.ts";

/** A layer of a Keras model: its class, its configuration, and the layers whose outputs it takes. */
export interface KerasLayer {
  readonly name: string;
  readonly className: string;
  readonly config: JsonObject;
  readonly inputs: readonly string[];
}

/** A Keras model as a list of layers, each after those it takes from. */
export interface KerasModel {
  readonly layers: readonly KerasLayer[];
  readonly outputs: readonly string[];
}

const layerOf = (
  format: string,
  where: string,
  value: unknown,
): { layer: Omit<KerasLayer, "inputs">; json: JsonObject } => {
  const json = jsonObject(format, where, value);
  const config = objectField(json, "config");
  const name = typeof json.fields.name === "string" ? json.fields.name : textField(config, "name");
  const named = { ...config, where: `layer ${name}` };
  return { layer: { name, className: textField(json, "class_name"), config: named }, json };
};

/** The name of the layer that a reference [name, node, tensor, …] points to. Only first nodes and tensors exist here. */
const referenceOf = (format: string, where: string, reference: unknown): string => {
  if (Array.isArray(reference) && typeof reference[0] === "string") {
    const [name, node, tensor] = reference;
    if ((node ?? 0) === 0 && (tensor ?? 0) === 0) return name;
    throw new DecodeError(
      format,
      where,
      `it takes output ${tensor} of call ${node} of ${name}: layers that are called more than once are not supported`,
    );
  }
  throw new DecodeError(
    format,
    where,
    "an inbound node is not a list [layer, node, tensor]; models of Keras 2 are supported",
  );
};

const inputsOf = (json: JsonObject, name: string): string[] => {
  const nodes = listField(json, "inbound_nodes");
  if (nodes.length > 1) {
    throw new DecodeError(
      json.format,
      `layer ${name}`,
      `it is called ${nodes.length} times: shared layers are not supported`,
    );
  }
  const [node] = nodes;
  if (node === undefined) return [];
  const references = Array.isArray(node) ? node : [node];
  return references.map((reference) => referenceOf(json.format, `layer ${name}`, reference));
};

/** Each layer after its inputs, otherwise in the order of the file. */
const sorted = (format: string, layers: readonly KerasLayer[]): KerasLayer[] => {
  const known = new Map(layers.map((layer) => [layer.name, layer]));
  const result: KerasLayer[] = [];
  const state = new Map<string, "open" | "done">();
  // An explicit stack: a model may be deeper than the call stack.
  for (const start of layers) {
    const stack = [start];
    while (stack.length > 0) {
      const layer = stack[stack.length - 1];
      if (state.get(layer.name) === "done") {
        stack.pop();
        continue;
      }
      const pending = layer.inputs.find((input) => state.get(input) !== "done");
      if (pending === undefined) {
        state.set(layer.name, "done");
        result.push(layer);
        stack.pop();
        continue;
      }
      const next = known.get(pending);
      if (next === undefined)
        throw new DecodeError(format, `layer ${layer.name}`, `its input ${pending} does not exist`);
      if (state.get(pending) === "open" || pending === layer.name) {
        throw new DecodeError(
          format,
          `layer ${layer.name}`,
          "it takes its own output: the graph has a cycle",
        );
      }
      state.set(layer.name, "open");
      stack.push(next);
    }
  }
  return result;
};

const sequential = (format: string, config: JsonObject, list: readonly unknown[]): KerasModel => {
  const layers: KerasLayer[] = [];
  for (const [index, value] of list.entries()) {
    const { layer } = layerOf(format, `${config.where}.layers[${index}]`, value);
    const previous = layers[layers.length - 1];
    if (previous === undefined && layer.className !== "InputLayer") {
      layers.push({ name: `${layer.name}_input`, className: "InputLayer", config: layer.config, inputs: [] });
    }
    const before = layers[layers.length - 1];
    layers.push({ ...layer, inputs: before === undefined ? [] : [before.name] });
  }
  return { layers, outputs: layers.slice(-1).map(({ name }) => name) };
};

/**
 * The layers of the `modelTopology` of a TensorFlow.js layers-model: a functional or sequential Keras 2 model. Graph
 * models, nested models and layers that are called more than once are refused. Throws DecodeError.
 */
export const decodeTfjsTopology = (model: JsonObject): KerasModel => {
  const { format } = model;
  const topology = objectField(model, "modelTopology");
  if (topology.fields.node !== undefined) {
    throw new DecodeError(format, model.where, "it is a graph-model; only layers-models are supported");
  }
  const description =
    topology.fields.model_config === undefined ? topology : objectField(topology, "model_config");
  const className = textField(description, "class_name");
  const unlisted = description.fields.config;
  if (className === "Sequential") {
    if (Array.isArray(unlisted)) return sequential(format, description, unlisted);
    const config = objectField(description, "config");
    return sequential(format, config, listField(config, "layers"));
  }
  if (className !== "Functional" && className !== "Model") {
    throw new DecodeError(
      format,
      description.where,
      `model class ${className}: expected Functional, Model or Sequential`,
    );
  }
  const config = objectField(description, "config");
  const layers = listField(config, "layers").map((value, index): KerasLayer => {
    const { layer, json } = layerOf(format, `${config.where}.layers[${index}]`, value);
    return { ...layer, inputs: inputsOf(json, layer.name) };
  });
  const names = new Set(layers.map(({ name }) => name));
  if (names.size < layers.length)
    throw new DecodeError(format, config.where, "two layers have the same name");
  const listed = listField(config, "output_layers");
  // A single output may stand without the list around it.
  const references = typeof listed[0] === "string" ? [listed] : listed;
  const outputs = references.map((reference) =>
    referenceOf(format, `${config.where}.output_layers`, reference),
  );
  return { layers: sorted(format, layers), outputs };
};
