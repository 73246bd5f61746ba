import { uniformStream } from "../../core/random.ts";

/** Random choices, a function of a seed and the number of an input alone. */
export interface Choices {
  /** A whole number from 0 to below `bound`. */
  readonly below: (bound: number) => number;
  readonly chance: (probability: number) => boolean;
  /** An item of a list that has some. */
  readonly of: <T>(list: readonly T[]) => T;
}

/** The choices that make input number `iteration`. */
export const choicesOf = (seed: number, iteration: number): Choices => {
  const uniform = uniformStream(seed, iteration);
  const below = (bound: number): number => Math.floor(uniform() * bound);
  return { below, chance: (probability) => uniform() < probability, of: (list) => list[below(list.length)] };
};

/** Whole numbers at which sizes, signs, types and limits change. */
export const edgeIntegers: readonly bigint[] = [
  0n,
  1n,
  -1n,
  2n,
  3n,
  127n,
  128n,
  255n,
  256n,
  65_535n,
  65_536n,
  2n ** 20n,
  2n ** 26n,
  2n ** 26n + 1n,
  2n ** 31n - 1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

/** Names that a program may take for something else, or that a terminal may obey. */
export const edgeNames: readonly string[] = [
  "",
  " ",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "length",
  "\u0000",
  "\u001b[31mred\u001b[0m",
  "line\nbreak\r\n",
  "🦊 conv",
  "\u202egnirts",
  "../../../etc/passwd",
  "%s%n{x}",
  "a".repeat(3000),
  "é".repeat(1500),
];
