import { ModelError } from "../errors.ts";
import type { Format } from "./formats.ts";

/** The precision a tensor was stored in, before it was widened to float32. */
export type StoredPrecision = "float32" | "float16" | "bfloat16" | "float64" | "uint8" | "int8";

/** Whether every bit of a float32 significand that was stored so is the training's. */
export const holdsFloat32 = (stored: StoredPrecision): boolean =>
  stored === "float32" || stored === "float64";

/**
 * Refuses a float32 result from weights that were stored in fewer bits: their low mantissa bits are zero because of
 * the file, not because of the training, and would pass for bit sparsity. Throws ModelError `false-zero-bits`;
 * with `allowUpcast` the result is let through, and whoever shows it must mark it.
 */
export const checkStoredPrecision = (
  format: Format,
  stored: StoredPrecision,
  tensor: string,
  allowUpcast: boolean,
): void => {
  if (format.kind !== "float" || allowUpcast || holdsFloat32(stored)) return;
  throw new ModelError(
    "false-zero-bits",
    `${tensor} was stored in ${stored}: as ${format.name} its low mantissa bits would count as sparsity. ` +
      "Evaluate it in a fixed format, or say allowUpcast: true for this network to accept marked results",
  );
};
