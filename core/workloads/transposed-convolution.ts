import { convolutionLayer } from "./build-layer.ts";
import type { Layer } from "./layer.ts";
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

/** A transposed convolution with weights of the shape [groups, filters / groups, R, S, channels / groups], taps as stored. */
export interface TransposedConvolution {
  readonly name: string;
  readonly groups: number;
  readonly vertical: TransposedAxis;
  readonly horizontal: TransposedAxis;
  readonly biasParameters: number;
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

const phasesOf = (axis: TransposedAxis): Phase[] =>
  Array.from({ length: axis.stride }, (_, index) => phaseOf(axis, index)).filter(
    (phase) => phase !== undefined,
  );

/**
 * Splits a transposed convolution by output phase into stride-1 convolutions of its input, `<name>/phase-i-j`, each
 * with the taps that reach outputs (i, j) modulo the strides. No product with an inserted zero remains, so the
 * multiply–accumulates are exact (positions in the padding are counted, as everywhere). A phase that no tap reaches is
 * bias alone and has no layer; the bias is counted with the first. Rows of input that a phase skips at the top are not
 * shown in its shape.
 */
export const transposedConvolutionLayers = (convolution: TransposedConvolution): Layer[] => {
  const { weights } = convolution;
  const [groups, filtersPerGroup, kernelHeight, kernelWidth, channelsPerGroup] = weights.shape;
  const layers: Layer[] = [];
  for (const vertical of phasesOf(convolution.vertical)) {
    for (const horizontal of phasesOf(convolution.horizontal)) {
      const shape = [
        groups * filtersPerGroup,
        vertical.window.kernel,
        horizontal.window.kernel,
        channelsPerGroup,
      ];
      const strides = [
        kernelHeight * kernelWidth * channelsPerGroup,
        -vertical.tapStep * kernelWidth * channelsPerGroup,
        -horizontal.tapStep * channelsPerGroup,
        1,
      ];
      const offset = (vertical.lastTap * kernelWidth + horizontal.lastTap) * channelsPerGroup;
      layers.push(
        convolutionLayer({
          name: `${convolution.name}/phase-${vertical.index}-${horizontal.index}`,
          channels: groups * channelsPerGroup,
          groups,
          vertical: vertical.window,
          horizontal: horizontal.window,
          biasParameters: layers.length === 0 ? convolution.biasParameters : 0,
          weights: { ...weights, shape, values: stridedCopy(weights.values, shape, strides, offset) },
        }),
      );
    }
  }
  return layers;
};
