import type { Constant } from "../../constant.ts";
import type { Value } from "../../network-builder.ts";
import { elementCount, showShape } from "../../shape.ts";
import { stridedCopy } from "../../strided-copy.ts";
import type { Tensor } from "../../tensor.ts";
import { isWhole } from "./constant-results.ts";
import { failNode, type NodeCall } from "./node-call.ts";

/** Where the elements of a tensor in the canonical order lie in a constant. */
export interface Placement {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** 0 if left out. */
  readonly offset?: number;
}

/** Weights must be finite in float32; `position` is that of the operand they are. */
const checkFinite = (call: NodeCall, position: number, { shape, values }: Constant): void => {
  for (let index = 0; index < values.length; index++) {
    if (Number.isFinite(Math.fround(values[index]))) continue;
    failNode(
      call,
      `element ${index} of its weights ${call.node.inputs[position]} ${showShape(shape)} is ${values[index]}, expected finite float32 values`,
    );
  }
};

/**
 * Trained weights in the canonical order: those elements of a constant that `placement` says. Values stored in float64 are
 * rounded to float32. All layers with the same elements of one constant share one array. Throws for constants of wide
 * integers, and for NaN and infinities anywhere in the constant. `position` is the operand's, for messages.
 */
export const trainedWeights = (
  call: NodeCall,
  position: number,
  constant: Constant,
  placement: Placement,
): Tensor => {
  const { stored, values } = constant;
  if (stored === undefined) {
    const { elementType } = constant;
    const origin = isWhole(elementType)
      ? `stored as ${elementType}`
      : "computed from integers of 32 bits and more";
    return failNode(call, `its weights are ${origin}, expected floats or integers of 8 or 16 bits`);
  }
  const { shape, strides, offset = 0 } = placement;
  const key = `${shape.join()};${strides.join()};${offset};${stored}`;
  const known = call.trained.get(values) ?? new Map<string, Tensor>();
  call.trained.set(values, known);
  const before = known.get(key);
  if (before !== undefined) return before;
  if (known.size === 0) checkFinite(call, position, constant);
  else call.claim(call, 4 * elementCount(shape));
  const placed = stridedCopy(values, shape, strides, offset);
  const tensor: Tensor = {
    shape,
    values: placed instanceof Float32Array ? placed : Float32Array.from(placed),
    stored,
    origin: "trained",
  };
  known.set(key, tensor);
  return tensor;
};

/** Trained scalars of a bias: as many as a constant has, none of an operand that is absent or known at run time only. */
export const biasParameters = (bias: Value | undefined): number =>
  bias?.constant === undefined ? 0 : elementCount(bias.shape);
