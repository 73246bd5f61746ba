import { ModelError } from "../errors.ts";
import { type Format, formats } from "./formats.ts";

/** The precision a tensor was stored in, before it was widened to float32. */
export type StoredPrecision =
  | "float32"
  | "float16"
  | "bfloat16"
  | "float64"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "uint64"
  | "int64"
  | "bool";

/** Significand bits of a stored value, hidden 1 included, that come from training; none where it was quantized. */
export const significandBits: Readonly<Record<StoredPrecision, number>> = {
  float64: 53,
  float32: 24,
  float16: 11,
  bfloat16: 8,
  uint8: 0,
  int8: 0,
  uint16: 0,
  int16: 0,
  uint32: 0,
  int32: 0,
  uint64: 0,
  int64: 0,
  bool: 0,
};

/**
 * Whether every bit of a weight in `format` is the training's if it was stored so: a float format has no more
 * significand bits than the file kept. Fixed formats quantize anew, whatever the file had. Leaves out that the
 * denormals of float16 keep fewer bits.
 */
export const holdsFormat = (stored: StoredPrecision, format: Format): boolean =>
  format.kind === "fixed" || significandBits[stored] >= format.magnitudeBits;

/**
 * Refuses a float format for weights that were stored in fewer bits than it has: their low significand bits are zero
 * because of the file, not because of the training, and would pass for bit sparsity. Throws ModelError
 * `false-zero-bits`; with `allowUpcast` the result is let through, and whoever shows it must mark it.
 */
export const checkStoredPrecision = (
  format: Format,
  stored: StoredPrecision,
  tensor: string,
  allowUpcast: boolean,
): void => {
  if (allowUpcast || holdsFormat(stored, format)) return;
  const held = formats.filter((other) => other.kind === "float" && holdsFormat(stored, other));
  throw new ModelError(
    "false-zero-bits",
    `${tensor} was stored in ${stored}: as ${format.name} its low mantissa bits would count as sparsity. ` +
      `Evaluate it in ${[...held.map(({ name }) => name), "a fixed format"].join(" or ")}, ` +
      "or say allowUpcast: true for this network to accept marked results",
  );
};
