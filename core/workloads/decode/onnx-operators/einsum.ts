import { rowMajorStrides } from "../../shape.ts";
import { pickConstant } from "./constant-results.ts";
import { contract, type ProductAxis } from "./contraction.ts";
import {
  failNode,
  moved,
  type NodeCall,
  type Operator,
  type Operators,
  operand,
  textAttribute,
} from "./node-call.ts";
import { rearranged } from "./rearranging.ts";

/** Labels of the axes of each operand and of the result. */
interface Equation {
  readonly operands: readonly string[];
  readonly result: string;
}

/**
 * The labels of an equation with one letter an axis. Without an arrow the result has the letters that stand once, in
 * alphabetical order. Ellipses are given letters that cannot stand in an equation.
 */
const parseEquation = (call: NodeCall, ranks: readonly number[]): Equation => {
  const text = (textAttribute(call, "equation") ?? "").replaceAll(" ", "");
  const fail = (problem: string): never => failNode(call, `equation "${text}": ${problem}`);
  if (!/^[A-Za-z.,]*(->[A-Za-z.]*)?$/.test(text)) fail("expected letters, commas and an arrow");
  const [left, right] = text.split("->");
  const terms = left.split(",");
  if (terms.length !== ranks.length) fail(`it has ${terms.length} terms for ${ranks.length} operands`);
  const widest = Math.max(
    0,
    ...terms.map((term, index) => (term.includes("...") ? ranks[index] - (term.length - 3) : 0)),
  );
  const digits = Array.from({ length: widest }, (_, axis) => String.fromCharCode(0x2460 + axis)).join("");
  const operands = terms.map((term, index) => {
    const covered = ranks[index] - (term.length - 3);
    const labels = term.includes("...") ? term.replace("...", digits.slice(widest - covered)) : term;
    if (labels.includes(".") || labels.length !== ranks[index] || covered < 0)
      fail(`its term "${term}" does not fit an operand of ${ranks[index]} axes`);
    return labels;
  });
  const letters = [...left].filter((letter) => /[A-Za-z]/.test(letter));
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  const result = right?.replace("...", digits) ?? digits + once.sort().join("");
  if (result.includes(".")) fail("its result is malformed");
  return { operands, result };
};

const repeats = (labels: string): boolean => new Set(labels).size < labels.length;

/**
 * Einsum of two operands, as far as it is a matrix product: every axis is summed over in both operands, or is in the
 * result, and no letter stands twice in a term. Without a sum it is a movement; of one operand, which it transposes, a
 * rearrangement. All others (diagonals, sums over an axis of one operand, three operands and more) are refused.
 */
const einsum: Operator = (call) => {
  const values = call.operands.map((_, position) => operand(call, position));
  const { operands, result } = parseEquation(
    call,
    values.map(({ shape }) => shape.length),
  );
  const equation = textAttribute(call, "equation");
  if (operands.length > 2 || [...operands, result].some(repeats))
    failNode(call, `equation "${equation}" is no product of two operands`);
  const sizes = new Map<string, number>();
  for (const [index, labels] of operands.entries()) {
    for (const [axis, label] of [...labels].entries()) {
      const size = values[index].shape[axis];
      const before = sizes.get(label) ?? 1;
      if (size < 1) failNode(call, `equation "${equation}": operand ${index + 1} has no elements`);
      if (before !== 1 && size !== 1 && size !== before)
        failNode(call, `equation "${equation}": sizes ${before} and ${size} of ${label} differ`);
      sizes.set(label, Math.max(before, size));
    }
  }
  const shape = [...result].map(
    (label) => sizes.get(label) ?? failNode(call, `equation "${equation}": ${label} is in no operand`),
  );
  const [first, second] = values;
  const summed = [...sizes.keys()].filter((label) => !result.includes(label));
  if (second === undefined) {
    if (summed.length > 0) failNode(call, `equation "${equation}" sums one operand, which is not supported`);
    const own = rowMajorStrides(first.shape);
    const strides = [...result].map((label) => own[operands[0].indexOf(label)]);
    return [rearranged(call, shape, (constant) => pickConstant(call, constant, shape, strides))];
  }
  if (summed.length === 0) return [moved(call, shape)];
  const strideOf = (index: number, label: string): number | undefined => {
    const axis = operands[index].indexOf(label);
    const { shape: own } = values[index];
    return axis < 0 || own[axis] === 1 ? undefined : rowMajorStrides(own)[axis];
  };
  const axes = [...sizes]
    .filter(([, size]) => size > 1)
    .map(([label, size]): ProductAxis => {
      const [stride, otherStride] = [strideOf(0, label), strideOf(1, label)];
      if (!result.includes(label) && (stride === undefined || otherStride === undefined))
        failNode(call, `equation "${equation}" sums ${label} of one operand alone, which is not supported`);
      return {
        size,
        ...(stride === undefined ? {} : { first: stride }),
        ...(otherStride === undefined ? {} : { second: otherStride }),
        ...(result.includes(label) ? { result: result.indexOf(label) } : {}),
      };
    });
  return [
    contract(call, { first, firstPosition: 0, second, secondPosition: 1, axes, shape, biasParameters: 0 }),
  ];
};

/** Einstein sums. */
export const einsumOperators: Operators = { Einsum: einsum };
