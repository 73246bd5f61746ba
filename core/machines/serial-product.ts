import { signedDigits } from "../numerics/encodings.ts";
import type { Bits } from "../units.ts";

/**
 * The dot product as lanes make it that take one operand bit by bit and the other whole: steps of `laneWidth` pairs, in
 * each of them a cycle for every bit of the serial operand's two's complement, from the top. A cycle adds the parallel
 * operands whose lanes have a one there, doubles what was summed before, and subtracts instead of adding for the sign bit.
 * Exact. Throws ModelError `code-range` for a serial code that does not fit in `bits` bits.
 */
export const serialProduct = (
  serial: Int32Array,
  parallel: Int32Array,
  bits: Bits,
  laneWidth: number,
): number => {
  const { positive, negative } = signedDigits(serial, bits, "twosComplement");
  let sum = 0;
  for (let first = 0; first < serial.length; first += laneWidth) {
    const end = Math.min(first + laneWidth, serial.length);
    let step = 0;
    for (let bit = bits - 1; bit >= 0; bit--) {
      step *= 2;
      for (let lane = first; lane < end; lane++) {
        if ((positive[lane] >>> bit) & 1) step += parallel[lane];
        else if ((negative[lane] >>> bit) & 1) step -= parallel[lane];
      }
    }
    sum += step;
  }
  return sum;
};
