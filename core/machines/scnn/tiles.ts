import { ModelError } from "../../errors.ts";
import type { LayerShape } from "../../workloads/layer.ts";
import type { SlidingWindow } from "../../workloads/sliding-window.ts";

/** One axis of the plane, cut into input tiles of equal length; the last may be shorter. */
export interface TiledAxis extends SlidingWindow {
  /** Inputs of a tile: ⌈input / processing elements along the axis⌉. */
  readonly tile: number;
  /** Tiles with inputs. */
  readonly tiles: number;
  /** Outputs of the largest output tile: ⌈output / processing elements along the axis⌉. */
  readonly outputTile: number;
}

/** The planes of a layer on the array: each processing element owns one input tile of every channel. */
export interface TiledPlane {
  readonly vertical: TiledAxis;
  readonly horizontal: TiledAxis;
}

/**
 * Cuts the input plane into tiles. The plane is cut as it is stored, without the zeros around it [our decision: DNNsim
 * cuts the padded plane; stored or not, zeros are never multiplied]. Throws ModelError `depth` for a layer with a third axis.
 */
export const tiledPlane = (
  layer: LayerShape,
  array: { readonly height: number; readonly width: number },
): TiledPlane => {
  if (layer.depth !== undefined) {
    throw new ModelError(
      "depth",
      `layer ${layer.name}: found a convolution with a depth; SCNN's tiles are of a plane, expected two axes`,
    );
  }
  const vertical: SlidingWindow = {
    input: layer.inputHeight,
    output: layer.outputHeight,
    kernel: layer.kernelHeight,
    stride: layer.strideHeight,
    dilation: layer.dilationHeight,
    before: layer.paddingTop,
  };
  const horizontal = {
    input: layer.inputWidth,
    output: layer.outputWidth,
    kernel: layer.kernelWidth,
    stride: layer.strideWidth,
    dilation: layer.dilationWidth,
  };
  return {
    vertical: tiledAxis(vertical, array.height),
    horizontal: tiledAxis({ ...horizontal, before: paddingLeft(vertical, horizontal) }, array.width),
  };
};

const tiledAxis = (window: SlidingWindow, elements: number): TiledAxis => {
  const tile = Math.ceil(window.input / elements);
  return {
    ...window,
    tile,
    tiles: Math.ceil(window.input / tile),
    outputTile: Math.ceil(window.output / elements),
  };
};

/**
 * Columns of zeros on the left, which a layer's shape does not say [our decision]: as many as rows on top where the
 * kernel is the same on both axes and so many on either side give the width of the output; otherwise half of what the
 * output needs, rounded down.
 */
const paddingLeft = (vertical: SlidingWindow, horizontal: Omit<SlidingWindow, "before">): number => {
  const { input, output, kernel, stride, dilation } = horizontal;
  const reach = dilation * (kernel - 1) + 1;
  const alike = kernel === vertical.kernel && stride === vertical.stride && dilation === vertical.dilation;
  const { before } = vertical;
  if (alike && Math.floor((input + 2 * before - reach) / stride) + 1 === output) return before;
  return Math.floor(Math.max(0, (output - 1) * stride + reach - input) / 2);
};

/**
 * Whether a layer has no plane and runs by the rule of fully connected layers: products of matrices, and a 1 × 1 kernel
 * over a single position, which is the same [our decision].
 */
export const isFullyConnected = (layer: LayerShape): boolean =>
  layer.kind !== "convolution" ||
  (layer.depth === undefined &&
    layer.inputHeight * layer.inputWidth === 1 &&
    layer.kernelHeight * layer.kernelWidth === 1);

/** Input tiles, one a processing element with work. */
export const tilesOf = ({ vertical, horizontal }: TiledPlane): number => vertical.tiles * horizontal.tiles;

/** Outputs of the largest output tile. */
export const outputsOfTile = ({ vertical, horizontal }: TiledPlane): number =>
  vertical.outputTile * horizontal.outputTile;

/**
 * Inputs x and taps s of an axis meet in output (x + before − s · dilation) / stride where that is whole: those whose
 * x + before and s · dilation have the same remainder, the phase. The output is the difference of their quotients.
 */
export const phaseOfInput = ({ before, stride }: SlidingWindow, x: number): number => (x + before) % stride;
export const quotientOfInput = ({ before, stride }: SlidingWindow, x: number): number =>
  Math.floor((x + before) / stride);
export const phaseOfTap = ({ dilation, stride }: SlidingWindow, tap: number): number =>
  (tap * dilation) % stride;
export const quotientOfTap = ({ dilation, stride }: SlidingWindow, tap: number): number =>
  Math.floor((tap * dilation) / stride);
