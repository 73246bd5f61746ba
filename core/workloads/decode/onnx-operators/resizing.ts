import {
  axisOf,
  constantOperand,
  failNode,
  floatsAttribute,
  integersAttribute,
  integersOperand,
  type NodeCall,
  type Operator,
  type Operators,
  operand,
  textAttribute,
} from "./node-call.ts";
import { notComputed, rearranged } from "./rearranging.ts";

/** Scales and sizes along the axes that the node names, or all; either may be empty. */
interface Target {
  readonly axes: readonly number[];
  readonly scales: readonly number[];
  readonly sizes: readonly number[];
}

/** Where an operator set keeps scales: Upsample in an attribute, then both as second operand, then Resize as third beside sizes. */
const targetOf = (call: NodeCall, rank: number): Target => {
  const upsample = call.node.operator === "Upsample" || call.opset < 11;
  const scales = floatsAttribute(call, "scales") ?? [
    ...(constantOperand(call, upsample ? 1 : 2)?.values ?? []),
  ];
  const sizes = upsample ? undefined : integersOperand(call, 3);
  const axes = integersAttribute(call, "axes")?.map((axis) => axisOf(call, axis, rank));
  return { axes: axes ?? Array.from({ length: rank }, (_, axis) => axis), scales, sizes: sizes ?? [] };
};

/** A common scale, by which no given size is exceeded or missed. */
const commonScale = (call: NodeCall, policy: string, ratios: readonly number[]): number => {
  if (policy === "not_larger") return Math.min(...ratios);
  if (policy === "not_smaller") return Math.max(...ratios);
  return failNode(call, `keep_aspect_ratio_policy ${policy} is not known`);
};

const resizedShape = (call: NodeCall, shape: readonly number[]): number[] => {
  const { axes, scales, sizes } = targetOf(call, shape.length);
  const given = sizes.length > 0 ? sizes : scales;
  if (given.length !== axes.length || (sizes.length > 0 && scales.length > 0))
    failNode(call, `it gives ${scales.length} scales and ${sizes.length} sizes for ${axes.length} axes`);
  const wrong = given.findIndex((value) => !(value > 0));
  if (wrong >= 0)
    failNode(call, `the scale or size of axis ${axes[wrong]} is ${given[wrong]}, expected above 0`);
  const policy = textAttribute(call, "keep_aspect_ratio_policy") ?? "stretch";
  const result = [...shape];
  if (sizes.length > 0 && policy !== "stretch") {
    const scale = commonScale(
      call,
      policy,
      axes.map((axis, index) => sizes[index] / shape[axis]),
    );
    for (const axis of axes) result[axis] = Math.round(scale * shape[axis]);
  } else {
    for (const [index, axis] of axes.entries())
      result[axis] = sizes.length > 0 ? sizes[index] : Math.floor(shape[axis] * scales[index]);
  }
  return result;
};

/**
 * Nearest-neighbour resizing is a way to address the tensor; interpolation computes, so it is a movement. A region of
 * interest (tf_crop_and_resize) with scales would change the sizes, and is refused.
 */
const resize: Operator = (call) => {
  const { shape } = operand(call, 0);
  if (textAttribute(call, "coordinate_transformation_mode") === "tf_crop_and_resize")
    failNode(call, "coordinate_transformation_mode tf_crop_and_resize is not supported");
  const result = resizedShape(call, shape);
  if ((textAttribute(call, "mode") ?? "nearest") === "nearest")
    return [rearranged(call, result, notComputed(call))];
  return [call.builder.movement(call.node.name, call.node.operator, [call.operands[0]], result)];
};

/** Changes of the spatial sizes: free by nearest neighbours, otherwise movements. */
export const resizingOperators: Operators = { Resize: resize, Upsample: resize };
