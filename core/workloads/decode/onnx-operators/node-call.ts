import { NetworkError } from "../../../errors.ts";
import type { Constant } from "../../constant.ts";
import type { NetworkBuilder, Value } from "../../network-builder.ts";
import { broadcastShape, showShape } from "../../shape.ts";
import type { OnnxNode } from "../onnx-model.ts";

/** A node with its operands, ready to be interpreted. */
export interface NodeCall {
  readonly network: string;
  readonly node: OnnxNode;
  readonly operands: readonly (Value | undefined)[];
  readonly builder: NetworkBuilder;
  /** Whether nothing else reads the operand at this position, and it is no output of the network. */
  readonly soleUse: (position: number) => boolean;
}

/** Interprets one node: the values of its outputs, in their order. An output without a value here cannot be read. */
export type Operator = (call: NodeCall) => readonly Value[];

/** Throws the NetworkError of a node. */
export const failNode = (call: NodeCall, problem: string): never => {
  throw new NetworkError(call.network, `node ${call.node.name} (${call.node.operator}): ${problem}`);
};

/** The operand at a position; it must be there. */
export const operand = (call: NodeCall, position: number): Value =>
  call.operands[position] ?? failNode(call, `operand ${position + 1} is missing`);

/** The constant at a position, or undefined where the operand is absent. It must not depend on run-time values. */
export const constantOperand = (call: NodeCall, position: number): Constant | undefined => {
  const value = call.operands[position];
  if (value === undefined) return undefined;
  return (
    value.constant ??
    failNode(
      call,
      `operand ${position + 1} (${call.node.inputs[position]}) depends on run-time values; bitfront needs it as a constant`,
    )
  );
};

/** The constant at a position as integers, or undefined where the operand is absent. */
export const integersOperand = (call: NodeCall, position: number): number[] | undefined => {
  const constant = constantOperand(call, position);
  if (constant === undefined) return undefined;
  const values = [...constant.values];
  return values.every(Number.isInteger)
    ? values
    : failNode(call, `operand ${position + 1} must hold integers, is ${showShape(values)}`);
};

/** An integer attribute. */
export const integerAttribute = (call: NodeCall, name: string): number | undefined =>
  call.node.attributes.get(name)?.integer;

/** A list of integers as attribute, or undefined where the node has none of this name. */
export const integersAttribute = (call: NodeCall, name: string): readonly number[] | undefined =>
  call.node.attributes.get(name)?.integers;

/** A text attribute. */
export const textAttribute = (call: NodeCall, name: string): string | undefined =>
  call.node.attributes.get(name)?.text;

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
