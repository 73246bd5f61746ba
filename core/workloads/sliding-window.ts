/** One axis of a convolution or pooling: sizes in elements, zeros before and after the input. */
export interface SlidingWindow {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

/** How an axis is padded: explicitly, not at all, or so that output = ⌈input / stride⌉ with the odd zero last or first. */
export type Padding =
  | { readonly before: number; readonly after: number }
  | "valid"
  | "same-upper"
  | "same-lower";

/** The geometry of a window that slides along one axis, before its output size is known. */
export interface WindowGeometry {
  readonly input: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padding: Padding;
  /** Count a last window that reaches past the padded input (pooling with ceil_mode). */
  readonly roundUp?: boolean;
}

/**
 * The output size of a sliding window, and the zeros before the input. An output below 1 is returned as it is: the
 * caller knows the name of what does not fit. Rules of ONNX (Conv, MaxPool) and Keras (`same`, `valid`), which agree.
 */
export const slidingWindow = (geometry: WindowGeometry): SlidingWindow => {
  const { input, kernel, stride, dilation, padding } = geometry;
  const reach = dilation * (kernel - 1) + 1;
  if (padding === "same-upper" || padding === "same-lower") {
    const output = Math.ceil(input / stride);
    const total = Math.max(0, (output - 1) * stride + reach - input);
    const before = padding === "same-upper" ? Math.floor(total / 2) : Math.ceil(total / 2);
    return { input, output, kernel, stride, dilation, before };
  }
  const { before, after } = padding === "valid" ? { before: 0, after: 0 } : padding;
  const steps = (input + before + after - reach) / stride;
  let output = (geometry.roundUp ? Math.ceil(steps) : Math.floor(steps)) + 1;
  // A window that would start in the padding behind the input sees nothing of it.
  if (geometry.roundUp && (output - 1) * stride >= input + before) output--;
  return { input, output, kernel, stride, dilation, before };
};
