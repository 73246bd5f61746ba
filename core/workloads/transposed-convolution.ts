import { convolutionShape } from "./build-layer.ts";
import type { Layer, LayerShape } from "./layer.ts";
import type { SlidingWindow } from "./sliding-window.ts";
import { stridedCopy } from "./strided-copy.ts";
import type { Tensor } from "./tensor.ts";

/** One axis of a transposed convolution: output o receives input i through tap t where o = i · stride + t · dilation − before. */
export interface TransposedAxis {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** A transposed convolution in terms of its axes, without weights. */
export interface TransposedConvolutionShape {
  readonly name: string;
  readonly filters: number;
  readonly channels: number;
  readonly groups: number;
  readonly vertical: TransposedAxis;
  readonly horizontal: TransposedAxis;
  readonly biasParameters: number;
}

/** A transposed convolution with weights of the shape [groups, filters / groups, R, S, channels / groups], taps as stored. */
export interface TransposedConvolution extends Omit<TransposedConvolutionShape, "filters" | "channels"> {
  readonly weights: Tensor;
}

interface Phase {
  readonly index: number;
  readonly lastTap: number;
  readonly tapStep: number;
  readonly window: SlidingWindow;
}

/** The outputs phase, phase + stride, … of an axis as a stride-1 convolution; none where no tap reaches them. */
const phaseOf = (axis: TransposedAxis, index: number): Phase | undefined => {
  const taps: number[] = [];
  for (let tap = 0; tap < axis.kernel; tap++) {
    if ((index + axis.before - tap * axis.dilation) % axis.stride === 0) taps.push(tap);
  }
  const output = Math.ceil((axis.output - index) / axis.stride);
  if (taps.length === 0 || output < 1) return undefined;
  const lastTap = taps[taps.length - 1];
  const tapStep = taps.length > 1 ? taps[1] - taps[0] : 1;
  // The last tap meets the earliest input, this many rows from the output's own.
  const firstInput = (index + axis.before - lastTap * axis.dilation) / axis.stride;
  return {
    index,
    lastTap,
    tapStep,
    window: {
      input: axis.input,
      output,
      kernel: taps.length,
      stride: 1,
      dilation: taps.length > 1 ? (tapStep * axis.dilation) / axis.stride : 1,
      before: Math.max(0, -firstInput),
    },
  };
};

/** The phases that taps reach, in order. There are no more than taps, however large the stride is. */
const phasesOf = (axis: TransposedAxis): Phase[] => {
  const reached = Array.from({ length: axis.kernel }, (_, tap) => {
    const phase = (tap * axis.dilation - axis.before) % axis.stride;
    return phase < 0 ? phase + axis.stride : phase;
  });
  const phases = [...new Set(reached)].sort((first, second) => first - second);
  return phases.map((index) => phaseOf(axis, index)).filter((phase) => phase !== undefined);
};

/** A layer of the split, with the taps along each axis that it takes. */
interface PhaseLayer {
  readonly vertical: Phase;
  readonly horizontal: Phase;
  readonly shape: LayerShape;
}

const phaseLayers = (convolution: TransposedConvolutionShape): PhaseLayer[] => {
  const { name, filters, channels, groups, biasParameters } = convolution;
  const columns = phasesOf(convolution.horizontal);
  const pairs = phasesOf(convolution.vertical).flatMap((vertical) =>
    columns.map((horizontal) => ({ vertical, horizontal })),
  );
  return pairs.map(({ vertical, horizontal }, position) => ({
    vertical,
    horizontal,
    shape: convolutionShape({
      name: `${name}/phase-${vertical.index}-${horizontal.index}`,
      filters,
      channels,
      groups,
      vertical: vertical.window,
      horizontal: horizontal.window,
      biasParameters: position === 0 ? biasParameters : 0,
    }),
  }));
};

/**
 * Splits a transposed convolution by output phase into stride-1 convolutions of its input, `<name>/phase-i-j`, each
 * with the taps that reach outputs (i, j) modulo the strides. No product with an inserted zero remains, so the
 * multiply–accumulates are exact (positions in the padding are counted, as everywhere). A phase that no tap reaches is
 * bias alone and has no layer; the bias is counted with the first. Rows of input that a phase skips at the top are not
 * shown in its shape.
 */
export const transposedConvolutionShapes = (convolution: TransposedConvolutionShape): LayerShape[] =>
  phaseLayers(convolution).map(({ shape }) => shape);

/** The layers of the split, each with its taps of the weights in the order of a convolution. */
export const transposedConvolutionLayers = ({ weights, ...convolution }: TransposedConvolution): Layer[] => {
  const [groups, filtersPerGroup, kernelHeight, kernelWidth, channelsPerGroup] = weights.shape;
  const filters = groups * filtersPerGroup;
  const phases = phaseLayers({ ...convolution, filters, channels: groups * channelsPerGroup });
  return phases.map(({ vertical, horizontal, shape }) => {
    const phaseShape = [filters, shape.kernelHeight, shape.kernelWidth, channelsPerGroup];
    const strides = [
      kernelHeight * kernelWidth * channelsPerGroup,
      -vertical.tapStep * kernelWidth * channelsPerGroup,
      -horizontal.tapStep * channelsPerGroup,
      1,
    ];
    const offset = (vertical.lastTap * kernelWidth + horizontal.lastTap) * channelsPerGroup;
    const values = stridedCopy(weights.values, phaseShape, strides, offset);
    return { ...shape, weights: { ...weights, shape: phaseShape, values } };
  });
};
