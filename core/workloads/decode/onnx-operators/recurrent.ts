import { matrixProductLayer } from "../../build-layer.ts";
import type { Constant } from "../../constant.ts";
import type { Layer } from "../../layer.ts";
import { showShape } from "../../shape.ts";
import {
  constantOperand,
  failNode,
  hasOutput,
  integerAttribute,
  integersOperand,
  type NodeCall,
  neededConstant,
  type Operator,
  type Operators,
  operand,
  textAttribute,
} from "./node-call.ts";
import { trainedWeights } from "./weights.ts";

/** The sizes of a recurrent node: its input is [steps, batch, features], or [batch, steps, features] with layout 1. */
interface Sizes {
  readonly directions: readonly string[];
  readonly steps: number;
  readonly batch: number;
  readonly features: number;
  readonly hidden: number;
  readonly batchFirst: boolean;
}

const directionNames: ReadonlyMap<string, readonly string[]> = new Map([
  ["forward", ["forward"]],
  ["reverse", ["reverse"]],
  ["bidirectional", ["forward", "reverse"]],
]);

const sizesOf = (call: NodeCall, gates: number, inputWeights: Constant, hiddenWeights: Constant): Sizes => {
  const { shape } = operand(call, 0);
  if (shape.length !== 3) failNode(call, `its input is ${showShape(shape)}, expected three axes`);
  const batchFirst = integerAttribute(call, "layout") === 1;
  const [steps, batch] = batchFirst ? [shape[1], shape[0]] : shape;
  const direction = textAttribute(call, "direction") ?? "forward";
  const directions = directionNames.get(direction) ?? failNode(call, `direction ${direction} is not known`);
  const features = shape[2];
  const hidden = hiddenWeights.shape.at(-1) ?? 0;
  const expected = [directions.length, gates * hidden];
  if (
    inputWeights.shape.join() !== [...expected, features].join() ||
    hiddenWeights.shape.join() !== [...expected, hidden].join() ||
    (integerAttribute(call, "hidden_size") ?? hidden) !== hidden
  ) {
    failNode(
      call,
      `weights of ${showShape(inputWeights.shape)} and ${showShape(hiddenWeights.shape)} for ${directions.length} directions of ${gates} gates on an input of ${showShape(shape)}`,
    );
  }
  return { directions, steps, batch, features, hidden, batchFirst };
};

/** Steps over all sequences of the batch: all of them, or as many as each sequence is long. */
const stepsOf = (call: NodeCall, { steps, batch }: Sizes): number => {
  const lengths = integersOperand(call, 4);
  if (lengths === undefined) return steps * batch;
  const wrong = lengths.findIndex((length) => length < 1 || length > steps);
  if (lengths.length !== batch || wrong >= 0)
    failNode(
      call,
      `sequence lengths of ${showShape(lengths.slice(0, 8))} for ${batch} sequences of ${steps} steps`,
    );
  return lengths.reduce((sum, length) => sum + length, 0);
};

/** Scalars of one direction in a constant operand that has a row for each direction. */
const scalarsEach = (call: NodeCall, position: number, { directions }: Sizes, each: number): number => {
  const constant = constantOperand(call, position);
  if (constant === undefined) return 0;
  if (constant.shape.join() !== [directions.length, each].join())
    failNode(
      call,
      `operand ${position + 1} is ${showShape(constant.shape)}, expected ${showShape([directions.length, each])}`,
    );
  return each;
};

/**
 * A recurrent cell with `gates` gates. Each direction is two linear layers on all steps, `<name>/<direction>/input` and
 * `…/recurrent`: the gates' matrices applied to the inputs and to the hidden states. Nonlinearities, gate products and the
 * cell state are fused; peepholes count as parameters beside the recurrent weights. Products with an initial state of zero
 * are counted as all others.
 *
 * The steps of the recurrent layer follow each other, each needing the one before: a machine that spreads positions over
 * processing elements (`spread: filters+positions`) is estimated too fast on it.
 */
const recurrentCell =
  (gates: number): Operator =>
  (call) => {
    const inputWeights = neededConstant(call, 1);
    const hiddenWeights = neededConstant(call, 2);
    const sizes = sizesOf(call, gates, inputWeights, hiddenWeights);
    const { directions, steps, batch, features, hidden, batchFirst } = sizes;
    const vectors = stepsOf(call, sizes);
    const filters = gates * hidden;
    const biases = scalarsEach(call, 3, sizes, 2 * filters) / 2;
    const peepholes = scalarsEach(call, 7, sizes, 3 * hidden);
    const product = (
      position: number,
      channels: number,
      direction: number,
      name: string,
      beside: number,
    ): Layer =>
      matrixProductLayer({
        name: `${call.node.name}/${directions[direction]}/${name}`,
        kind: "linear",
        groups: 1,
        vectors,
        biasParameters: beside,
        weights: trainedWeights(call, position, position === 1 ? inputWeights : hiddenWeights, {
          shape: [filters, 1, 1, channels],
          strides: [channels, 0, 0, 1],
          offset: direction * filters * channels,
        }),
      });
    const layers = directions.flatMap((_, direction) => [
      product(1, features, direction, "input", biases),
      product(2, hidden, direction, "recurrent", biases + peepholes),
    ]);
    const all = batchFirst
      ? [batch, steps, directions.length, hidden]
      : [steps, directions.length, batch, hidden];
    const last = batchFirst ? [batch, directions.length, hidden] : [directions.length, batch, hidden];
    const sequence = call.builder.layers(layers, all, -1);
    const states = [1, 2].map((position) =>
      hasOutput(call, position) ? call.builder.root(call.node.name, last) : undefined,
    );
    return [sequence, ...states];
  };

/** Recurrent cells. */
export const recurrentOperators: Operators = {
  GRU: recurrentCell(3),
  LSTM: recurrentCell(4),
  RNN: recurrentCell(1),
};
