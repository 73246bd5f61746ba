import { ModelError } from "../errors.ts";

/**
 * A weight format as the processing element sees it: sign and a magnitude of `planes` bits.
 * `float32`: 24 magnitude bits, the hidden 1 included. `fixed<b>`: sign–magnitude, b − 1 magnitude bits.
 */
export interface Format {
  readonly name: string;
  readonly kind: "float" | "fixed";
  /** Bits a value takes in memory. */
  readonly bits: number;
  /** Bits of the magnitude: the bit planes that can hold an essential bit before alignment. */
  readonly planes: number;
}

/** Bit planes of the processing element: the significances 0 … 23 of its 24-bit grid. */
export const gridPlanes = 24;

/**
 * The format called `name`: `float32` or `fixed2` … `fixed24`.
 * Throws ModelError `unknown-format` for any other name.
 */
export const parseFormat = (name: string): Format => {
  if (name === "float32") return { name, kind: "float", bits: 32, planes: gridPlanes };
  const match = /^fixed([1-9][0-9]?)$/.exec(name);
  const bits = match ? Number(match[1]) : 0;
  if (bits < 2 || bits > 24) {
    throw new ModelError("unknown-format", `format ${name}: expected float32 or fixed2 … fixed24`);
  }
  return { name, kind: "fixed", bits, planes: bits - 1 };
};
