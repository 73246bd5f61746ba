import { DecodeError } from "../../errors.ts";
import type { Constant } from "../constant.ts";
import { decodeTensor, type NamedConstant } from "./onnx-tensor.ts";
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

/** An attribute of a node: what the file holds of it. A nested graph is noted and not read. */
export interface OnnxAttribute {
  readonly integer?: number;
  readonly float?: number;
  readonly text?: string;
  readonly integers: readonly number[];
  readonly floats: readonly number[];
  readonly tensor?: Constant;
  readonly nestedGraph: boolean;
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

/** A graph input: sizes that the file fixes are numbers, all others are text (their name, or `?`). */
export interface OnnxInput {
  readonly name: string;
  /** Undefined where the file gives no shape. */
  readonly shape?: readonly (number | string)[];
}

/** What bitfront needs of an ONNX file. */
export interface OnnxModel {
  readonly opset: number;
  /** Graph inputs without those that an initializer gives a value to. */
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
  readonly initializers: ReadonlyMap<string, Constant>;
  readonly nodes: readonly OnnxNode[];
}

const only = (message: Message, number: number): Field | undefined => {
  let found: Field | undefined;
  for (const field of readFields(message)) if (field.number === number) found = field;
  return found;
};

const readAttribute = (message: Message): { name: string; attribute: OnnxAttribute } => {
  let name = "";
  const integers: number[] = [];
  const floats: number[] = [];
  const single: { integer?: number; float?: number; text?: string; tensor?: Constant } = {};
  let nestedGraph = false;
  for (const field of readFields(message)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) single.float = floatOf(field);
    else if (field.number === 3) single.integer = integerOf(field);
    else if (field.number === 4)
      single.text = String.fromCharCode(...messageOf(field).bytes.subarray(0, 256));
    else if (field.number === 5) single.tensor = decodeTensor(messageOf(field)).constant;
    else if (field.number === 6 || field.number === 11) nestedGraph = true;
    else if (field.number === 7) appendNumbers(field, 4, floats);
    else if (field.number === 8) appendIntegers(field, integers);
    else if (field.number === 21) {
      throw new DecodeError(
        message.format,
        `attribute "${name}"`,
        "it refers to an attribute of a function, which is not supported",
      );
    }
  }
  return { name, attribute: { ...single, integers, floats, nestedGraph } };
};

const readNode = (message: Message): OnnxNode => {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  let name = "";
  let operator = "";
  let domain = "";
  for (const field of readFields(message)) {
    if (field.number === 1) inputs.push(textOf(field));
    else if (field.number === 2) outputs.push(textOf(field));
    else if (field.number === 3) name = textOf(field);
    else if (field.number === 4) operator = textOf(field);
    else if (field.number === 5) {
      const { name: key, attribute } = readAttribute(messageOf(field));
      attributes.set(key, attribute);
    } else if (field.number === 7) domain = textOf(field);
  }
  if (operator === "")
    throw new DecodeError(message.format, `node at byte ${message.offset}`, "it names no operator");
  const qualified = domain === "" || domain === "ai.onnx" ? operator : `${domain}::${operator}`;
  return {
    name: name || (outputs[0] ?? `at byte ${message.offset}`),
    operator: qualified,
    inputs,
    outputs,
    attributes,
  };
};

const readInput = (message: Message): OnnxInput => {
  const nameField = only(message, 1);
  const name = nameField === undefined ? "" : textOf(nameField);
  const type = only(message, 2);
  const tensor = type === undefined ? undefined : only(messageOf(type), 1);
  const shapeField = tensor === undefined ? undefined : only(messageOf(tensor), 2);
  if (shapeField === undefined) return { name };
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
  return { name, shape };
};

/**
 * Decodes the bytes of an ONNX file (onnx.proto3, ModelProto): all constants, nodes in file order, graph inputs and
 * outputs. Nested graphs are skipped and noted at their attribute; sparse initializers and functions are refused.
 * Throws DecodeError with the byte offset or the name of what is wrong; a truncated file never yields a model that
 * lacks its graph.
 */
export const decodeOnnxModel = (bytes: Uint8Array): OnnxModel => {
  const file: Message = { format: "ONNX", bytes, offset: 0 };
  const fail = (problem: string): never => {
    throw new DecodeError("ONNX", "the model", problem);
  };
  let graph: Message | undefined;
  let opset = 0;
  for (const field of readFields(file)) {
    if (field.number === 7) graph = messageOf(field);
    else if (field.number === 8) {
      const domain = only(messageOf(field), 1);
      const version = only(messageOf(field), 2);
      const standard = domain === undefined || ["", "ai.onnx"].includes(textOf(domain));
      if (standard && version !== undefined) opset = integerOf(version);
    } else if (field.number === 25)
      fail("it defines functions of its own, which is not supported: inline them");
  }
  if (graph === undefined) return fail("it has no graph; is this an ONNX file?");
  if (opset < 7) fail(`operator set ${opset === 0 ? "none" : opset}: expected version 7 or later`);

  const initializers = new Map<string, Constant>();
  const inputs: OnnxInput[] = [];
  const outputs: string[] = [];
  const nodes: OnnxNode[] = [];
  for (const field of readFields(graph)) {
    if (field.number === 1) nodes.push(readNode(messageOf(field)));
    else if (field.number === 5) {
      const { name, constant }: NamedConstant = decodeTensor(messageOf(field));
      initializers.set(name, constant);
    } else if (field.number === 11) inputs.push(readInput(messageOf(field)));
    else if (field.number === 12) outputs.push(readInput(messageOf(field)).name);
    else if (field.number === 15) fail("it has sparse initializers, which are not supported");
  }
  return {
    opset,
    inputs: inputs.filter(({ name }) => !initializers.has(name)),
    outputs,
    initializers,
    nodes,
  };
};
