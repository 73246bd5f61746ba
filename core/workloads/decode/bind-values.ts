import { NetworkError } from "../../errors.ts";
import type { Constant, ElementType } from "../constant.ts";
import { elementCount, showShape } from "../shape.ts";
import type { OpenInput } from "./bind-inputs.ts";
import { valueArray } from "./onnx-tensor.ts";

/** An input with the type of its elements, undefined where the file gives none that is supported. */
export interface TypedInput extends OpenInput {
  readonly elementType?: ElementType;
}

const range = (type: ElementType): readonly [number, number] | undefined => {
  if (type === "bool") return [0, 1];
  const match = /^(u?)int(\d+)$/.exec(type);
  if (match === null) return undefined;
  const [, unsigned, bits] = match;
  return unsigned === ""
    ? [-(2 ** (Number(bits) - 1)), 2 ** (Number(bits) - 1) - 1]
    : [0, 2 ** Number(bits) - 1];
};

/** The shapes of inputs that are given a value: an open dimension of a tensor of one element is 1. */
export const valueShapes = (
  inputs: readonly TypedInput[],
  values: Readonly<Record<string, number>>,
): Readonly<Record<string, readonly number[]>> => {
  const open = inputs.filter(({ name, shape }) => shape !== undefined && Object.hasOwn(values, name));
  return Object.fromEntries(
    open.map(({ name, shape }) => [name, (shape ?? []).map((size) => (typeof size === "number" ? size : 1))]),
  );
};

/**
 * The inputs that the user gives a value, as constants. `shapes` are the bound shapes of all inputs. Throws a NetworkError
 * for a value of an input that the network does not have or that has more than one element, and for a value that its
 * element type does not hold (an integer where integers are expected, 0 or 1 for bool).
 */
export const bindValues = (
  network: string,
  inputs: readonly TypedInput[],
  shapes: Readonly<Record<string, readonly number[]>>,
  values: Readonly<Record<string, number>>,
): ReadonlyMap<string, Constant> => {
  const constants = new Map<string, Constant>();
  for (const [name, value] of Object.entries(values)) {
    const fail = (problem: string): never => {
      throw new NetworkError(network, problem);
    };
    const input = inputs.find((other) => other.name === name);
    if (input === undefined) {
      const names = inputs.map((other) => other.name).join(", ");
      return fail(`it has no input ${name} to give the value ${value}; its inputs are ${names}`);
    }
    const shape = shapes[name];
    if (elementCount(shape) !== 1)
      fail(`input ${name}: the value ${value} is for one element, its shape is ${showShape(shape)}`);
    const elementType = input.elementType ?? fail(`input ${name}: its element type cannot be given a value`);
    const bounds = range(elementType);
    const fits =
      bounds === undefined
        ? Number.isFinite(value)
        : Number.isInteger(value) && value >= bounds[0] && value <= bounds[1];
    if (!fits) fail(`input ${name}: its element type ${elementType} does not hold the value ${value}`);
    constants.set(name, { shape, values: valueArray(elementType, 1).fill(value), elementType });
  }
  return constants;
};
