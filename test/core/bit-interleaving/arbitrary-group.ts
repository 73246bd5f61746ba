import fc from "fast-check";
import type { Case } from "./make-group.ts";

const bits = (count: number) => fc.integer({ min: 0, max: 2 ** count - 1 });

/** Words with some planes mostly empty and some mostly full. */
const unevenBits = (count: number) =>
  fc
    .tuple(bits(count), bits(count), fc.constantFrom("and", "or", "first"))
    .map(([left, right, how]) => (how === "and" ? left & right : how === "or" ? left | right : left));

/** Exponent fields of a group: close together, so that words overlap, or anywhere. */
const exponents = fc.constantFrom([120, 134], [0, 2], [250, 255], [40, 90], [0, 255]);

const maskOf = fc.oneof(
  fc.constant(0xffffff),
  fc.integer({ min: 1, max: 0xffffff }),
  fc.integer({ min: 0, max: 23 }).map((cut) => (0xffffff << cut) & 0xffffff),
);

/** Any group: special values, zeros and denormals in float ones, extremes in fixed ones. */
export const anyCase = (kind: "float" | "fixed", mostLanes: number): fc.Arbitrary<Case> =>
  fc
    .tuple(exponents, exponents, fc.boolean())
    .chain(([weightRange, activationRange, extremes]) => {
      const exponentIn = ([least, most]: readonly number[]) => fc.integer({ min: least, max: most });
      const weight =
        kind === "float"
          ? fc.oneof(
              { weight: 9, arbitrary: fc.tuple(exponentIn(weightRange!), unevenBits(23)) },
              { weight: 1, arbitrary: fc.constant([0, 0] as const) },
            )
          : fc.tuple(bits(8), extremes ? fc.constantFrom(0, 1, 0xffffff) : unevenBits(24));
      const activation =
        kind === "float"
          ? fc.oneof(
              { weight: 9, arbitrary: fc.tuple(exponentIn(activationRange!), unevenBits(23)) },
              { weight: 1, arbitrary: fc.constant([0, 0] as const) },
            )
          : fc.tuple(bits(8), extremes ? fc.constantFrom(0, 1, 0x7fffff) : bits(23));
      const lane = fc.record({
        weight,
        activation,
        signs: fc.tuple(fc.boolean(), fc.boolean()),
      });
      return fc.record({
        lanes: fc.array(lane, { minLength: 1, maxLength: mostLanes }),
        inputPorts: fc.integer({ min: 1, max: 32 }),
        window: fc.integer({ min: 1, max: 64 }),
        mask: maskOf,
        quant: fc.integer({ min: 0, max: 24 }),
      });
    })
    .map(({ lanes, ...settings }) => ({
      element: { kind, laneWidth: lanes.length, ...settings },
      group: {
        weights: {
          signs: Uint8Array.from(lanes, ({ signs }) => Number(signs[0])),
          // A float weight of field 0 is zero or denormal, which has exponent 1; there is no hidden bit in either.
          exponents: Uint8Array.from(lanes, ({ weight: [exponent, fraction] }) =>
            kind === "float" && exponent === 0 && fraction !== 0 ? 1 : exponent,
          ),
          magnitudes: Int32Array.from(lanes, ({ weight: [exponent, fraction] }) =>
            kind === "float" && exponent !== 0 ? fraction + 2 ** 23 : fraction,
          ),
        },
        activations: Uint32Array.from(
          lanes,
          ({ signs, activation: [exponent, fraction] }) =>
            Number(signs[1]) * 2 ** 31 + exponent * 2 ** 23 + fraction,
        ),
      },
    }));
