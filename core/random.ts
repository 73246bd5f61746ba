/**
 * Seeded random streams. A stream is a function of (seed, index) alone, so that any part of a computation can be
 * repeated without the parts before it, on any number of workers.
 */

/** A source of uniform numbers in [0, 1) with 32 random bits each. */
export type Uniform = () => number;

const mix = (word: number): number => {
  let x = word | 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
};

/**
 * The uniform stream number `index` of `seed` (both taken modulo 2³²).
 * Generator: sfc32 (C. Doty-Humphrey, PractRand), state seeded by a 32-bit finalizer and run in for 12 rounds.
 */
export const uniformStream = (seed: number, index: number): Uniform => {
  let a = mix(seed);
  let b = mix(index ^ 0x9e3779b9);
  let c = mix(seed + Math.imul(index, 0x85ebca6b));
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let round = 0; round < 12; round++) next();
  return next;
};

/** A standard normal deviate from two uniform numbers (Box–Muller, the cosine branch). */
export const normal = (uniform: Uniform): number => {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
  return radius * Math.cos(2 * Math.PI * uniform());
};
