import fc from "fast-check";
import { expect, it } from "vitest";
import { alignGroup } from "../../../core/bit-interleaving/align.ts";
import { alignMeasured } from "../../../core/bit-interleaving/align-measured.ts";
import { floatFields } from "../../../core/numerics/float-fields.ts";

it("aligns as the plain form does and measures what every weight loses", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 0, max: 255 })),
        { minLength: 1, maxLength: 256 },
      ),
      fc.integer({ min: 1, max: 0xffffff }),
      (lanes, mask) => {
        const weights = Float32Array.from(lanes, ([weight]) => weight);
        const activations = Uint8Array.from(lanes, ([, exponent]) => exponent);
        const { magnitudes, exponents } = floatFields(weights);
        const plain = new Int32Array(lanes.length);
        const largest = alignGroup(magnitudes, exponents, 0, activations, 0, lanes.length, plain);
        const aligned = new Int32Array(lanes.length);
        const lost = alignMeasured(
          weights,
          magnitudes,
          exponents,
          0,
          activations,
          0,
          lanes.length,
          mask,
          aligned,
        );
        expect(aligned).toEqual(plain);
        // Each kept word at the scale of its weight: 2^(exponent − 150) · 2^shift.
        let expected = 0;
        weights.forEach((weight, lane) => {
          const shift = largest - exponents[lane] - activations[lane];
          const kept = shift >= 24 ? 0 : (plain[lane] & mask) * 2 ** (exponents[lane] - 150 + shift);
          expected += (Math.abs(weight) - kept) ** 2;
        });
        expect(Math.abs(lost - expected)).toBeLessThanOrEqual(1e-12 * expected);
      },
    ),
  );
});
