import { NetworkError } from "../../errors.ts";
import type { Architecture } from "../architecture.ts";
import { convolutionShape, matrixProductShape } from "../build-layer.ts";
import type { LayerShape } from "../layer.ts";
import type { Movement } from "../network.ts";
import { elementCount, showShape } from "../shape.ts";
import { type SlidingWindow, slidingWindow } from "../sliding-window.ts";
import { transposedConvolutionShapes } from "../transposed-convolution.ts";
import { withUniqueNames } from "../unique-names.ts";
import { type FeatureMap, mapElements, sameSize, showMap } from "./feature-map.ts";
import type { AxisSizes, ForwardPass, Offset, Window } from "./forward-pass.ts";
import { createTrainedLayers } from "./trained-layers.ts";

const onAxes = (sizes: AxisSizes | undefined, otherwise: number, axes: number): readonly number[] =>
  typeof sizes === "object" ? sizes : new Array<number>(axes).fill(sizes ?? otherwise);

/** A window along every axis of a map, before it is known whether it fits. */
const windowsOver = ({ size }: FeatureMap, window: Window): SlidingWindow[] => {
  const [kernel, stride, padding, dilation] = [
    onAxes(window.kernel, 1, size.length),
    onAxes(window.stride, 1, size.length),
    onAxes(window.padding, 0, size.length),
    onAxes(window.dilation, 1, size.length),
  ];
  return size.map((input, axis) =>
    slidingWindow({
      input,
      kernel: kernel[axis],
      stride: stride[axis],
      dilation: dilation[axis],
      padding: { before: padding[axis], after: padding[axis] },
      roundUp: window.roundUp ?? false,
    }),
  );
};

/** Starts the pass of a network at these inputs. */
export const recordPass = (network: string, inputs: Architecture["inputs"]): ForwardPass => {
  const refuse = (problem: string): never => {
    throw new NetworkError(network, problem);
  };
  const { layers, sharedWeights, add } = createTrainedLayers(refuse);
  const movements: Movement[] = [];
  const normalized = new Set<string>();
  const absorbed = new Map<string, number>();
  let otherParameters = 0;

  const absorb = (operation: string): void => {
    absorbed.set(operation, (absorbed.get(operation) ?? 0) + 1);
  };
  /** A map of its own, so that two operations that yield one shape remain two operands. */
  const stored = (name: string, map: FeatureMap): FeatureMap => {
    const shape = [map.channels, ...map.size];
    const fits = shape.every((length) => Number.isSafeInteger(length) && length > 0);
    if (fits && Number.isSafeInteger(mapElements(map))) return { ...map };
    return refuse(
      `the output of ${name} would have the shape ${showMap(map)}: sizes must be integers of at least 1, and their product below 2^53`,
    );
  };
  const bound = (name: string, expected: readonly (number | string)[]): readonly number[] => {
    const shape = inputs[name];
    const fits = expected.every((length, axis) =>
      typeof length === "number" ? shape[axis] === length : Number.isSafeInteger(shape[axis]),
    );
    if (fits && shape.length === expected.length && shape.every((length) => length > 0)) return shape;
    return refuse(
      `input ${name} has the shape ${showShape(shape)}, expected ${showShape(expected)}; the batch is a parameter of the machine`,
    );
  };
  const inputMap = (name: string, expected: readonly (number | string)[]): FeatureMap => {
    const [, channels, ...size] = bound(name, expected);
    return stored(name, { channels, size });
  };
  const windowed = (name: string, input: FeatureMap, window: Window): SlidingWindow[] => {
    const windows = windowsOver(input, window);
    if (windows.some(({ output }) => output < 1)) {
      const kernel = showShape(onAxes(window.kernel, 1, input.size.length));
      refuse(`the kernel ${kernel} of ${name} does not fit its input ${showMap(input)}`);
    }
    return windows;
  };
  /** Adds the layers of one weight tensor. The shift of a folded normalization is their bias, its scale is no layer's. */
  const place = (shapes: readonly LayerShape[], offset: Offset, filters: number): void => {
    const trained = shapes.map(add);
    if (offset !== "batch-normalization") return;
    absorb("BatchNormalization");
    if (trained[0]) otherParameters += filters;
  };
  const movement: ForwardPass["movement"] = (name, operation, operands, result) => {
    let readElements = 0;
    for (const operand of new Set(operands)) readElements += mapElements(operand);
    const written = stored(name, result);
    movements.push({ name, operation, readElements, writtenElements: mapElements(written) });
    return written;
  };

  return {
    refuse,
    image: (name, channels) => inputMap(name, [1, channels, "height", "width"]),
    video: (name, channels) => inputMap(name, [1, channels, "depth", "height", "width"]),
    sequence: (name) => bound(name, [1, "length"])[1],
    convolution: (name, input, options) => {
      const { filters, groups = 1, offset } = options;
      const { channels } = input;
      if (channels % groups !== 0 || filters % groups !== 0)
        refuse(`${name}: ${channels} channels and ${filters} filters cannot be split into ${groups} groups`);
      const windows = windowed(name, input, options);
      const [horizontal, vertical, depth] = [...windows].reverse();
      const biasParameters = offset === "none" ? 0 : filters;
      const axes = { name, filters, channels, groups, vertical, horizontal, depth, biasParameters };
      place([convolutionShape(axes)], offset, filters);
      return stored(name, { channels: filters, size: windows.map(({ output }) => output) });
    },
    transposedConvolution: (name, input, options) => {
      const { filters, kernel, stride, padding, outputPadding = 0, offset } = options;
      const { channels } = input;
      const [vertical, horizontal] = input.size.map((length) => {
        const output = stride * (length - 1) + kernel + outputPadding - 2 * padding;
        return { input: length, output, kernel, stride, dilation: 1, before: padding };
      });
      const result = stored(name, { channels: filters, size: [vertical.output, horizontal.output] });
      const biasParameters = offset === "none" ? 0 : filters;
      const axes = { name, filters, channels, groups: 1, vertical, horizontal, biasParameters };
      place(transposedConvolutionShapes(axes), offset, filters);
      return result;
    },
    linear: (name, input, { channels, filters, offset }) => {
      if (input.channels !== channels)
        refuse(`${name} takes vectors of ${channels} values, its input is ${showMap(input)}`);
      const vectors = elementCount(input.size);
      const biasParameters = offset === "none" ? 0 : filters;
      const axes = { name, kind: "linear", filters, channels, groups: 1, vectors, biasParameters } as const;
      place([matrixProductShape(axes)], offset, filters);
      return stored(name, { channels: filters, size: [vectors, 1] });
    },
    product: (name, { groups, rows, columns, depth }) => {
      // The first operand is read once a column, the second once a row.
      const [perGroup, vectors] = columns > rows ? [rows, columns] : [columns, rows];
      const [filters, channels] = [groups * perGroup, groups * depth];
      const axes = { name, kind: "matmul", filters, channels, groups, vectors, biasParameters: 0 } as const;
      place([matrixProductShape(axes)], "none", filters);
      return stored(name, { channels: groups * columns, size: [rows, 1] });
    },
    pool: (name, operation, input, window) => {
      const size = windowed(name, input, window).map(({ output }) => output);
      return movement(name, operation, [input], { channels: input.channels, size });
    },
    globalAverage: (name, input) => {
      const result = { channels: input.channels, size: input.size.map(() => 1) };
      return movement(name, "GlobalAveragePool", [input], result);
    },
    movement,
    elementWise: (name, operation, first, second) => {
      if (first.channels !== second.channels || !sameSize(first, second))
        refuse(`${name} combines tensors of the shapes ${showMap(first)} and ${showMap(second)}`);
      return movement(name, operation, [first, second], first);
    },
    normalization: (name, operation, input) => {
      if (!normalized.has(name)) otherParameters += 2 * input.channels;
      normalized.add(name);
      return movement(name, operation, [input], input);
    },
    batchNormalization: (input) => {
      otherParameters += 2 * input.channels;
      absorb("BatchNormalization");
      return input;
    },
    absorbed: (operation, result) => {
      absorb(operation);
      return stored(operation, result);
    },
    concatenated: (name, maps) => {
      const [first, ...others] = maps;
      const unlike = others.find((map) => !sameSize(first, map));
      if (unlike !== undefined)
        refuse(`${name} joins tensors of the shapes ${showMap(first)} and ${showMap(unlike)}`);
      absorb("Concat");
      const channels = maps.reduce((sum, map) => sum + map.channels, 0);
      return stored(name, { channels, size: first.size });
    },
    otherParameters: (count) => {
      otherParameters += count;
    },
    finish: () => ({
      name: network,
      source: `architecture ${network}`,
      inputs,
      layers,
      movements: withUniqueNames(movements),
      absorbed: Object.fromEntries([...absorbed].sort(([a], [b]) => (a < b ? -1 : 1))),
      otherParameters,
      sharedWeights,
    }),
  };
};
