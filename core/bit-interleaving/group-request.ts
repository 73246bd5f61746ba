import { ModelError } from "../errors.ts";
import { type Format, gridPlanes } from "../numerics/formats.ts";
import type { QuantizationScheme } from "../numerics/quantize.ts";
import type { ActivationSource } from "./activation-exponents.ts";

/** Which statistics of a weight tensor are asked for: plain data, also the key under which they are kept. */
export interface GroupRequest {
  readonly format: string;
  readonly quantization: QuantizationScheme;
  /** Weights of a group, 1 … 256. */
  readonly laneWidth: number;
  /** Check window, 1 … 64; 0 for no limit. */
  readonly window: number;
  /** Most significant planes that are kept, 1 … 24; a format with fewer keeps all of its own. */
  readonly activePlanes: number;
  /** What float weights are aligned with. */
  readonly activationExponents: ActivationSource;
  /** Drawn vectors, at least 1 where any are drawn, and the share of zeros among their entries, in [0, 1). */
  readonly activationVectors: number;
  readonly activationZeros: number;
  readonly seed: number;
  /** Random stream of the activations: layers that read different activations have different streams. */
  readonly stream: number;
}

/** Lanes that `alignMeasured` has room for; the counts of the other kernels reach 511. */
const mostLanes = 256;

/** Lanes that the six-bit distance of `emptyWindows` spans. */
const longestWindow = 64;

/**
 * Throws ModelError `request`, with the name, the value and what was expected, where group statistics of `count` weights
 * of `filters` filters cannot be taken as asked: see `groupStatistics`.
 */
export const checkRequest = (count: number, filters: number, request: GroupRequest, format: Format): void => {
  const { laneWidth, window, activePlanes, activationExponents, activationVectors, activationZeros } =
    request;
  checkInteger("filters", filters, 1);
  if (count === 0 || count % filters !== 0) {
    refuse("weights", count, `a positive multiple of ${filters} filters`);
  }
  checkInteger("laneWidth", laneWidth, 1, mostLanes);
  checkInteger("window", window, 0, longestWindow);
  checkInteger("activePlanes", activePlanes, 1, gridPlanes);
  if (format.kind === "float" && activationExponents === "distribution") {
    checkInteger("activationVectors", activationVectors, 1);
  }
  // NaN is in no range.
  if (!(activationZeros >= 0 && activationZeros < 1)) {
    refuse("activationZeros", activationZeros, "a share in [0, 1)");
  }
};

const checkInteger = (name: string, value: number, least: number, most = Number.POSITIVE_INFINITY): void => {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  refuse(
    name,
    value,
    `an integer ${Number.isFinite(most) ? `from ${least} to ${most}` : `of at least ${least}`}`,
  );
};

const refuse = (name: string, value: number, expected: string): never => {
  throw new ModelError("request", `${name} ${value}: expected ${expected} for group statistics`);
};
