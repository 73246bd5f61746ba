import type { Constant } from "../../constant.ts";
import type { Value } from "../../network-builder.ts";
import { rowMajorStrides, showShape } from "../../shape.ts";
import type { OnnxGraph } from "../onnx-graph.ts";
import { integerConstant, pickConstant } from "./constant-results.ts";
import {
  axisOf,
  constantOperand,
  failNode,
  graphAttribute,
  integerAttribute,
  integersAttribute,
  integersOperand,
  type NodeCall,
  neededConstant,
  type Operator,
  type Operators,
  operand,
} from "./node-call.ts";
import { joinConstants } from "./rearranging.ts";

/** The branch that a constant condition chooses; the other one is not looked at. */
const branch: Operator = (call) => {
  const { values, shape } = neededConstant(call, 0);
  if (values.length !== 1) failNode(call, `its condition is ${showShape(shape)}, expected one element`);
  call.builder.absorb(call.node.operator);
  return call.run(graphAttribute(call, values[0] === 0 ? "else_branch" : "then_branch"), [], false);
};

/** One iteration's results along a new or given axis: constants are joined, activations are a tensor of their own. */
const stacked = (call: NodeCall, results: readonly Value[], axis: number): Value | undefined => {
  const [first] = results;
  if (first === undefined) return undefined;
  const unlike = results.find(({ shape }) => shape.join() !== first.shape.join());
  if (unlike !== undefined)
    failNode(
      call,
      `its iterations yield results of the shapes ${showShape(first.shape)} and ${showShape(unlike.shape)}`,
    );
  const place = axisOf(call, axis, first.shape.length + 1);
  const around = (size: number) => [...first.shape.slice(0, place), size, ...first.shape.slice(place)];
  const shape = around(results.length);
  const constants = results.map(({ constant }) => constant).filter((constant) => constant !== undefined);
  if (constants.length < results.length) return call.builder.root(call.node.name, shape);
  const slices = constants.map((constant): Constant => ({ ...constant, shape: around(1) }));
  return call.builder.constant(joinConstants(call, slices, shape, place));
};

/** One iteration of a body, which must have at least as many outputs as are passed on. */
const iterate = (
  call: NodeCall,
  body: OnnxGraph,
  inputs: readonly Value[],
  least: number,
): readonly Value[] => {
  if (body.outputs.length < least)
    failNode(call, `its body has ${body.outputs.length} outputs, expected at least ${least}`);
  call.unroll(call, body.nodes.length + 1);
  return call.run(body, inputs, true);
};

/** What iterations have left: the tensors that each passes to the next, and for each scan output its parts. */
interface Progress {
  carried: readonly Value[];
  readonly scanned: Value[][];
}

const keep = (progress: Progress, results: readonly Value[]): void => {
  const { length } = progress.carried;
  progress.carried = results.slice(0, length);
  for (const [index, result] of results.slice(length).entries()) progress.scanned[index].push(result);
};

/**
 * Loop: the body as often as a constant trip count says, or until its condition, computed before run time, is false. The
 * body is unrolled: every iteration has layers of its own, on the same weights, since it may carry state from the one
 * before and its shapes may grow.
 */
const loop: Operator = (call) => {
  const body = graphAttribute(call, "body");
  const limit = integersOperand(call, 0)?.[0] ?? Number.POSITIVE_INFINITY;
  let going = (constantOperand(call, 1)?.values[0] ?? 1) !== 0;
  const initial = call.operands.slice(2).map((_, index) => operand(call, index + 2));
  const scans = body.outputs.length - 1 - initial.length;
  const progress: Progress = {
    carried: initial,
    scanned: Array.from({ length: Math.max(0, scans) }, () => []),
  };
  call.builder.absorb(call.node.operator);
  for (let iteration = 0; iteration < limit && going; iteration++) {
    const count = call.builder.constant(integerConstant([], [iteration]));
    const condition = call.builder.constant({ shape: [], values: Float32Array.of(1), elementType: "bool" });
    const [next, ...results] = iterate(
      call,
      body,
      [count, condition, ...progress.carried],
      initial.length + 1,
    );
    if (next.constant === undefined)
      failNode(
        call,
        "whether it goes on depends on run-time values, so that its iterations cannot be counted",
      );
    going = next.constant?.values[0] !== 0;
    keep(progress, results);
  }
  return [...progress.carried, ...progress.scanned.map((parts) => stacked(call, parts, 0))];
};

/** A slice of a scan input, without its axis. */
const sliceOf = (call: NodeCall, value: Value, axis: number, index: number): Value => {
  const { shape, constant } = value;
  const rest = shape.filter((_, other) => other !== axis);
  if (constant === undefined) return call.builder.root(call.node.name, rest);
  const strides = rowMajorStrides(shape);
  const kept = strides.filter((_, other) => other !== axis);
  return call.builder.constant(pickConstant(call, constant, rest, kept, index * strides[axis]));
};

/**
 * Scan: the body once for each entry of the scan inputs along their axes, forward or in reverse, unrolled as a Loop.
 */
const scan: Operator = (call) => {
  if (call.opset === 8) failNode(call, "Scan of operator set 8, which scans a batch, is not supported");
  const body = graphAttribute(call, "body");
  const inputs = call.operands.map((_, index) => operand(call, index));
  const scanned = integerAttribute(call, "num_scan_inputs") ?? 0;
  const states = inputs.length - scanned;
  if (scanned < 1 || states < 0) failNode(call, `num_scan_inputs is ${scanned} of ${inputs.length} operands`);
  const outputs = body.outputs.length - states;
  const listed = (name: string, length: number): readonly number[] => {
    const list = integersAttribute(call, name) ?? new Array<number>(Math.max(0, length)).fill(0);
    return list.length === length
      ? list
      : failNode(call, `${name} has ${list.length} entries, expected ${length}`);
  };
  const sequences = inputs.slice(states);
  const axes = listed("scan_input_axes", scanned).map((axis, index) =>
    axisOf(call, axis, sequences[index].shape.length),
  );
  const reversed = listed("scan_input_directions", scanned).map((direction) => direction === 1);
  const outputAxes = listed("scan_output_axes", outputs);
  const outputReversed = listed("scan_output_directions", outputs).map((direction) => direction === 1);
  const lengths = sequences.map(({ shape }, index) => shape[axes[index]]);
  const [length] = lengths;
  if (lengths.some((other) => other !== length))
    failNode(call, `its scan inputs have ${lengths.join(", ")} entries, expected as many each`);
  const progress: Progress = {
    carried: inputs.slice(0, states),
    scanned: Array.from({ length: outputs }, () => []),
  };
  call.builder.absorb(call.node.operator);
  for (let step = 0; step < length; step++) {
    const slices = sequences.map((value, index) =>
      sliceOf(call, value, axes[index], reversed[index] ? length - 1 - step : step),
    );
    keep(progress, iterate(call, body, [...progress.carried, ...slices], states));
  }
  return [
    ...progress.carried,
    ...progress.scanned.map((parts, index) =>
      stacked(call, outputReversed[index] ? parts.reverse() : parts, outputAxes[index]),
    ),
  ];
};

/** Control flow that is decided before run time. */
export const controlFlowOperators: Operators = { If: branch, Loop: loop, Scan: scan };
