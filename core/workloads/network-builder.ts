import { NetworkError } from "../errors.ts";
import { foldNormalization, type Normalization } from "./batch-normalization.ts";
import type { Constant } from "./constant.ts";
import { uncountable } from "./countable.ts";
import type { Layer } from "./layer.ts";
import type { Movement, Network } from "./network.ts";
import { elementCount, showShape } from "./shape.ts";

/** A stored tensor: what an element-wise operation may be fused into. */
interface Root {
  readonly elements: number;
}

/**
 * A tensor of the graph while it is walked. A constant has no root. `layers` are the indices of the layers that
 * produced exactly this tensor, with `filterAxis` the axis their filters lie on.
 */
export interface Value {
  readonly shape: readonly number[];
  readonly constant?: Constant;
  readonly root?: Root;
  readonly layers?: readonly number[];
  readonly filterAxis?: number;
}

/** Operands of a node: an optional operand that is absent is undefined. */
export type Operands = readonly (Value | undefined)[];

/**
 * Collects layers, movements and absorbed operations while a decoder walks a graph in execution order. It decides
 * what is fused, so that every file format obeys one rule [our decision]:
 *
 * - Every tensor has a **root**: the stored tensor it is an element-by-element function of. A graph input, the output
 *   of a layer, of a movement and of a rearrangement is a root.
 * - An operation that keeps the order of the elements (reshape, flatten, squeeze, cast, dropout in inference) is free
 *   and keeps the root.
 * - A rearrangement (transpose, slice, split, concatenation, padding, pixel shuffle, nearest-neighbour upsampling,
 *   broadcasting) is free, because its reader can address it so, and starts a root of its own.
 * - An element-wise operation whose non-constant operands all have one root, and whose result is as large as that
 *   root, is fused and free: activations, scaling by constants, x · sigmoid(x). Multiplications and additions of
 *   constants that follow a layer stay element-wise; only batch normalizations are folded into weights.
 * - Everything else without multiply–accumulates is a movement that reads its non-constant operands and writes its
 *   results.
 */
export interface NetworkBuilder {
  /** A stored tensor that no operation has to account for: a graph input, a further output of a node. */
  readonly root: (name: string, shape: readonly number[]) => Value;
  readonly constant: (constant: Constant) => Value;
  /** A node without an own trace in layers or movements: it is counted under its operation. */
  readonly absorb: (operation: string) => void;
  readonly sameOrder: (name: string, operation: string, value: Value, shape: readonly number[]) => Value;
  readonly rearranged: (name: string, operation: string, shape: readonly number[]) => Value;
  readonly elementWise: (
    name: string,
    operation: string,
    operands: Operands,
    shape: readonly number[],
  ) => Value;
  readonly movement: (name: string, operation: string, operands: Operands, shape: readonly number[]) => Value;
  readonly layers: (layers: readonly Layer[], shape: readonly number[], filterAxis: number) => Value;
  /**
   * A batch normalization of `value` along `axis`: folded into the layers that produced `value` where `soleUse` says
   * that nothing else reads it and their filters lie on that axis, otherwise element-wise with constants.
   */
  readonly normalization: (
    operation: string,
    value: Value,
    axis: number,
    soleUse: boolean,
    normalization: Normalization,
  ) => Value;
  /** The layers collected so far: the position of the next one seeds what it has to draw. */
  readonly layerCount: () => number;
  readonly finish: (source: string, inputs: Network["inputs"]) => Network;
}

/** Starts a network of this name. Errors of the builder are NetworkErrors that name it. */
export const createNetworkBuilder = (network: string): NetworkBuilder => {
  const layers: Layer[] = [];
  const movements: Movement[] = [];
  const absorbed = new Map<string, number>();
  const names = new Map<string, number>();
  let folded = 0;

  const absorb = (operation: string): void => {
    absorbed.set(operation, (absorbed.get(operation) ?? 0) + 1);
  };
  const checked = (name: string, shape: readonly number[]): readonly number[] => {
    if (shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
      if (Number.isSafeInteger(elementCount(shape))) return shape;
    }
    throw new NetworkError(
      network,
      `the output of ${name} would have the shape ${showShape(shape)}: sizes must be at least 1, and their product below 2^53`,
    );
  };
  const stored = (name: string, shape: readonly number[]): Value => ({
    shape: checked(name, shape),
    root: { elements: elementCount(shape) },
  });
  const unique = (name: string): string => {
    const seen = (names.get(name) ?? 0) + 1;
    names.set(name, seen);
    return seen === 1 ? name : `${name}#${seen}`;
  };
  const movement: NetworkBuilder["movement"] = (name, operation, operands, shape) => {
    const result = stored(name, shape);
    const read = new Set(
      operands.filter((operand) => operand !== undefined && operand.constant === undefined),
    );
    let readElements = 0;
    for (const operand of read) readElements += elementCount(operand?.shape ?? []);
    movements.push({ name: unique(name), operation, readElements, writtenElements: elementCount(shape) });
    return result;
  };

  return {
    root: stored,
    constant: (constant) => ({ shape: constant.shape, constant }),
    absorb,
    sameOrder: (name, operation, value, shape) => {
      absorb(operation);
      return { shape: checked(name, shape), root: value.root };
    },
    rearranged: (name, operation, shape) => {
      absorb(operation);
      return stored(name, shape);
    },
    elementWise: (name, operation, operands, shape) => {
      const roots = new Set<Root>();
      for (const operand of operands) if (operand?.root !== undefined) roots.add(operand.root);
      const [root] = roots;
      if (roots.size !== 1 || root.elements !== elementCount(shape)) {
        return movement(name, operation, operands, shape);
      }
      absorb(operation);
      return { shape: checked(name, shape), root };
    },
    movement,
    layers: (produced, shape, filterAxis) => {
      for (const layer of produced) {
        const problem = uncountable(layer);
        if (problem !== undefined) throw new NetworkError(network, `layer ${layer.name}: ${problem}`);
      }
      const indices = produced.map((layer) => layers.push({ ...layer, name: unique(layer.name) }) - 1);
      return { ...stored(produced[0].name, shape), layers: indices, filterAxis };
    },
    normalization: (operation, value, axis, soleUse, normalization) => {
      absorb(operation);
      const produced = value.layers ?? [];
      if (soleUse && produced.length > 0 && value.filterAxis === axis) {
        for (const [position, index] of produced.entries()) {
          const shifted = foldNormalization(layers[index], normalization);
          // The shift belongs to the output once, however many layers write it.
          layers[index] = { ...shifted, biasParameters: position === 0 ? shifted.filters : 0 };
        }
        folded++;
      }
      return { shape: value.shape, root: value.root };
    },
    layerCount: () => layers.length,
    finish: (source, inputs) => ({
      name: network,
      source,
      inputs,
      layers,
      movements,
      absorbed: Object.fromEntries([...absorbed].sort(([a], [b]) => (a < b ? -1 : 1))),
      foldedBatchNormalizations: folded,
    }),
  };
};
