import { shapeOfAxes, singlePosition } from "./build-shape.ts";
import type { LayerShape } from "./layer.ts";
import type { SlidingWindow } from "./sliding-window.ts";

/** A dimension times a coefficient. */
export interface IndexTerm {
  readonly dimension: string;
  readonly coefficient: number;
}

/** One index of the inputs: a sum of terms. */
export interface InputIndex {
  readonly terms: readonly IndexTerm[];
  /** What of the axis is stored, and the zeros before it, where the file says so; else all that is reached is stored. */
  readonly stored?: { readonly input: number; readonly before: number };
}

/**
 * A perfect loop nest around outputs[…] += weights[…] · inputs[…], as Timeloop and ZigZag describe a layer: a size for
 * each dimension, and the indices of the three operands.
 */
export interface LoopNest {
  readonly name: string;
  readonly sizes: ReadonlyMap<string, number>;
  readonly weights: readonly string[];
  readonly outputs: readonly string[];
  readonly inputs: readonly InputIndex[];
  /** The dimension that counts inputs of the network. */
  readonly batch: string;
  /** The weights are computed by another layer, whatever their indices say. */
  readonly weightsAreActivations?: boolean;
}

/** What a dimension does, by the operands that it indexes. */
type Role = "group" | "filter" | "position" | "reduction" | "none";

/** Is called with what is wrong, as the end of a sentence, and the dimension that it is about. */
export type RefuseNest = (problem: string, dimension?: string) => never;

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/** The extent of an index: how many values it reaches. */
export const reach = ({ terms }: InputIndex, sizes: ReadonlyMap<string, number>): number =>
  terms.reduce((total, { dimension, coefficient }) => total + coefficient * (sizes.get(dimension)! - 1), 1);

/** The roles of all dimensions of a nest. */
const rolesOf = (nest: LoopNest, refuse: RefuseNest): ReadonlyMap<string, Role> => {
  const inputs = new Set(nest.inputs.flatMap(({ terms }) => terms.map(({ dimension }) => dimension)));
  const weights = new Set(nest.weights);
  const outputs = new Set(nest.outputs);
  const roleOf = (dimension: string): Role => {
    const where = `${weights.has(dimension) ? "W" : ""}${inputs.has(dimension) ? "I" : ""}${outputs.has(dimension) ? "O" : ""}`;
    const roles: Readonly<Record<string, Role>> = {
      WIO: "group",
      WO: "filter",
      IO: "position",
      WI: "reduction",
    };
    return roles[where] ?? "none";
  };
  return new Map(
    [...nest.sizes].map(([dimension, size]) => {
      const role = roleOf(dimension);
      if (role === "none" && size !== 1) {
        refuse(
          `(${size}) is an index of at most one operand, which no dimension of a layer is; expected a size of 1`,
          dimension,
        );
      }
      const ofInputs = role === "position" || role === "group";
      if (dimension === nest.batch && ofInputs && size !== 1) {
        refuse(`is the batch (${size}), which is a parameter of the machine; expected 1`, dimension);
      }
      return [dimension, role] as const;
    }),
  );
};

/** The spatial axis of an index of the inputs, undefined where the index is a channel or a group. */
const axisOf = (
  index: InputIndex,
  nest: LoopNest,
  roles: ReadonlyMap<string, Role>,
  refuse: RefuseNest,
): SlidingWindow | undefined => {
  // Dimensions of size 1 that index nothing else, and a batch of 1, do not move the index.
  const terms = index.terms.filter(
    ({ dimension }) =>
      roles.get(dimension) !== "none" && (dimension !== nest.batch || nest.sizes.get(dimension) !== 1),
  );
  const written = terms.map(({ dimension, coefficient }) => `${coefficient}·${dimension}`).join(" + ");
  const position = terms.find(({ dimension }) => roles.get(dimension) === "position");
  const kernel = terms.find(({ dimension }) => roles.get(dimension) === "reduction");
  if (position === undefined) {
    const [only] = terms;
    if (only !== undefined && (terms.length > 1 || only.coefficient !== 1)) {
      refuse(`indexes the inputs by ${written}; expected a position in it, or one dimension`, only.dimension);
    }
    return undefined;
  }
  if (terms.length > (kernel === undefined ? 1 : 2)) {
    refuse(
      `indexes the inputs by ${written}; expected a position and at most one dimension of the kernel`,
      position.dimension,
    );
  }
  const reached = reach(index, nest.sizes);
  return {
    input: index.stored?.input ?? reached,
    output: nest.sizes.get(position.dimension)!,
    kernel: kernel === undefined ? 1 : nest.sizes.get(kernel.dimension)!,
    stride: position.coefficient,
    dilation: kernel?.coefficient ?? 1,
    before: index.stored?.before ?? 0,
  };
};

/**
 * The layer that a loop nest computes. What a dimension is follows from the operands that it indexes, not from its
 * name: all three: a group; weights and outputs: a filter; inputs and outputs: a position; weights and inputs: a channel,
 * or the kernel where it stands beside a position. Several of a kind multiply. The last axes of the inputs are height and
 * width, an only one is the height, a third stands in front as the depth. The batch must be 1; where it indexes all
 * three, the weights are activations. Inputs are all that the windows reach, with zeros of a padding, unless the nest says
 * what is stored. Calls `refuse` for anything else.
 */
export const layerOfLoopNest = (nest: LoopNest, refuse: RefuseNest): LayerShape => {
  const { sizes, inputs } = nest;
  const roles = rolesOf(nest, refuse);
  const seen = new Set<string>();
  for (const { dimension } of inputs.flatMap(({ terms }) => terms)) {
    if (seen.has(dimension)) refuse("indexes the inputs twice; expected once", dimension);
    seen.add(dimension);
  }
  const windows = inputs.flatMap((index) => axisOf(index, nest, roles, refuse) ?? []);
  if (windows.length > 3) refuse(`has ${windows.length} spatial axes; expected at most 3`);
  const vertical = windows.at(windows.length > 1 ? -2 : -1) ?? singlePosition;
  const horizontal = windows.length > 1 ? windows.at(-1)! : singlePosition;
  const depth = windows.length > 2 ? { depth: windows[0] } : {};
  const sizesOf = (role: Role): number[] =>
    [...roles].flatMap(([dimension, own]) => (own === role ? [sizes.get(dimension)!] : []));
  const kernels = product(windows.map(({ kernel }) => kernel));
  const groups = product(sizesOf("group"));
  return shapeOfAxes(
    {
      name: nest.name,
      filters: groups * product(sizesOf("filter")),
      channels: (groups * product(sizesOf("reduction"))) / kernels,
      groups,
      vertical,
      horizontal,
      ...depth,
      weightsOfEachInput: nest.weightsAreActivations === true || roles.get(nest.batch) === "group",
    },
    refuse,
  );
};
