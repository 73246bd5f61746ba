import { accumulate } from "./accumulate.ts";
import { activationOperands } from "./activation-operands.ts";
import { alignGroup } from "./align.ts";
import { type Distillation, distill } from "./distill.ts";
import { packFixed } from "./fixed-result.ts";
import { packFloat } from "./float-result.ts";
import { checkGroup, type Group, type ProcessingElement } from "./group.ts";
import { groupLatency, largestExponentCycle } from "./timing.ts";

/** What one group leaves in the registers of a processing element, and when. */
export interface ProcessedGroup extends Distillation {
  /** Result word of 32 bits: a float32, or bit 31 as sign and bits 23 … 0 of a 25-bit two's complement number. */
  readonly result: number;
  /** 64-bit accumulator; its unit is 2^(largestExponent − 300) in float groups and 1 in fixed ones. */
  readonly accumulator: bigint;
  /** Largest sum of a weight's and an activation's biased exponent, zero products included; 0 in fixed groups. */
  readonly largestExponent: number;
  /** Cycle at which it is valid; cycle 0 is the first activation beat. */
  readonly largestExponentCycle: number;
  /** Cycles from the first activation beat to the result. */
  readonly latency: number;
}

/**
 * Takes one group through the Bitlet processing element (MICRO 2021 §3) bit for bit and cycle for cycle as the authors'
 * RTL does, its oddities included: the reference for one group, made for clarity, not for speed. What the numbers would
 * be without the hardware's short cuts, `idealResult` tells. Timing is verified for a window of 8 and a laneWidth /
 * inputPorts that is a power of two of at least 2, and extrapolated by the same rules elsewhere.
 * Throws ModelError for a setting or an operand out of range (see `checkGroup`).
 */
export const processGroup = (element: ProcessingElement, group: Group): ProcessedGroup => {
  checkGroup(element, group);
  const { kind, laneWidth, inputPorts, window, mask, quant } = element;
  const { signs, exponents, magnitudes } = group.weights;
  const activations = activationOperands(kind, group.activations);
  let words = magnitudes;
  let largestExponent = 0;
  if (kind === "float") {
    words = new Int32Array(laneWidth);
    largestExponent = alignGroup(magnitudes, exponents, 0, activations.exponents, 0, laneWidth, words);
  }
  const { busy, scan } = distill(words, window, mask);
  const accumulator = accumulate(words, signs, activations.mantissas, mask);
  return {
    result: kind === "float" ? packFloat(accumulator, largestExponent) : packFixed(accumulator, quant),
    accumulator,
    largestExponent,
    largestExponentCycle: largestExponentCycle(laneWidth, inputPorts),
    busy,
    scan,
    latency: groupLatency(element, scan),
  };
};
