import { signedDigits } from "../../numerics/encodings.ts";
import { flipBits, magnitudeColumns } from "./bit-flip.ts";

/**
 * The dot product of int8 weights as bit columns make it: of each group one magnitude column after another, but for those
 * that are zero, adds the activations of its ones, each with the sign of its weight, and is shifted. Exact where no column
 * is flipped to zero. Throws ModelError `code-range` for a weight beyond −127 … 127.
 */
export const columnProduct = (
  weights: Int32Array,
  activations: Int32Array,
  group: number,
  flipped: number,
): number => {
  const codes = weights.slice();
  let sum = 0;
  for (let first = 0; first < codes.length; first += group) {
    const here = codes.subarray(first, first + group);
    if (flipped > 0) flipBits(here, flipped);
    const { positive, negative } = signedDigits(here, magnitudeColumns + 1, "signMagnitude");
    for (let column = 0; column < magnitudeColumns; column++) {
      let added = 0;
      for (let lane = 0; lane < here.length; lane++) {
        if ((positive[lane] >>> column) & 1) added += activations[first + lane];
        else if ((negative[lane] >>> column) & 1) added -= activations[first + lane];
      }
      sum += added * 2 ** column;
    }
  }
  return sum;
};
