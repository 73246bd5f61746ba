import { DecodeError } from "../../errors.ts";
import type { Architecture } from "../architecture.ts";
import type { LayerShape } from "../layer.ts";
import { type IndexTerm, type InputIndex, layerOfLoopNest } from "../loop-nest.ts";
import { withUniqueNames } from "../unique-names.ts";
import type { NetworkRequest } from "./network-request.ts";
import { namedShape, type TimeloopShape } from "./timeloop-shape.ts";

const format = "Timeloop problem";
const mostCount = 2 ** 31 - 1;

/** Keys and positions that lead from the top of a file to a part of it. */
export type Path = readonly (string | number)[];

/** The value of the key `problem`. Sizes stand in `instance`, or in early files in the problem itself. */
export interface TimeloopProblem {
  readonly version?: unknown;
  readonly shape?: string | TimeloopShape;
  readonly instance?: Readonly<Record<string, unknown>>;
  readonly [size: string]: unknown;
}

/** A problem with what a path within it is called in messages: its file, line and key. */
export interface PlacedProblem {
  readonly problem: TimeloopProblem;
  readonly place: (path: Path) => string;
}

/** Sizes that Timeloop's own examples carry beside the dimensions, and that it does not read: the input and its padding. */
const unreadSizes = ["H", "W", "Hpad", "Wpad"];

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Everything about one problem that the parts of its decoding share. */
interface Reading {
  readonly instance: Readonly<Record<string, unknown>>;
  readonly instancePath: Path;
  readonly refuse: (path: Path, problem: string) => never;
}

const readingOf = ({ problem, place }: PlacedProblem): Reading => {
  const refuse = (path: Path, text: string): never => {
    throw new DecodeError(format, place(path), text);
  };
  const { version, shape, instance, ...sizes } = problem;
  if (instance === undefined) return { instance: sizes, instancePath: [], refuse };
  const [other] = Object.keys(sizes);
  if (other !== undefined) refuse([other], "is no key of a problem; expected version, shape or instance");
  return { instance, instancePath: ["instance"], refuse };
};

const countOf = ({ instance, instancePath, refuse }: Reading, name: string): number => {
  const value = instance[name];
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= mostCount) return value;
  const problem = value === undefined ? `${name} is missing` : "is no count";
  return refuse([...instancePath, name], `${problem}; expected a whole number from 1 to ${mostCount}`);
};

const shapeOf = ({ shape }: TimeloopProblem, { instance, refuse }: Reading): TimeloopShape => {
  if (typeof shape === "object") return shape;
  return (
    namedShape(shape ?? "cnn-layer", Object.keys(instance)) ??
    refuse(
      ["shape"],
      "is no shape that is known; expected cnn-layer, gemm-ABZ, or the dimensions and data spaces themselves",
    )
  );
};

const coefficientsOf = (shape: TimeloopShape, reading: Reading): ReadonlyMap<string, number> =>
  new Map(
    (shape.coefficients ?? []).map(({ name, default: value }) => [
      name,
      reading.instance[name] === undefined ? value : countOf(reading, name),
    ]),
  );

/** Whether a density says that nothing is left out. */
const isDense = (density: unknown): boolean => density === 1 || (isRecord(density) && density.density === 1);

const checkOtherKeys = (known: ReadonlySet<string>, { instance, instancePath, refuse }: Reading): void => {
  for (const [key, value] of Object.entries(instance)) {
    if (known.has(key) || unreadSizes.includes(key)) continue;
    const path = [...instancePath, key];
    if (key !== "densities" && key !== "commonDensity") {
      refuse(path, `is no dimension or coefficient of the shape; expected ${[...known].join(", ")}`);
    }
    const dense =
      isDense(value) || (key === "densities" && isRecord(value) && Object.values(value).every(isDense));
    if (!dense) {
      refuse(
        path,
        "are not read, since zeros are counted in the weights themselves; expected densities of 1",
      );
    }
  }
};

/** The data spaces as weights, inputs and outputs, each with its path. */
const operandsOf = (shape: TimeloopShape, refuse: Reading["refuse"]) => {
  const key = shape.data_spaces === undefined ? "data-spaces" : "data_spaces";
  const spaces = (shape[key] ?? []).map((space, index) => ({ space, path: ["shape", key, index] as Path }));
  const isOutput = ({ space }: (typeof spaces)[number]): boolean =>
    space.read_write === true || space["read-write"] === true;
  const outputs = spaces.filter(isOutput);
  const operands = spaces.filter((space) => !isOutput(space));
  if (outputs.length !== 1 || operands.length !== 2) {
    const found = `${operands.length} data spaces that are read and ${outputs.length} that are written`;
    refuse(
      ["shape"],
      `has ${found}; expected 2 that are read, and 1 with ${key === "data_spaces" ? "read_write" : "read-write"}`,
    );
  }
  const isWindowed = ({ space }: (typeof spaces)[number]): boolean =>
    space.projection.some((index) => typeof index !== "string" && index.length > 1);
  // The inputs are what stands beside the Weights; else where windows slide; else the first of the two.
  const inputs =
    operands.find((_, at) => /^weights?$/i.test(operands[1 - at].space.name)) ??
    operands.find(isWindowed) ??
    operands[0];
  const weights = operands[0] === inputs ? operands[1] : operands[0];
  return { inputs, weights, outputs: outputs[0] };
};

/**
 * The layer of one problem. What a dimension is follows from the data spaces that it indexes (see `layerOfLoopNest`).
 * Throws DecodeError with the place.
 */
const layerOf = (placed: PlacedProblem, index: number): LayerShape => {
  const reading = readingOf(placed);
  const { instancePath, refuse } = reading;
  const shape = shapeOf(placed.problem, reading);
  const coefficients = coefficientsOf(shape, reading);
  const { inputs, weights, outputs } = operandsOf(shape, refuse);
  const { dimensions } = shape;
  const repeated = dimensions.find((dimension, at) => dimensions.indexOf(dimension) !== at);
  if (repeated !== undefined) refuse(["shape", "dimensions"], `has ${repeated} twice; expected it once`);
  const sizes = new Map(dimensions.map((dimension) => [dimension, countOf(reading, dimension)]));
  checkOtherKeys(new Set([...dimensions, ...coefficients.keys()]), reading);

  const indicesOf = ({ space, path }: typeof inputs): InputIndex[] =>
    space.projection.map((written, at) => {
      const place = [...path, "projection", at];
      const terms = typeof written === "string" ? [[written]] : written;
      return {
        terms: terms.map(([dimension, name, ...more]): IndexTerm => {
          if (dimension === undefined || !sizes.has(dimension)) {
            refuse(
              place,
              `${dimension ?? "nothing"} is no dimension of the shape; expected ${dimensions.join(", ")}`,
            );
          }
          const coefficient = name === undefined ? 1 : coefficients.get(name);
          if (coefficient === undefined || more.length > 0) {
            return refuse(
              place,
              `${[name, ...more].join(", ")} is no coefficient of the shape; expected ${[...coefficients.keys()].join(", ") || "none"}`,
            );
          }
          return { dimension, coefficient };
        }),
      };
    });
  const dimensionsOf = (operand: typeof inputs): string[] =>
    indicesOf(operand).map(({ terms: [term, ...more] }, at) => {
      if (term !== undefined && more.length === 0) return term.dimension;
      return refuse([...operand.path, "projection", at], "is a sum; only the inputs are indexed by one");
    });

  return layerOfLoopNest(
    {
      name: shape.name ?? `layer${index + 1}`,
      sizes,
      weights: dimensionsOf(weights),
      outputs: dimensionsOf(outputs),
      inputs: indicesOf(inputs),
      batch: "N",
    },
    (problem, dimension) => refuse(dimension === undefined ? [] : [...instancePath, dimension], problem),
  );
};

/**
 * An architecture of the problems of Timeloop, a layer each, in their order, at batch 1; without weights and biases.
 * Versions 0.2 to 0.4 are understood: sizes under `instance` or beside `shape`, data spaces of a shape or the names
 * cnn-layer (with K or M for the filters, and G for groups where it is given) and gemm-ABZ (M vectors, K channels, N
 * filters). C and M are those of one group, as Timeloop multiplies all dimensions. P with R is the height and Q with S the
 * width, each with the stride and dilation that its projection names: in the published shapes P has Wstride. A layer has
 * the name of its shape. N other than 1 and densities other than 1 are refused: the batch is a parameter of the machine,
 * and zeros are counted in the weights. H, W, Hpad and Wpad are not read, as in Timeloop; inputs are all that the windows
 * reach, with zeros of a padding.
 * Sources: problem-shapes/ and src/workload of github NVlabs/timeloop; workspace/example_designs/layer_shapes there.
 * Throws DecodeError with the place.
 */
export const decodeTimeloop = (
  problems: readonly PlacedProblem[],
  { name, source }: Pick<NetworkRequest, "name" | "source">,
): Architecture => ({
  name,
  source,
  inputs: {},
  layers: withUniqueNames(problems.map(layerOf)),
  movements: [],
  absorbed: {},
});
