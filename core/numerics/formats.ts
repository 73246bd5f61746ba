import { ModelError } from "../errors.ts";

/**
 * A weight format as the processing element sees it: sign and magnitude. A float magnitude is the significand with the
 * hidden 1; `fixed<b>` is sign–magnitude with b − 1 magnitude bits, but for `fixed1`, which is ±1.
 */
export interface Format {
  readonly name: string;
  readonly kind: "float" | "fixed";
  /** Bits a value takes in memory. */
  readonly bits: number;
  /** Bits of a value's magnitude before any alignment: 24 float32, 11 float16, 8 bfloat16, b − 1 fixed<b>, 1 fixed1. */
  readonly magnitudeBits: number;
  /**
   * Planes of the processing element's grid that a weight can occupy. Every float format has all of them, whatever its
   * magnitude bits: significands enter at the top of the grid, as the same value in float32 would [our decision: the
   * published processing element takes float32], and alignment shifts them down. Fixed formats occupy the lowest.
   */
  readonly planes: number;
}

/** Bit planes of the processing element: the significances 0 … 23 of its 24-bit grid. */
export const gridPlanes = 24;

const floatFormats: readonly Format[] = [
  { name: "float32", kind: "float", bits: 32, magnitudeBits: 24, planes: gridPlanes },
  { name: "float16", kind: "float", bits: 16, magnitudeBits: 11, planes: gridPlanes },
  { name: "bfloat16", kind: "float", bits: 16, magnitudeBits: 8, planes: gridPlanes },
];

const fixedFormats: readonly Format[] = Array.from({ length: 24 }, (_, index) => {
  const bits = 24 - index;
  const magnitudeBits = Math.max(1, bits - 1);
  return { name: `fixed${bits}`, kind: "fixed", bits, magnitudeBits, planes: magnitudeBits };
});

/** Every format: float32, float16, bfloat16, fixed24 … fixed1. */
export const formats: readonly Format[] = [...floatFormats, ...fixedFormats];

/** The names of the formats, in words. */
export const formatsInWords = "float32, float16, bfloat16, or fixed1 … fixed24";

/** The format called `name`. Throws ModelError `unknown-format` for a name that is not among `formats`. */
export const parseFormat = (name: string): Format => {
  const format = formats.find((candidate) => candidate.name === name);
  if (format === undefined) {
    throw new ModelError("unknown-format", `format ${name}: expected ${formatsInWords}`);
  }
  return format;
};
