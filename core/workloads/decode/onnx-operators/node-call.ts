import { NetworkError } from "../../../errors.ts";
import type { Constant } from "../../constant.ts";
import type { NetworkBuilder, Value } from "../../network-builder.ts";
import { broadcastShape, showShape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import type { OnnxAttribute, OnnxGraph, OnnxNode } from "../onnx-graph.ts";

/** What all nodes of a file share while it is walked. */
export interface Walk {
  readonly network: string;
  readonly opset: number;
  readonly builder: NetworkBuilder;
  /** Weights in the canonical order that were made of a constant, so that all layers of one matrix hold it once. */
  readonly trained: Map<Constant["values"], Map<string, Tensor>>;
  /** Takes this many bytes for what a file does not hold but asks for; throws where all of it is too much. */
  readonly claim: (call: NodeCall, bytes: number) => void;
  /** Takes the execution of this many nodes by loops; throws where all of them are too many. */
  readonly unroll: (call: NodeCall, nodes: number) => void;
}

/** A node with its operands, ready to be interpreted. */
export interface NodeCall extends Walk {
  readonly node: OnnxNode;
  readonly operands: readonly (Value | undefined)[];
  /** Whether nothing else reads the operand at this position, and it is no output of a graph. */
  readonly soleUse: (position: number) => boolean;
  /**
   * The outputs of a graph that the node holds, for its inputs in order; it sees the tensors around the node. `looped`
   * says that it may be run again.
   */
  readonly run: (graph: OnnxGraph, inputs: readonly Value[], looped: boolean) => readonly Value[];
  /** Inputs of one element, not bound to a value, that the operand at a position is computed from. */
  readonly sources: (position: number) => readonly string[];
}

/** Interprets one node: the values of its outputs, in their order. An output without a value here cannot be read. */
export type Operator = (call: NodeCall) => readonly (Value | undefined)[];

/** Operators by name. */
export type Operators = Readonly<Record<string, Operator>>;

/** The same operator under several names, separated by spaces. */
export const named = (names: string, operator: Operator): Record<string, Operator> =>
  Object.fromEntries(names.split(" ").map((name) => [name, operator]));

/** Throws the NetworkError of a node. */
export const failNode = (call: NodeCall, problem: string): never => {
  throw new NetworkError(call.network, `node ${call.node.name} (${call.node.operator}): ${problem}`);
};

/** The operand at a position; it must be there. */
export const operand = (call: NodeCall, position: number): Value =>
  call.operands[position] ?? failNode(call, `operand ${position + 1} is missing`);

/** Whether the node has a name for its output at a position, so that something may read it. */
export const hasOutput = (call: NodeCall, position: number): boolean =>
  (call.node.outputs[position] ?? "") !== "";

/** A movement that reads the operands of the node, which is its result. */
export const moved = (call: NodeCall, shape: readonly number[]): Value =>
  call.builder.movement(call.node.name, call.node.operator, call.operands, shape);

/** What the user can write where a value that must be constant comes from inputs of one element. */
const hint = (call: NodeCall, position: number): string => {
  const sources = call.sources(position);
  if (sources.length === 0) return "";
  const values = sources.map((name) => `${name}: …`).join(", ");
  return `; it follows from inputs that can be bound to a value, write values: { ${values} }`;
};

/** The constant at a position, or undefined where the operand is absent. It must not depend on run-time values. */
export const constantOperand = (call: NodeCall, position: number): Constant | undefined => {
  const value = call.operands[position];
  if (value === undefined) return undefined;
  return (
    value.constant ??
    failNode(
      call,
      `operand ${position + 1} (${call.node.inputs[position]}) depends on run-time values; bitfront needs it as a constant${hint(call, position)}`,
    )
  );
};

/** The constant at a position; it must be there. */
export const neededConstant = (call: NodeCall, position: number): Constant =>
  constantOperand(call, position) ?? failNode(call, `operand ${position + 1} is missing`);

/** Integers in a list of sizes, axes or bounds: more than any tensor has axes. */
const mostIntegers = 2 ** 16;

/** The constant at a position as a list of integers, or undefined where the operand is absent. */
export const integersOperand = (call: NodeCall, position: number): number[] | undefined => {
  const constant = constantOperand(call, position);
  if (constant === undefined) return undefined;
  const { values } = constant;
  if (values.length > mostIntegers)
    failNode(
      call,
      `operand ${position + 1} holds ${values.length} integers, expected at most ${mostIntegers}`,
    );
  const wrong = values.findIndex((value) => !Number.isInteger(value));
  if (wrong >= 0)
    failNode(call, `operand ${position + 1} must hold integers, element ${wrong} is ${values[wrong]}`);
  return [...values];
};

/** An attribute of a kind; one that is there must be of it. */
const attributeOf = <Kind>(
  call: NodeCall,
  name: string,
  kind: string,
  read: (attribute: OnnxAttribute) => Kind | undefined,
): Kind | undefined => {
  const attribute = call.node.attributes.get(name);
  if (attribute === undefined) return undefined;
  return read(attribute) ?? failNode(call, `its attribute ${name} is not ${kind}`);
};

/** An integer attribute. */
export const integerAttribute = (call: NodeCall, name: string): number | undefined =>
  attributeOf(call, name, "an integer", ({ integer }) => integer);

/** A float attribute. */
export const floatAttribute = (call: NodeCall, name: string): number | undefined =>
  attributeOf(call, name, "a float", ({ float }) => float);

/** A list as attribute: one that is empty in the file is empty, one of another kind is refused. */
const listAttribute = (
  call: NodeCall,
  name: string,
  kind: "integers" | "floats",
): readonly number[] | undefined =>
  attributeOf(call, name, `a list of ${kind}`, (attribute) => {
    const { integer, float, text, tensor, graph, integers, floats } = attribute;
    const single = [integer, float, text, tensor, graph].some((value) => value !== undefined);
    const other = kind === "integers" ? floats : integers;
    return single || other.length > 0 ? undefined : attribute[kind];
  });

/** A list of integers as attribute, or undefined where the node has none of this name. */
export const integersAttribute = (call: NodeCall, name: string): readonly number[] | undefined =>
  listAttribute(call, name, "integers");

/** A list of floats as attribute, or undefined where the node has none of this name. */
export const floatsAttribute = (call: NodeCall, name: string): readonly number[] | undefined =>
  listAttribute(call, name, "floats");

/** A text attribute. */
export const textAttribute = (call: NodeCall, name: string): string | undefined =>
  attributeOf(call, name, "a text", ({ text }) => text);

/** A graph attribute; it must be there. */
export const graphAttribute = (call: NodeCall, name: string): OnnxGraph =>
  attributeOf(call, name, "a graph", ({ graph }) => graph) ??
  failNode(call, `its attribute ${name} is missing`);

/** Integers that were an attribute in early operator sets and are an operand in later ones. */
export const integersEither = (
  call: NodeCall,
  name: string,
  position: number,
): readonly number[] | undefined => integersAttribute(call, name) ?? integersOperand(call, position);

/** An axis counted from the front; negative ones count from the end of `rank` axes. */
export const axisOf = (call: NodeCall, axis: number, rank: number): number => {
  const positive = axis < 0 ? axis + rank : axis;
  if (Number.isInteger(positive) && positive >= 0 && positive < rank) return positive;
  return failNode(call, `axis ${axis} of a tensor with ${rank} axes`);
};

/** The broadcast shape of all operands that are there. */
export const broadcastOperands = (call: NodeCall): number[] => {
  const shapes = call.operands.filter((value) => value !== undefined).map((value) => value.shape);
  return (
    broadcastShape(shapes) ??
    failNode(call, `operands of the shapes ${shapes.map(showShape).join(" and ")} do not fit together`)
  );
};
