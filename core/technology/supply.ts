import { ModelError } from "../errors.ts";
import { type Evidence, type Quantity, weakerMark } from "./component.ts";

/** Supply voltage and what it does to the clock; voltages are shares of the nominal one. */
export interface Supply {
  readonly threshold: Quantity;
  /** Of the alpha-power law: clock ∝ (V − threshold)^exponent / V. */
  readonly exponent: Quantity;
  readonly minimum: Quantity;
  readonly maximum: Quantity;
  /** Logic levels of the published machine's critical path, one of which is added by each doubling of the lanes. */
  readonly pathLevels: Quantity;
}

/** What a number rests on at a share of the nominal voltage. */
export const evidenceAt = ({ source, mark }: Evidence, voltage: number, { exponent }: Supply): Evidence =>
  voltage === 1
    ? { source, mark }
    : {
        source: `${source}; at ${voltage.toFixed(3)} x the nominal voltage: ${exponent.source}`,
        mark: weakerMark(mark, exponent.mark),
      };

/** Clock at a share of the nominal voltage, as a share of that at the nominal one. */
const speed = ({ threshold, exponent }: Supply, voltage: number): number =>
  (Math.max(0, voltage - threshold.value) ** exponent.value / voltage) *
  (1 - threshold.value) ** -exponent.value;

/**
 * The least voltage, as a share of the nominal one, at which a circuit that reaches `nominalClock_GHz` at the nominal
 * voltage reaches `clock_GHz` (T. Sakurai, A. Newton, JSSC 1990: alpha-power law); never below the minimum. Throws
 * ModelError `clock` where even the maximum is not enough.
 */
export const voltageShare = (supply: Supply, clock_GHz: number, nominalClock_GHz: number): number => {
  const asked = clock_GHz / nominalClock_GHz;
  // At its own clock the published machine has its own voltage, to the last digit.
  if (asked === 1) return 1;
  let low = supply.minimum.value;
  let high = supply.maximum.value;
  if (speed(supply, high) < asked) {
    const highest = Number((speed(supply, high) * nominalClock_GHz).toPrecision(4));
    throw new ModelError(
      "clock",
      `clock of ${clock_GHz} GHz: expected at most ${highest} GHz, which is reached at ${high} x the nominal supply voltage`,
    );
  }
  if (speed(supply, low) >= asked) return low;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (speed(supply, middle) < asked) low = middle;
    else high = middle;
  }
  return high;
};
