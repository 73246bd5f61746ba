import { DecodeError } from "../../errors.ts";
import type { Constant } from "../constant.ts";
import type { TypedInput } from "./bind-values.ts";
import { elementTypeOf, mostAxes, type NamedConstant } from "./onnx-tensor.ts";
import {
  appendIntegers,
  appendNumbers,
  type Field,
  floatOf,
  integerOf,
  type Message,
  messageOf,
  readFields,
  textOf,
} from "./protobuf.ts";

/** An attribute of a node: what the file holds of it. */
export interface OnnxAttribute {
  readonly integer?: number;
  readonly float?: number;
  readonly text?: string;
  readonly integers: readonly number[];
  readonly floats: readonly number[];
  readonly tensor?: Constant;
  readonly graph?: OnnxGraph;
}

/** A node of the graph. Operators outside the standard domain are named `domain::operator`. */
export interface OnnxNode {
  /** The node's name, or its first output where the file gives none. */
  readonly name: string;
  readonly operator: string;
  /** Names of tensors; an empty name stands for an optional operand that is absent. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** A graph or a nested graph, nodes in file order. Sizes of inputs that the file does not fix are text (their name, or `?`). */
export interface OnnxGraph {
  /** Graph inputs without those that an initializer gives a value to. */
  readonly inputs: readonly TypedInput[];
  readonly outputs: readonly string[];
  readonly initializers: ReadonlyMap<string, Constant>;
  readonly nodes: readonly OnnxNode[];
}

/** What a TensorProto in the graph is. */
export type ReadTensor = (message: Message) => NamedConstant;

/** Operands or results of a node: more than any network joins. */
const mostNames = 2 ** 14;

/** Graphs in graphs: more than any model has, and few enough for the call stack. */
const mostNesting = 32;

const only = (message: Message, number: number): Field | undefined => {
  let found: Field | undefined;
  for (const field of readFields(message)) if (field.number === number) found = field;
  return found;
};

/** Kinds of AttributeProto whose value proto3 leaves out of the file where it is zero. */
const zeros: Readonly<Record<number, Partial<OnnxAttribute>>> = {
  1: { float: 0 },
  2: { integer: 0 },
  3: { text: "" },
};

const readAttribute = (
  message: Message,
  readTensor: ReadTensor,
  depth: number,
): { name: string; attribute: OnnxAttribute } => {
  let name = "";
  let kind = 0;
  const integers: number[] = [];
  const floats: number[] = [];
  const single: { integer?: number; float?: number; text?: string; tensor?: Constant; graph?: OnnxGraph } =
    {};
  for (const field of readFields(message)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) single.float = floatOf(field);
    else if (field.number === 3) single.integer = integerOf(field);
    else if (field.number === 4) single.text = new TextDecoder().decode(messageOf(field).bytes);
    else if (field.number === 5) single.tensor = readTensor(messageOf(field)).constant;
    else if (field.number === 6) single.graph = readGraph(messageOf(field), readTensor, depth + 1);
    else if (field.number === 7) appendNumbers(field, 4, floats);
    else if (field.number === 8) appendIntegers(field, integers);
    else if (field.number === 20) kind = integerOf(field);
    else if (field.number === 21) {
      throw new DecodeError(
        message.format,
        `attribute "${name}"`,
        "it refers to an attribute of a function, which is not supported",
      );
    }
  }
  return { name, attribute: { ...zeros[kind], ...single, integers, floats } };
};

const readNode = (message: Message, readTensor: ReadTensor, depth: number): OnnxNode => {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  let name = "";
  let operator = "";
  let domain = "";
  const parts: Message[] = [];
  for (const field of readFields(message)) {
    if (field.number === 1) inputs.push(textOf(field));
    else if (field.number === 2) outputs.push(textOf(field));
    else if (field.number === 3) name = textOf(field);
    else if (field.number === 4) operator = textOf(field);
    else if (field.number === 5) parts.push(messageOf(field));
    else if (field.number === 7) domain = textOf(field);
  }
  if (inputs.length > mostNames || outputs.length > mostNames)
    throw new DecodeError(
      message.format,
      `node at byte ${message.offset}`,
      `it has ${inputs.length} operands and ${outputs.length} results, expected at most ${mostNames} each`,
    );
  if (operator === "")
    throw new DecodeError(message.format, `node at byte ${message.offset}`, "it names no operator");
  const qualified = domain === "" || domain === "ai.onnx" ? operator : `${domain}::${operator}`;
  const called = name || outputs.find((output) => output !== "") || `at byte ${message.offset}`;
  for (const part of parts) {
    const { name: key, attribute } = readAttribute(part, readTensor, depth);
    if (attributes.has(key))
      throw new DecodeError(message.format, `node ${called} (${qualified})`, `attribute ${key} stands twice`);
    attributes.set(key, attribute);
  }
  return { name: called, operator: qualified, inputs, outputs, attributes };
};

const readInput = (message: Message): TypedInput => {
  const nameField = only(message, 1);
  const name = nameField === undefined ? "" : textOf(nameField);
  const type = only(message, 2);
  const tensor = type === undefined ? undefined : only(messageOf(type), 1);
  if (tensor === undefined) return { name };
  const typeField = only(messageOf(tensor), 1);
  const elementType = typeField === undefined ? undefined : elementTypeOf(integerOf(typeField));
  const shapeField = only(messageOf(tensor), 2);
  const typed = elementType === undefined ? { name } : { name, elementType };
  if (shapeField === undefined) return typed;
  const shape: (number | string)[] = [];
  for (const dimension of readFields(messageOf(shapeField))) {
    if (dimension.number !== 1) continue;
    let size: number | string = "?";
    for (const field of readFields(messageOf(dimension))) {
      if (field.number === 1) size = integerOf(field);
      else if (field.number === 2) size = textOf(field) || "?";
    }
    shape.push(typeof size === "number" && size < 1 ? "?" : size);
  }
  if (shape.length > mostAxes)
    throw new DecodeError(
      message.format,
      `input "${name}"`,
      `it has ${shape.length} axes, expected at most ${mostAxes}`,
    );
  // Recurrent networks may have their batch behind the sequence, or behind the directions of a state.
  return shape.length === 3 ? { ...typed, shape, batchAxes: [0, 1] } : { ...typed, shape };
};

/**
 * Reads a GraphProto with the graphs that its nodes hold, `depth` graphs deep. Throws a DecodeError for what is damaged,
 * for sparse initializers and for graphs nested beyond the bound.
 */
export const readGraph = (message: Message, readTensor: ReadTensor, depth: number): OnnxGraph => {
  const fail = (problem: string): never => {
    throw new DecodeError(message.format, `the graph at byte ${message.offset}`, problem);
  };
  if (depth > mostNesting) fail(`it lies in ${depth} graphs, expected at most ${mostNesting}`);
  const initializers = new Map<string, Constant>();
  const inputs: TypedInput[] = [];
  const outputs: string[] = [];
  const nodes: OnnxNode[] = [];
  for (const field of readFields(message)) {
    if (field.number === 1) nodes.push(readNode(messageOf(field), readTensor, depth));
    else if (field.number === 5) {
      const { name, constant } = readTensor(messageOf(field));
      if (initializers.has(name)) fail(`it has two initializers "${name}"`);
      initializers.set(name, constant);
    } else if (field.number === 11) inputs.push(readInput(messageOf(field)));
    else if (field.number === 12) outputs.push(readInput(messageOf(field)).name);
    else if (field.number === 15) fail("it has sparse initializers, which are not supported");
  }
  return { inputs: inputs.filter(({ name }) => !initializers.has(name)), outputs, initializers, nodes };
};
