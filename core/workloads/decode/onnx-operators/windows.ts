import { showShape } from "../../shape.ts";
import { type Padding, type SlidingWindow, slidingWindow } from "../../sliding-window.ts";
import { failNode, integerAttribute, integersAttribute, type NodeCall, textAttribute } from "./node-call.ts";

const automatic: ReadonlyMap<string, Padding> = new Map([
  ["VALID", "valid"],
  ["SAME_UPPER", "same-upper"],
  ["SAME_LOWER", "same-lower"],
]);

/** The attributes of convolution and pooling, one entry a spatial axis. */
export interface WindowAttributes {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly paddings: readonly Padding[];
}

/** Strides, dilations and paddings of a node with `axes` spatial axes; what the node does not give is 1 or no padding. */
export const windowAttributes = (call: NodeCall, axes: number): WindowAttributes => {
  const positive = (name: string): readonly number[] => {
    const values = integersAttribute(call, name) ?? new Array<number>(axes).fill(1);
    if (values.length === axes && values.every((value) => Number.isSafeInteger(value) && value > 0))
      return values;
    return failNode(call, `${name} ${showShape(values)}: expected ${axes} integers of at least 1`);
  };
  const mode = textAttribute(call, "auto_pad") ?? "NOTSET";
  const pads = integersAttribute(call, "pads") ?? new Array<number>(2 * axes).fill(0);
  if (pads.length !== 2 * axes || pads.some((value) => value < 0))
    failNode(call, `pads ${showShape(pads)}: expected ${2 * axes} counts`);
  if (mode !== "NOTSET" && !automatic.has(mode)) failNode(call, `auto_pad ${mode} is not known`);
  const paddings = Array.from(
    { length: axes },
    (_, axis) => automatic.get(mode) ?? { before: pads[axis], after: pads[axis + axes] },
  );
  return { strides: positive("strides"), dilations: positive("dilations"), paddings };
};

/** The windows of a node over the spatial axes of its first operand, for a kernel of these sizes. */
export const windowsOf = (
  call: NodeCall,
  spatial: readonly number[],
  kernel: readonly number[],
): SlidingWindow[] => {
  const { strides, dilations, paddings } = windowAttributes(call, spatial.length);
  if (kernel.length !== spatial.length || kernel.some((size) => size < 1)) {
    failNode(call, `a kernel of ${showShape(kernel)} for an input of ${showShape(spatial)}`);
  }
  const roundUp = integerAttribute(call, "ceil_mode") === 1;
  return spatial.map((input, axis) => {
    const window = slidingWindow({
      input,
      kernel: kernel[axis],
      stride: strides[axis],
      dilation: dilations[axis],
      padding: paddings[axis],
      roundUp,
    });
    if (window.output < 1)
      failNode(call, `a kernel of ${showShape(kernel)} does not fit an input of ${showShape(spatial)}`);
    return window;
  });
};
