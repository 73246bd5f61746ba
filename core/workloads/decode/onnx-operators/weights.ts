import type { Constant } from "../../constant.ts";
import type { Value } from "../../network-builder.ts";
import { elementCount } from "../../shape.ts";
import { stridedCopy } from "../../strided-copy.ts";
import type { Tensor } from "../../tensor.ts";
import { failNode, type NodeCall } from "./node-call.ts";

/**
 * Trained weights in the canonical order: a tensor of `shape` whose elements lie at `strides` in the constant. Values
 * stored in float64 are rounded to float32. Constants of wide integers are refused.
 */
export const trainedWeights = (
  call: NodeCall,
  constant: Constant,
  shape: readonly number[],
  strides: readonly number[],
): Tensor => {
  const { stored } = constant;
  if (stored === undefined)
    return failNode(
      call,
      `its weights are stored as ${constant.elementType}, expected floats or 8-bit integers`,
    );
  const values = Float32Array.from(stridedCopy(constant.values, shape, strides));
  return { shape, values, stored, origin: "trained" };
};

/** Trained scalars of a bias: as many as a constant has, none of an operand that is absent or known at run time only. */
export const biasParameters = (bias: Value | undefined): number =>
  bias?.constant === undefined ? 0 : elementCount(bias.shape);
