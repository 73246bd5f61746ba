import { type LayerShape, positions } from "./layer.ts";

/**
 * How a batch of inputs multiplies a layer. Weights serve all inputs, so a batch multiplies the positions; the two
 * operands of a matmul both belong to one input, so there it repeats the whole layer.
 */
export const batched = (layer: LayerShape, batch: number): { positions: number; repeats: number } =>
  layer.kind === "matmul"
    ? { positions: positions(layer), repeats: batch }
    : { positions: positions(layer) * batch, repeats: 1 };
