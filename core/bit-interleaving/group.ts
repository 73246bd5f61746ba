import { ModelError } from "../errors.ts";
import { gridPlanes } from "../numerics/formats.ts";
import type { TimingShape } from "./timing.ts";

/** A processing element as it is built and set up for a group (RTL: parameters and ports of the top module). */
export interface ProcessingElement extends TimingShape {
  /** Bit b enables plane b; the RTL calls it `prune`. */
  readonly mask: number;
  /** Bits that a fixed-point sum is shifted right by, 0 … 24; float groups ignore it. */
  readonly quant: number;
}

/** The operands of one group as they enter the processing element, an entry a lane. */
export interface Group {
  /**
   * Weights are ±magnitude · 2^(exponent − 150) in float groups and ±magnitude in fixed ones. Magnitudes have 24 bits,
   * with the hidden 1 of float32; a denormal has exponent 1 and no hidden bit, zero has exponent and magnitude 0.
   */
  readonly weights: {
    /** 0 for plus, 1 for minus. */
    readonly signs: Uint8Array;
    readonly exponents: Uint8Array;
    readonly magnitudes: Int32Array;
  };
  /** float32 words; in fixed groups bit 31 and bits 23 … 0 together are a 25-bit two's complement number. */
  readonly activations: Uint32Array;
}

/** Lanes that the models of a group are made for. */
const mostLanes = 256;

const checkInteger = (name: string, value: number, least: number, most: number): void => {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ModelError(
    "processing-element",
    `${name} ${value}: expected an integer from ${least} to ${most} in a processing element`,
  );
};

/**
 * Throws a ModelError where a processing element or a group for it is none: `processing-element` for a setting out of
 * range (1 … 256 lanes, 1 … 256 input ports, a window of 0 … 256, a 24-bit mask, quant 0 … 24), `no-plane` for an empty
 * mask, `group` for operands that are not one a lane or do not fit their bits.
 */
export const checkGroup = (element: ProcessingElement, group: Group): void => {
  const { laneWidth, inputPorts, window, mask, quant } = element;
  checkInteger("laneWidth", laneWidth, 1, mostLanes);
  checkInteger("inputPorts", inputPorts, 1, mostLanes);
  checkInteger("window", window, 0, mostLanes);
  checkInteger("mask", mask, 0, 2 ** gridPlanes - 1);
  checkInteger("quant", quant, 0, gridPlanes);
  if (mask === 0) {
    throw new ModelError("no-plane", "mask 0: expected at least one enabled plane, or no group ever ends");
  }
  const { signs, exponents, magnitudes } = group.weights;
  for (const [name, { length }] of Object.entries({
    signs,
    exponents,
    magnitudes,
    activations: group.activations,
  })) {
    if (length === laneWidth) continue;
    throw new ModelError("group", `${length} ${name}: expected one for each of ${laneWidth} lanes`);
  }
  for (let lane = 0; lane < laneWidth; lane++) {
    if (signs[lane] > 1) {
      throw new ModelError("group", `weight ${lane} has sign ${signs[lane]}: expected 0 or 1`);
    }
    if (magnitudes[lane] < 0 || magnitudes[lane] >= 2 ** gridPlanes) {
      throw new ModelError("group", `weight ${lane} has magnitude ${magnitudes[lane]}: expected 24 bits`);
    }
  }
};
