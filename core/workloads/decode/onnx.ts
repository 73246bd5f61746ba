import { NetworkError } from "../../errors.ts";
import type { Constant } from "../constant.ts";
import type { Network } from "../network.ts";
import { createNetworkBuilder, type NetworkBuilder, type Value } from "../network-builder.ts";
import { bindInputs } from "./bind-inputs.ts";
import type { NetworkRequest } from "./network-request.ts";
import { decodeOnnxModel, type OnnxModel, type OnnxNode } from "./onnx-model.ts";
import { convolutionOperators } from "./onnx-operators/convolution.ts";
import { elementWiseOperators } from "./onnx-operators/element-wise.ts";
import { matrixProductOperators } from "./onnx-operators/matrix-product.ts";
import { movingOperators } from "./onnx-operators/moving.ts";
import { failNode, type NodeCall, type Operator } from "./onnx-operators/node-call.ts";
import { rearrangingOperators } from "./onnx-operators/rearranging.ts";
import { reshapingOperators } from "./onnx-operators/reshaping.ts";

/** A constant of numbers that stand in the attributes of a node. */
const numbersConstant = (list: readonly number[], shape: readonly number[], floats: boolean): Constant =>
  floats
    ? { shape, values: Float32Array.from(list), elementType: "float32", stored: "float32" }
    : { shape, values: Float64Array.from(list), elementType: "int64" };

const constantNode: Operator = (call) => {
  const { attributes } = call.node;
  const [name, attribute] = [...attributes][0] ?? ["no value", undefined];
  call.builder.absorb(call.node.operator);
  if (attribute?.tensor !== undefined) return [call.builder.constant(attribute.tensor)];
  if (attribute !== undefined && (name === "value_float" || name === "value_int")) {
    const floats = name === "value_float";
    const value = (floats ? attribute.float : attribute.integer) ?? 0;
    return [call.builder.constant(numbersConstant([value], [], floats))];
  }
  if (attribute !== undefined && (name === "value_floats" || name === "value_ints")) {
    const floats = name === "value_floats";
    const list = floats ? attribute.floats : attribute.integers;
    return [call.builder.constant(numbersConstant(list, [list.length], floats))];
  }
  return failNode(call, `a constant given as ${name} is not supported`);
};

/** Every operator that is understood. */
const operators: ReadonlyMap<string, Operator> = new Map(
  Object.entries({
    Constant: constantNode,
    ...convolutionOperators,
    ...elementWiseOperators,
    ...matrixProductOperators,
    ...movingOperators,
    ...rearrangingOperators,
    ...reshapingOperators,
  }),
);

/** How often each tensor is read, outputs of the network included. */
const countUses = (model: OnnxModel): Map<string, number> => {
  const uses = new Map<string, number>();
  for (const name of [...model.nodes.flatMap((node) => node.inputs), ...model.outputs]) {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
  return uses;
};

const operatorOf = (network: string, node: OnnxNode): Operator => {
  const operator = operators.get(node.operator);
  if (operator !== undefined) return operator;
  const nested = [...node.attributes.values()].some((attribute) => attribute.nestedGraph);
  const reason = nested
    ? "it holds a nested graph, and control flow is not supported"
    : "this operator is not understood";
  throw new NetworkError(network, `node ${node.name} (${node.operator}): ${reason}`);
};

/** Operands by name. A name that a later node produces means that the nodes are not in order, or form a cycle. */
const operandsOf = (
  request: NetworkRequest,
  model: OnnxModel,
  node: OnnxNode,
  values: ReadonlyMap<string, Value>,
) =>
  node.inputs.map((name) => {
    if (name === "") return undefined;
    const value = values.get(name);
    if (value !== undefined) return value;
    const producer = model.nodes.find((other) => other.outputs.includes(name));
    const problem =
      producer === undefined
        ? `nothing produces its operand ${name}`
        : `its operand ${name} is produced by node ${producer.name}, which is not before it: the graph has a cycle or is not sorted`;
    throw new NetworkError(request.name, `node ${node.name} (${node.operator}): ${problem}`);
  });

const walk = (
  request: NetworkRequest,
  model: OnnxModel,
  builder: NetworkBuilder,
  values: Map<string, Value>,
): void => {
  const uses = countUses(model);
  for (const node of model.nodes) {
    const operator = operatorOf(request.name, node);
    const operands = operandsOf(request, model, node, values);
    const call: NodeCall = {
      network: request.name,
      node,
      operands,
      builder,
      soleUse: (position) => uses.get(node.inputs[position]) === 1,
    };
    const results = operator(call);
    for (const [position, name] of node.outputs.entries()) {
      if (name === "") continue;
      if (values.has(name)) failNode(call, `it produces ${name}, which another node or input already is`);
      if (position < results.length) values.set(name, results[position]);
    }
  }
};

/**
 * The network in the bytes of an ONNX file, at the input shapes of the request: shapes are inferred, shape arithmetic
 * is computed, batch normalizations are folded, and every node becomes layers, a movement, or is absorbed (see
 * NetworkBuilder for the rule). Understands the inference operators of operator sets 7 and later that convolutional
 * networks and transformers are made of; control flow, recurrent cells and quantized operators are refused by name.
 *
 * Biases that are separate additions, and other constant factors after a layer, are element-wise and no parameters of it.
 * Throws DecodeError for a damaged file, NetworkError for a graph that cannot be used as asked.
 */
export const decodeOnnx = (bytes: Uint8Array, request: NetworkRequest): Network => {
  const model = decodeOnnxModel(bytes);
  const inputs = bindInputs(request.name, model.inputs, request.inputs);
  const builder = createNetworkBuilder(request.name);
  const values = new Map<string, Value>();
  for (const [name, constant] of model.initializers) values.set(name, builder.constant(constant));
  for (const [name, shape] of Object.entries(inputs)) values.set(name, builder.root(name, shape));
  walk(request, model, builder, values);
  const missing = model.outputs.find((name) => !values.has(name));
  if (missing !== undefined) throw new NetworkError(request.name, `nothing produces its output ${missing}`);
  return builder.finish(request.source, inputs);
};
