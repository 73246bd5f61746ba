import { showShape } from "../../shape.ts";
import {
  failNode,
  integerAttribute,
  integersAttribute,
  integersOperand,
  moved,
  named,
  type Operator,
  type Operators,
  operand,
} from "./node-call.ts";

/** Samples of a tensor at the places of a grid [batch, out …, axes]. */
const gridSample: Operator = (call) => {
  const { shape } = operand(call, 0);
  const { shape: grid } = operand(call, 1);
  if (grid.length !== shape.length || grid.at(-1) !== shape.length - 2 || grid[0] !== shape[0])
    failNode(call, `a grid of the shape ${showShape(grid)} on ${showShape(shape)}`);
  return [moved(call, [...shape.slice(0, 2), ...grid.slice(1, -1)])];
};

/** Regions [count, …] of a tensor [batch, channels, height, width] at a fixed size. */
const regions: Operator = (call) => {
  const { shape } = operand(call, 0);
  const { shape: rois } = operand(call, 1);
  const pooled = integersAttribute(call, "pooled_shape") ?? [
    integerAttribute(call, "output_height") ?? 1,
    integerAttribute(call, "output_width") ?? 1,
  ];
  if (shape.length !== 4 || rois.length !== 2 || pooled.length !== 2)
    failNode(call, `regions of the shape ${showShape(rois)} of ${showShape(shape)} at ${showShape(pooled)}`);
  return [moved(call, [rois[0], shape[1], ...pooled])];
};

/** Puts pooled values back where they came from. */
const unpool: Operator = (call) => {
  const { shape } = operand(call, 0);
  const asked = integersOperand(call, 2);
  if (asked !== undefined) return [moved(call, asked)];
  const spatial = shape.slice(2);
  const kernel = integersAttribute(call, "kernel_shape") ?? [];
  const strides = integersAttribute(call, "strides") ?? spatial.map(() => 1);
  const pads = integersAttribute(call, "pads") ?? spatial.flatMap(() => [0, 0]);
  if (
    kernel.length !== spatial.length ||
    strides.length !== spatial.length ||
    pads.length !== 2 * spatial.length
  )
    failNode(call, `kernel_shape, strides or pads do not fit an input of ${showShape(shape)}`);
  const unpooled = spatial.map(
    (size, axis) => (size - 1) * strides[axis] + kernel[axis] - pads[axis] - pads[axis + spatial.length],
  );
  return [moved(call, [...shape.slice(0, 2), ...unpooled])];
};

/** Operators that sample a tensor at places known at run time: movements, the interpolation is not counted. */
export const samplingOperators: Operators = {
  ...named("MaxRoiPool RoiAlign", regions),
  GridSample: gridSample,
  MaxUnpool: unpool,
};
