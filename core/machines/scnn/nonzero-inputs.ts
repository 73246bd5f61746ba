import { uniformStream } from "../../random.ts";
import { normalMaximum } from "./normal-maximum.ts";

/** Where the drawn activations of a request come from. */
export interface DrawnInputs {
  /** Share of zeros, in [0, 1). */
  readonly activationZeros: number;
  readonly seed: number;
  /** Random stream: layers that read different activations have different streams. */
  readonly stream: number;
}

/**
 * Marks the non-zero inputs of one channel with 1 in `marks`, its plane row by row. Each input is zero with the share
 * `activationZeros`, independently of all others [our decision: a stand-in, real zeros behind a ReLU lie in patches]; the
 * share is that after quantization. A function of (seed, stream, channel) alone.
 */
export const markNonZero = (
  marks: Uint8Array,
  { activationZeros, seed, stream }: DrawnInputs,
  channel: number,
): void => {
  if (activationZeros === 0) {
    marks.fill(1);
    return;
  }
  const uniform = uniformStream(seed, Math.imul(stream, 4099) + channel);
  for (let index = 0; index < marks.length; index++) marks[index] = uniform() < activationZeros ? 0 : 1;
};

/**
 * Standard error that the draw of the zeros leaves in the cycles, as a share of them: that of the largest of `tiles`
 * normal numbers, which stand for the non-zero inputs of a tile over all channels, `inputs` of them with the zeros. What
 * conflicts add is left out: other seeds show 0.2 to 1.5 times as much.
 */
export const drawError = (activationZeros: number, inputs: number, tiles: number): number => {
  const ofTile = Math.sqrt(activationZeros / ((1 - activationZeros) * inputs));
  const { mean, deviation } = normalMaximum(tiles);
  return (deviation * ofTile) / (1 + mean * ofTile);
};
