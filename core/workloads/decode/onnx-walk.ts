import { NetworkError } from "../../errors.ts";
import type { Constant } from "../constant.ts";
import type { NetworkBuilder, Value } from "../network-builder.ts";
import type { Tensor } from "../tensor.ts";
import type { OnnxGraph, OnnxNode } from "./onnx-graph.ts";
import type { OnnxModel } from "./onnx-model.ts";
import { failNode, type NodeCall, type Walk } from "./onnx-operators/node-call.ts";
import { notUnderstood } from "./onnx-operators/not-understood.ts";
import { operators } from "./onnx-operators/operator-classes.ts";
import { checkSignature } from "./onnx-operators/signatures.ts";
import { mostAxes } from "./onnx-tensor.ts";

/** A graph while it is walked: its tensors by name, in the graph around it those that it can see. */
interface Scope {
  readonly graph: OnnxGraph;
  readonly values: Map<string, Value | undefined>;
  /** What has been read from the graphs around it: a name stands for one value. */
  readonly borrowed: Map<string, Value>;
  readonly uses: ReadonlyMap<string, number>;
  readonly around?: Scope;
  /** Whether the graph, or one around it, may be run again. */
  readonly looped: boolean;
}

/**
 * Bytes that constants which a file does not hold, and stand-ins for activations, may take in all: these in any file, and
 * so many for each of its own bytes. Models with much to compute have many weights, and a small file cannot fill the memory.
 */
const claimedBytes = 2 ** 28;
const claimedBytesEach = 16;

/** Nodes that all loops of a network may execute. */
const mostUnrolledNodes = 2 ** 15;

/** What all nodes of a file of `fileBytes` share, with the bounds of what it may ask for. */
export const createWalk = (
  network: string,
  opset: number,
  fileBytes: number,
  builder: NetworkBuilder,
): Walk => {
  const mostClaimedBytes = claimedBytes + claimedBytesEach * fileBytes;
  let claimed = 0;
  let unrolled = 0;
  return {
    network,
    opset,
    builder,
    trained: new Map<Constant["values"], Map<string, Tensor>>(),
    claim: (call, bytes) => {
      claimed += bytes;
      if (claimed > mostClaimedBytes)
        failNode(
          call,
          `what is computed up to it takes ${claimed} bytes, expected at most ${mostClaimedBytes}`,
        );
    },
    unroll: (call, nodes) => {
      unrolled += nodes;
      if (unrolled > mostUnrolledNodes)
        failNode(call, `its iterations execute more than ${mostUnrolledNodes} nodes, which are not unrolled`);
    },
  };
};

/** How often each tensor is read, in nested graphs and as output of a graph included. */
const countUses = (graph: OnnxGraph, uses = new Map<string, number>()): Map<string, number> => {
  const count = (name: string): void => {
    uses.set(name, (uses.get(name) ?? 0) + 1);
  };
  for (const { inputs, attributes } of graph.nodes) {
    inputs.forEach(count);
    for (const { graph: nested } of attributes.values()) if (nested !== undefined) countUses(nested, uses);
  }
  graph.outputs.forEach(count);
  return uses;
};

/** The scope that has a tensor of this name, from the inside out. */
const scopeOf = (scope: Scope, name: string): Scope | undefined => {
  for (let place: Scope | undefined = scope; place !== undefined; place = place.around) {
    if (place.values.has(name)) return place;
  }
  return undefined;
};

/** What another scope may know of a value: not the layers behind it, whose other readers it does not see. */
const outside = ({ shape, constant, root }: Value): Value => ({
  shape,
  ...(constant === undefined ? {} : { constant }),
  ...(root === undefined ? {} : { root }),
});

/** The node that has an output of this name, in a scope or around it. */
const producerOf = (scope: Scope, name: string): OnnxNode | undefined => {
  for (let place: Scope | undefined = scope; place !== undefined; place = place.around) {
    const producer = place.graph.nodes.find(({ outputs }) => outputs.includes(name));
    if (producer !== undefined) return producer;
  }
  return undefined;
};

/** The value of a name that a node, or a graph for its outputs (without a node), asks for. */
const readValue = (walk: Walk, scope: Scope, name: string, node?: OnnxNode): Value => {
  const place = scopeOf(scope, name);
  const value = place?.values.get(name);
  if (value !== undefined && place === scope) return value;
  if (value !== undefined) {
    const known = scope.borrowed.get(name) ?? outside(value);
    scope.borrowed.set(name, known);
    return known;
  }
  const [reader, what] =
    node === undefined ? ["", "its output"] : [`node ${node.name} (${node.operator}): `, "its operand"];
  const fail = (problem: string): never => {
    throw new NetworkError(walk.network, reader + problem);
  };
  const producer = producerOf(scope, name);
  if (producer === undefined) return fail(`nothing produces ${what} ${name}`);
  if (place !== undefined)
    return fail(`${what} ${name} is an output of ${producer.operator} that is not supported`);
  return fail(
    `${what} ${name} is produced by node ${producer.name}, which is not before it: the graph has a cycle or is not sorted`,
  );
};

/** Inputs of one element, not bound to a value, that a tensor is computed from. */
const sourcesOf = (scope: Scope, start: string): string[] => {
  const producers = new Map<string, OnnxNode>();
  let top = scope;
  for (let place: Scope | undefined = scope; place !== undefined; place = place.around) {
    for (const node of place.graph.nodes) for (const name of node.outputs) producers.set(name, node);
    top = place;
  }
  const sources: string[] = [];
  const seen = new Set<string>([start]);
  // A set is walked in the order of its members, those that are added on the way included.
  for (const name of seen) {
    const isInput = top.graph.inputs.some((input) => input.name === name);
    if (isInput && top.values.get(name)?.root?.elements === 1) sources.push(name);
    for (const input of producers.get(name)?.inputs ?? []) if (input !== "") seen.add(input);
  }
  return sources;
};

const interpret = (walk: Walk, top: OnnxGraph, scope: Scope, node: OnnxNode): void => {
  const operator = operators.get(node.operator);
  if (operator === undefined) throw notUnderstood(walk.network, top);
  const call: NodeCall = {
    ...walk,
    node,
    operands: node.inputs.map((name) => (name === "" ? undefined : readValue(walk, scope, name, node))),
    soleUse: (position) => {
      const name = node.inputs[position];
      return !scope.looped && scope.uses.get(name) === 1 && scopeOf(scope, name) === scope;
    },
    run: (graph, inputs, looped) => {
      if (graph.inputs.length !== inputs.length)
        failNode(call, `its graph has ${graph.inputs.length} inputs, expected ${inputs.length}`);
      const values = new Map<string, Value | undefined>();
      for (const [index, { name }] of graph.inputs.entries()) values.set(name, outside(inputs[index]));
      const inner = { graph, values, borrowed: new Map(), uses: scope.uses, around: scope };
      return walkGraph(walk, top, { ...inner, looped: looped || scope.looped }).map(outside);
    },
    sources: (position) => sourcesOf(scope, node.inputs[position]),
  };
  checkSignature(call);
  const results = operator(call);
  for (const [position, name] of node.outputs.entries()) {
    if (name === "") continue;
    if (scope.values.has(name)) failNode(call, `it produces ${name}, which another node or input already is`);
    const result = results[position];
    if (result !== undefined && result.shape.length > mostAxes)
      failNode(call, `its result has ${result.shape.length} axes, expected at most ${mostAxes}`);
    scope.values.set(name, result);
  }
};

/** Walks a graph whose inputs have their values; the values of its outputs. */
const walkGraph = (walk: Walk, top: OnnxGraph, scope: Scope): Value[] => {
  const { graph, values } = scope;
  for (const [name, constant] of graph.initializers) values.set(name, walk.builder.constant(constant));
  for (const node of graph.nodes) interpret(walk, top, scope, node);
  return graph.outputs.map((name) => readValue(walk, scope, name));
};

/**
 * Walks a model, whose files have `fileBytes`, into a builder: `inputs` are the values of the inputs of its graph. Every node becomes layers, a movement,
 * or is absorbed; nested graphs are walked where a node runs them. Throws NetworkError: for operators that are not
 * understood with all of them, for graphs that are not sorted with the node, and for networks that would be computed or
 * unrolled without bound.
 */
export const walkModel = (
  network: string,
  { opset, graph }: OnnxModel,
  fileBytes: number,
  builder: NetworkBuilder,
  inputs: ReadonlyMap<string, Value>,
): void => {
  const walk = createWalk(network, opset, fileBytes, builder);
  const values = new Map<string, Value | undefined>(inputs);
  walkGraph(walk, graph, { graph, values, borrowed: new Map(), uses: countUses(graph), looped: false });
};
