import { NetworkError } from "../../errors.ts";
import { showShape } from "../shape.ts";

/** An input of a network as its file describes it: sizes that are not fixed are text. */
export interface OpenInput {
  readonly name: string;
  readonly shape?: readonly (number | string)[];
  /** Axes that the batch may lie on; the first if left out. */
  readonly batchAxes?: readonly number[];
}

type Shapes = Readonly<Record<string, readonly number[]>>;

/** What the user may write for an input: fixed sizes as they are, batch 1, placeholders elsewhere. */
const example = (shape: readonly (number | string)[]): string => {
  const sizes = shape.map((size, axis) => (typeof size === "number" ? size : axis === 0 ? 1 : "N"));
  return showShape(sizes);
};

const bindOne = (
  network: string,
  input: OpenInput,
  given: readonly number[] | undefined,
): readonly number[] => {
  const fail = (problem: string): never => {
    throw new NetworkError(network, `input ${input.name}: ${problem}`);
  };
  const { shape } = input;
  if (given === undefined) {
    if (shape === undefined)
      return fail(`its shape is not in the file; write inputs: { ${input.name}: [1, …] }`);
    const open = shape.findIndex((size) => typeof size !== "number");
    if (open >= 0) {
      return fail(
        `dimension ${open} (${shape[open]}) is not bound; write inputs: { ${input.name}: ${example(shape)} } with a size for each N`,
      );
    }
  } else {
    const wrong = given.findIndex((size) => !Number.isSafeInteger(size) || size < 1);
    if (wrong >= 0) fail(`dimension ${wrong} is ${given[wrong]}, expected an integer of at least 1`);
    if (shape !== undefined && shape.length !== given.length) {
      fail(
        `${showShape(given)} has ${given.length} dimensions, the file has ${shape.length}: ${showShape(shape)}`,
      );
    }
    const unlike = shape?.findIndex((size, axis) => typeof size === "number" && size !== given[axis]) ?? -1;
    if (unlike >= 0) fail(`dimension ${unlike} is ${given[unlike]}, the file fixes it to ${shape?.[unlike]}`);
  }
  const bound = given ?? (shape as readonly number[]);
  const axes = input.batchAxes ?? [0];
  if (bound.length > 1 && axes.every((axis) => bound[axis] !== 1)) {
    const places = axes.map((axis) => `(dimension ${axis}) is ${bound[axis]}`).join(" or ");
    fail(`its batch ${places}, expected 1; the batch is a parameter of the machine`);
  }
  return bound;
};

/**
 * The shape of every input: what the user gives must agree with what the file fixes, every open dimension must be
 * given, and the batch must be 1: the first dimension, or any of the input's batchAxes (inputs of fewer than two
 * dimensions have none). Throws a NetworkError that names input and dimension and shows what to write.
 */
export const bindInputs = (network: string, inputs: readonly OpenInput[], given: Shapes): Shapes => {
  const names = inputs.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new NetworkError(network, `it has no input ${unknown}; its inputs are ${names.join(", ")}`);
  }
  return Object.fromEntries(
    inputs.map((input) => {
      const own = Object.hasOwn(given, input.name) ? given[input.name] : undefined;
      return [input.name, bindOne(network, input, own)];
    }),
  );
};
