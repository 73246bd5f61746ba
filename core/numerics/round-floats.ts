import { ModelError } from "../errors.ts";
import { bfloat16Value, bfloat16Word } from "./bfloat16.ts";
import { float16Value, float16Word } from "./float16.ts";
import type { Format } from "./formats.ts";

/** The value of each float format that is nearest to a float32, ties to even; infinite beyond its range. */
const nearest: Readonly<Record<string, (value: number) => number>> = {
  float32: (value) => value,
  float16: (value) => float16Value(float16Word(value)),
  bfloat16: (value) => bfloat16Value(bfloat16Word(value)),
};

const largestWord: Readonly<Record<string, number>> = {
  float16: float16Value(0x7bff),
  bfloat16: bfloat16Value(0x7f7f),
};

/**
 * Refuses values that a format cannot hold: NaN and infinities (ModelError `not-finite`), and values that a float
 * format would round to infinity (`overflow`). Fixed formats scale, so that every finite value fits. `tensor` names the
 * values in the message.
 */
export const checkRange = (values: Float32Array, format: Format, tensor: string): void => {
  let largest = 0;
  for (let index = 0; index < values.length; index++) {
    const size = Math.abs(values[index]);
    // NaN is not at most anything.
    if (size <= largest) continue;
    if (!Number.isFinite(size)) {
      throw new ModelError(
        "not-finite",
        `${tensor}: the value ${size}, expected finite values for ${format.name}`,
      );
    }
    largest = size;
  }
  if (format.kind === "float" && !Number.isFinite(nearest[format.name](largest))) {
    throw new ModelError(
      "overflow",
      `${tensor}: the value ${largest} is infinite in ${format.name}, expected magnitudes up to ${largestWord[format.name]}`,
    );
  }
};

/** What bringing weights w into a format as w′ lost: add them over layers for the SQNR of a network. */
export interface Powers {
  /** Σ w² */
  readonly signalPower: number;
  /** Σ (w − w′)² */
  readonly noisePower: number;
}

/** The powers of no weights. */
export const noPowers: Powers = { signalPower: 0, noisePower: 0 };

/** Values rounded to a float format, and what the rounding lost. */
export interface RoundedFloats extends Powers {
  /** The rounded values, as float32; the given array itself for float32. */
  readonly values: Float32Array;
}

/**
 * Rounds `values` to a float format, nearest and ties to even; denormals are kept. The powers go on from those of the
 * values before them, where a tensor comes in parts. Throws ModelError `not-finite` or `overflow` where `checkRange` does,
 * and `not-float` for a fixed format.
 */
export const roundFloats = (
  values: Float32Array,
  format: Format,
  before: Powers = noPowers,
): RoundedFloats => {
  const round = nearest[format.name];
  if (round === undefined) {
    throw new ModelError("not-float", `format ${format.name}: expected a float format to round to`);
  }
  checkRange(values, format, `${values.length} weights`);
  const rounded = format.name === "float32" ? values : values.map(round);
  let { signalPower, noisePower } = before;
  for (let index = 0; index < values.length; index++) {
    signalPower += values[index] ** 2;
    noisePower += (values[index] - rounded[index]) ** 2;
  }
  return { values: rounded, signalPower, noisePower };
};
