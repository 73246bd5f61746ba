import { constantOperators } from "./constant-sources.ts";
import { controlFlowOperators } from "./control-flow.ts";
import { convolutionOperators } from "./convolution.ts";
import { einsumOperators } from "./einsum.ts";
import { castOperators, elementWiseOperators } from "./element-wise.ts";
import { extendingOperators } from "./extending.ts";
import { indexingOperators, selectingOperators } from "./indexing.ts";
import { matrixProductOperators } from "./matrix-product.ts";
import { movingOperators } from "./moving.ts";
import type { Operator, Operators } from "./node-call.ts";
import { foldedOperators } from "./normalization.ts";
import {
  dynamicQuantizationOperators,
  quantizationOperators,
  quantizedLayerOperators,
} from "./quantization.ts";
import { rearrangingOperators } from "./rearranging.ts";
import { recurrentOperators } from "./recurrent.ts";
import { reshapingOperators } from "./reshaping.ts";
import { resizingOperators } from "./resizing.ts";
import { samplingOperators } from "./sampling.ts";
import { transposedOperators } from "./transposed-convolution.ts";

/** What an operator becomes. */
export type OperatorClass = "layers" | "movements" | "element-wise" | "free" | "control flow";

/** The operators of each class. */
const classes: Readonly<Record<OperatorClass, Operators>> = {
  layers: {
    ...convolutionOperators,
    ...transposedOperators,
    ...matrixProductOperators,
    ...einsumOperators,
    ...recurrentOperators,
    ...quantizedLayerOperators,
  },
  movements: {
    ...movingOperators,
    ...selectingOperators,
    ...samplingOperators,
    ...dynamicQuantizationOperators,
  },
  "element-wise": { ...elementWiseOperators, ...quantizationOperators, ...foldedOperators },
  free: {
    ...reshapingOperators,
    ...castOperators,
    ...rearrangingOperators,
    ...extendingOperators,
    ...indexingOperators,
    ...resizingOperators,
    ...constantOperators,
  },
  "control flow": controlFlowOperators,
};

/** Every operator that is understood, by name. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  Object.values(classes).flatMap((members) => Object.entries(members)),
);

/**
 * The ONNX operators that are understood, by what they become:
 *
 * - `layers` have multiply–accumulates (an Einsum without a sum is a movement);
 * - `movements` have none and store their results;
 * - `element-wise` ones are fused into the tensor they act on, or are movements where they join two (see NetworkBuilder);
 *   batch normalizations are folded into the weights of a layer before them;
 * - `free` ones rearrange, change the type, or are computed before run time (Resize is a movement where it interpolates,
 *   Gather where its indices are not constant);
 * - `control flow` is followed: the graph that it chooses, or repeats, is walked.
 */
export const operatorClasses: Readonly<Record<OperatorClass, readonly string[]>> = {
  layers: Object.keys(classes.layers).sort(),
  movements: Object.keys(classes.movements).sort(),
  "element-wise": Object.keys(classes["element-wise"]).sort(),
  free: Object.keys(classes.free).sort(),
  "control flow": Object.keys(classes["control flow"]).sort(),
};
