import { DecodeError, NetworkError } from "../../../errors.ts";
import type { Constant } from "../../constant.ts";
import type { NetworkBuilder, Value } from "../../network-builder.ts";
import { elementCount, showShape } from "../../shape.ts";
import type { Padding } from "../../sliding-window.ts";
import { stridedCopy } from "../../strided-copy.ts";
import type { Tensor } from "../../tensor.ts";
import { optionalText } from "../json-fields.ts";
import type { KerasLayer } from "../tfjs-topology.ts";

/** A Keras layer with its operands and weights, ready to be interpreted. Activations are [1, height, width, channels]. */
export interface LayerCall {
  readonly network: string;
  readonly layer: KerasLayer;
  readonly operands: readonly Value[];
  readonly weights: ReadonlyMap<string, Constant>;
  readonly builder: NetworkBuilder;
  /** Whether nothing else reads the first operand, and it is no output of the network. */
  readonly soleUse: boolean;
}

/** Interprets one layer. */
export type LayerClass = (call: LayerCall) => Value;

/** Throws the NetworkError of a layer. */
export const failLayer = (call: LayerCall, problem: string): never => {
  throw new NetworkError(call.network, `layer ${call.layer.name} (${call.layer.className}): ${problem}`);
};

/** The first operand; it must be there, with this many axes where `rank` is given. */
export const inputOf = (call: LayerCall, rank?: number): Value => {
  const value = call.operands[0] ?? failLayer(call, "it has no input");
  if (rank === undefined || value.shape.length === rank) return value;
  return failLayer(call, `an input of ${showShape(value.shape)}: expected ${rank} axes`);
};

/** Refuses a layer with channels before the spatial axes: TensorFlow.js models rarely have any. */
export const checkChannelsLast = (call: LayerCall): void => {
  const format = optionalText(call.layer.config, "data_format") ?? "channels_last";
  if (format !== "channels_last")
    failLayer(call, `data_format ${format} is not supported, expected channels_last`);
};

/** The weight `<layer>/<name>`, whose shape must have this many axes. */
export const weightOf = (call: LayerCall, name: string, rank: number): Constant => {
  const key = `${call.layer.name}/${name}`;
  const weight = call.weights.get(key);
  if (weight === undefined)
    throw new DecodeError("TFJS", `layer ${call.layer.name}`, `the weight ${key} is missing`);
  if (weight.shape.length === rank) return weight;
  return failLayer(call, `weight ${name} has the shape ${showShape(weight.shape)}, expected ${rank} axes`);
};

/** Trained scalars of the layer's bias. */
export const biasOf = (call: LayerCall): number => {
  if (call.layer.config.fields.use_bias === false) return 0;
  return elementCount(weightOf(call, "bias", 1).shape);
};

/** Weights in the canonical order: a tensor of `shape` whose elements lie at `strides` in the stored one. */
export const canonical = (
  call: LayerCall,
  weight: Constant,
  shape: readonly number[],
  strides: readonly number[],
): Tensor => {
  const { stored } = weight;
  if (stored === undefined)
    return failLayer(call, `its weights are stored as ${weight.elementType}, expected floats`);
  const values = Float32Array.from(stridedCopy(weight.values, shape, strides));
  return { shape, values, stored, origin: "trained" };
};

/** The padding mode of a layer, for all its axes. */
export const paddingOf = (call: LayerCall): Padding => {
  const mode = optionalText(call.layer.config, "padding") ?? "valid";
  if (mode === "valid") return "valid";
  if (mode === "same") return "same-upper";
  return failLayer(call, `padding ${mode} is not supported, expected valid or same`);
};

/** Activation functions that take one element to one. */
const elementWiseActivations = new Set(
  "elu exponential gelu hard_sigmoid linear mish relu relu6 selu sigmoid softplus softsign swish silu tanh".split(
    " ",
  ),
);

/** An activation function on a value: fused, or for softmax a movement. A name that is not known is refused. */
export const activate = (call: LayerCall, value: Value, name: string): Value => {
  const label = `${call.layer.name}/${name}`;
  if (name === "softmax") return call.builder.movement(label, "Softmax", [value], value.shape);
  if (!elementWiseActivations.has(name)) return failLayer(call, `activation ${name} is not understood`);
  return call.builder.elementWise(label, name, [value], value.shape);
};

/** The activation that a layer with weights applies to its own output. */
export const ownActivation = (call: LayerCall, value: Value): Value => {
  const name = optionalText(call.layer.config, "activation") ?? "linear";
  return name === "linear" ? value : activate(call, value, name);
};
