/** Decides whether designs are excluded, by some of their digits. An index is excluded where one rule does not hold. */
export interface ExclusionRule {
  /** The positions that count among the radices. */
  readonly positions: readonly number[];
  /** Whether the design with these digits, one a radix, may stay as far as this rule goes. */
  holds(digits: ArrayLike<number>): boolean;
}

/** Combinations of digits for which answers are kept. */
const mostKept = 2 ** 20;

const unknown = 0;
const held = 1;
const broken = 2;

/**
 * A rule that asks `decide` once for each combination of the digits at `positions`, where they are not too many to
 * keep an answer each; otherwise every time.
 */
export const exclusionRule = (
  positions: readonly number[],
  radices: readonly number[],
  decide: (digits: ArrayLike<number>) => boolean,
): ExclusionRule => {
  const size = positions.reduce((product, position) => product * radices[position]!, 1);
  if (size > mostKept) return { positions, holds: decide };
  const answers = new Uint8Array(size);
  const at = Int32Array.from(positions);
  const radixAt = Int32Array.from(positions, (position) => radices[position]!);
  return {
    positions,
    holds: (digits) => {
      let key = 0;
      for (let place = 0; place < at.length; place++) key = key * radixAt[place] + digits[at[place]];
      const known = answers[key];
      if (known !== unknown) return known === held;
      const holds = decide(digits);
      answers[key] = holds ? held : broken;
      return holds;
    },
  };
};
