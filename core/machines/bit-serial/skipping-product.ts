import { signedDigits } from "../../numerics/encodings.ts";
import type { Bits } from "../../units.ts";

/**
 * The dot product as lanes make it that skip the zero bits of one operand and take the other whole: steps of `laneWidth`
 * pairs; in each cycle of a step every lane that has essential bits left takes its lowest one and adds the parallel
 * operand, shifted by its significance, with the serial operand's sign. Exact. Throws ModelError `code-range` for a
 * serial code that does not fit sign and magnitude of `bits` bits.
 */
export const skippingProduct = (
  serial: Int32Array,
  parallel: Int32Array,
  bits: Bits,
  laneWidth: number,
): number => {
  const { positive, negative } = signedDigits(serial, bits, "signMagnitude");
  let sum = 0;
  for (let first = 0; first < serial.length; first += laneWidth) {
    const end = Math.min(first + laneWidth, serial.length);
    for (let working = true; working; ) {
      working = false;
      for (let lane = first; lane < end; lane++) {
        const left = positive[lane] | negative[lane];
        if (left === 0) continue;
        working = true;
        const lowest = left & -left;
        sum += positive[lane] !== 0 ? parallel[lane] * lowest : -parallel[lane] * lowest;
        positive[lane] &= ~lowest;
        negative[lane] &= ~lowest;
      }
    }
  }
  return sum;
};
