import { DecodeError } from "../../errors.ts";
import type { Architecture } from "../architecture.ts";
import type { LayerShape } from "../layer.ts";
import { type IndexTerm, type InputIndex, layerOfLoopNest, reach } from "../loop-nest.ts";
import type { Movement } from "../network.ts";
import { withUniqueNames } from "../unique-names.ts";
import type { NetworkRequest } from "./network-request.ts";

const format = "ZigZag workload";

/** One layer of a workload file; keys as there. */
export interface ZigZagLayer {
  readonly id: number;
  readonly name?: string | null;
  readonly operator_type: string;
  readonly equation: string;
  readonly dimension_relations?: readonly string[];
  readonly loop_dims: readonly string[];
  readonly loop_sizes: readonly number[];
  readonly operand_precision?: Readonly<Record<string, number>>;
  readonly operand_source?: Readonly<Record<string, number>>;
  readonly pr_loop_dims?: readonly string[] | null;
  readonly pr_loop_sizes?: readonly number[] | null;
  readonly padding?: readonly (readonly [before: number, after: number])[] | null;
}

const products = ["Conv", "Conv_downsample", "Gemm", "MatMul"];
const poolings = ["Pooling", "Pool", "MaxPool", "AveragePool", "GlobalAveragePool"];
const elementWise = ["Add", "Max"];
const operators = [...products, ...poolings, ...elementWise];

/** A part of a layer that is not understood: its key, the position there, and what is wrong. */
type Refuse = (problem: string, ...path: (string | number)[]) => never;

interface Equation {
  readonly operator: "*" | "+";
  readonly weights: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const indicesIn = (brackets: string): string[] =>
  [...brackets.matchAll(/\[(\w*)\]/g)].map(([, name]) => name.toLowerCase()).filter((name) => name !== "");

const equationOf = (layer: ZigZagLayer, refuse: Refuse): Equation => {
  const [, outputs, first, firstIndices, operator, second, secondIndices] =
    /^O((?:\[\w+\])+)\+?=([IW])((?:\[\w*\])+)([*+])([IW])((?:\[\w*\])+)$/.exec(
      layer.equation.replace(/\s+/g, ""),
    ) ?? [];
  if (outputs === undefined || first === second) {
    return refuse(
      "is not understood; expected one such as O[b][k][oy][ox]+=W[k][c][fy][fx]*I[b][c][iy][ix]",
      "equation",
    );
  }
  const [weights, inputs] = first === "W" ? [firstIndices, secondIndices] : [secondIndices, firstIndices];
  return {
    operator: operator as Equation["operator"],
    weights: indicesIn(weights),
    inputs: indicesIn(inputs),
    outputs: indicesIn(outputs),
  };
};

const sizesOf = (layer: ZigZagLayer, refuse: Refuse): ReadonlyMap<string, number> => {
  const { loop_dims, loop_sizes } = layer;
  if (loop_dims.length !== loop_sizes.length) {
    refuse(`has ${loop_sizes.length} sizes for ${loop_dims.length} dimensions`, "loop_sizes");
  }
  const sizes = new Map<string, number>();
  for (const [at, dimension] of loop_dims.entries()) {
    const name = dimension.toLowerCase();
    if (sizes.has(name)) refuse("stands there twice; expected every dimension once", "loop_dims", at);
    sizes.set(name, loop_sizes[at]);
  }
  return sizes;
};

/** Input indices that are sums, such as ix = 2·ox + 1·fx, by their name. */
const relationsOf = (
  layer: ZigZagLayer,
  sizes: ReadonlyMap<string, number>,
  refuse: Refuse,
): ReadonlyMap<string, readonly IndexTerm[]> => {
  const relations = new Map<string, readonly IndexTerm[]>();
  for (const [at, relation] of (layer.dimension_relations ?? []).entries()) {
    const [, name, ...parts] =
      /^(\w+)=(?:([0-9]{1,9})\*)?(\w+)\+(?:([0-9]{1,9})\*)?(\w+)$/.exec(
        relation.toLowerCase().replace(/\s+/g, ""),
      ) ?? [];
    const terms = [0, 2].map((part) => ({
      dimension: parts[part + 1] ?? "",
      coefficient: Number(parts[part] ?? 1),
    }));
    const wrong = terms.some(({ dimension, coefficient }) => !sizes.has(dimension) || coefficient < 1);
    if (name === undefined || wrong || relations.has(name) || sizes.has(name)) {
      refuse(
        "is not understood; expected one such as ix=2*ox+1*fx, of dimensions in loop_dims, and once for each index",
        "dimension_relations",
        at,
      );
    }
    relations.set(name, terms);
  }
  return relations;
};

/** What is stored of the axes that pr_loop_dims names: their sizes without zeros, and the zeros before them. */
const storedOf = (
  layer: ZigZagLayer,
  relations: ReadonlyMap<string, readonly IndexTerm[]>,
  sizes: ReadonlyMap<string, number>,
  refuse: Refuse,
): ReadonlyMap<string, NonNullable<InputIndex["stored"]>> => {
  const names = layer.pr_loop_dims ?? [];
  for (const key of ["pr_loop_sizes", "padding"] as const) {
    const given = layer[key];
    if (given != null && given.length !== names.length) {
      refuse(`has ${given.length} entries for ${names.length} in pr_loop_dims`, key);
    }
  }
  return new Map(
    names.map((written, at) => {
      const name = written.toLowerCase();
      const terms = relations.get(name);
      if (terms === undefined) return refuse("is no index of dimension_relations", "pr_loop_dims", at);
      const [before, after] = layer.padding?.[at] ?? [0, 0];
      const reached = reach({ terms }, sizes);
      const input = layer.pr_loop_sizes?.[at] ?? reached - before - after;
      if (input < 1) refuse(`leaves nothing of the ${reached} that the windows reach`, "padding", at);
      // A pooling may round its outputs up.
      const padded = before + input + after;
      if (padded < reached && products.includes(layer.operator_type)) {
        refuse(`has ${padded} values with its padding, but the windows reach ${reached}`, "pr_loop_dims", at);
      }
      return [name, { input, before }];
    }),
  );
};

/** The operands of a layer's equation, with all that is said of their indices. */
const readLayer = (layer: ZigZagLayer, refuse: Refuse) => {
  if (!operators.includes(layer.operator_type)) {
    refuse(`is not understood; expected one of ${operators.join(", ")}`, "operator_type");
  }
  const { operator, weights, outputs, inputs: names } = equationOf(layer, refuse);
  const sizes = sizesOf(layer, refuse);
  const relations = relationsOf(layer, sizes, refuse);
  const stored = storedOf(layer, relations, sizes, refuse);
  const unknown =
    [...weights, ...outputs].find((name) => !sizes.has(name)) ??
    names.find((name) => !sizes.has(name) && !relations.has(name));
  if (unknown !== undefined) {
    refuse(`has the index ${unknown}; expected one of ${[...sizes.keys()].join(", ")}`, "equation");
  }
  const inputs = names.map((name): InputIndex => {
    const own = stored.get(name);
    const terms = relations.get(name) ?? [{ dimension: name, coefficient: 1 }];
    return own === undefined ? { terms } : { terms, stored: own };
  });
  return { name: layer.name ?? `Layer${layer.id}`, operator, sizes, weights, outputs, inputs };
};

type ReadLayer = ReturnType<typeof readLayer>;

/** Pooling and element-wise operators: they read their inputs as they are stored, and write their outputs. */
const movementOf = (layer: ZigZagLayer, read: ReadLayer, refuse: Refuse): Movement => {
  const { name, sizes, weights, outputs, inputs } = read;
  const batch = sizes.get("b") ?? 1;
  if (batch !== 1) {
    refuse(`has the batch ${batch}, which is a parameter of the machine; expected 1`, "loop_sizes");
  }
  const elements = (indices: readonly string[]): number =>
    indices.reduce((total, index) => total * sizes.get(index)!, 1);
  const ofInputs = inputs.reduce((total, index) => total * (index.stored?.input ?? reach(index, sizes)), 1);
  // The second operand of an addition is a tensor like the first; that of a pooling is no more than its window.
  const readElements = ofInputs + (elementWise.includes(layer.operator_type) ? elements(weights) : 0);
  const writtenElements = elements(outputs);
  if (!Number.isSafeInteger(readElements + writtenElements)) {
    refuse("moves 2^53 elements or more", "loop_sizes");
  }
  return { name, operation: layer.operator_type, readElements, writtenElements };
};

const layerOf = (layer: ZigZagLayer, read: ReadLayer, refuse: Refuse): LayerShape => {
  const { operator, ...nest } = read;
  if (operator !== "*") refuse("adds, but its operator_type multiplies", "equation");
  const weightsFrom = layer.operand_source?.W;
  return layerOfLoopNest(
    { ...nest, batch: "b", weightsAreActivations: weightsFrom !== undefined && weightsFrom !== layer.id },
    (problem, dimension) => {
      const at = layer.loop_dims.findIndex((written) => written.toLowerCase() === dimension);
      return at === -1 ? refuse(problem) : refuse(`${layer.loop_dims[at]} ${problem}`, "loop_sizes", at);
    },
  );
};

/**
 * An architecture of a workload file of ZigZag, in its order, at batch 1; without weights and biases. Conv,
 * Conv_downsample, Gemm and MatMul are layers, and what their dimensions are follows from the equation (see
 * `layerOfLoopNest`); iy is the height, since it stands in front of ix. Pooling and element-wise operators have no
 * multiply–accumulates here and are movements: they read their inputs (of an addition, both) and write their outputs.
 * A W that `operand_source` takes from another layer, or that the batch indexes, is an activation, and the layer a matmul.
 * Zeros of `padding` are not stored; `pr_loop_sizes` is what is. `operand_precision` changes no shape and
 * has no effect: precision is a parameter of the machine, which a sweep gives. What else `operand_source` says (which
 * layer follows which) has none either: layers run in the order of the file. `place` names a part of the data in messages.
 * Source: zigzag/parser/workload_validator.py and workload_factory.py of github KULeuven-MICAS/zigzag.
 * Throws DecodeError with the place: for a batch other than 1, and for operators, equations and sizes that do not fit.
 */
export const decodeZigZag = (
  layers: readonly ZigZagLayer[],
  {
    name,
    source,
    place,
  }: Pick<NetworkRequest, "name" | "source"> & {
    readonly place: (path: readonly (string | number)[]) => string;
  },
): Architecture => {
  const decoded = layers.map((layer, index) => {
    const refuse: Refuse = (problem, ...path) => {
      throw new DecodeError(format, place([index, ...path]), problem);
    };
    const read = readLayer(layer, refuse);
    return products.includes(layer.operator_type)
      ? layerOf(layer, read, refuse)
      : movementOf(layer, read, refuse);
  });
  const named = withUniqueNames<LayerShape | Movement>(decoded);
  const isMovement = (entry: LayerShape | Movement): entry is Movement => "operation" in entry;
  return {
    name,
    source,
    inputs: {},
    layers: named.filter((entry): entry is LayerShape => !isMovement(entry)),
    movements: named.filter(isMovement),
    absorbed: {},
  };
};
