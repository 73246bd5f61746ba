import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { voltageShare } from "../../../core/technology/supply.ts";
import { configuredTechnology } from "./configured-technology.ts";
import { exampleTechnology } from "./example-technology.ts";

const { supply } = exampleTechnology;

describe("voltageShare", () => {
  it("is 1 at the nominal clock, the inverse of the law elsewhere, and never below the minimum", () => {
    expect(voltageShare(supply, 2, 2)).toBe(1);
    // Clock (V − 0.4) / V / 0.6: 17/18 of it at V = 12/13 · … solved by hand: V = 0.4 / (1 − 0.6 · 17/18).
    expect(voltageShare(supply, 17 / 18, 1)).toBeCloseTo(0.4 / (1 - (0.6 * 17) / 18), 12);
    expect(voltageShare(supply, 0.1, 1)).toBe(0.8);
    // At 1.2 of the nominal voltage: 0.8 / 1.2 / 0.6 = 10/9 of the clock.
    expect(voltageShare(supply, 10 / 9 - 1e-9, 1)).toBeCloseTo(1.2, 6);
  });

  it("names the highest clock there is for one that is higher", () => {
    expect(() => voltageShare(supply, 2.3, 2)).toThrow(ModelError);
    expect(() => voltageShare(supply, 2.3, 2)).toThrow(
      "clock of 2.3 GHz: expected at most 2.222 GHz, which is reached at 1.2 x the nominal supply voltage",
    );
  });

  it("rises with the clock, and reaches what it is asked for", () => {
    const { threshold, exponent } = configuredTechnology.supply;
    const speed = (voltage: number): number =>
      ((voltage - threshold.value) ** exponent.value / voltage) * (1 - threshold.value) ** -exponent.value;
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 1.1, noNaN: true }),
        fc.double({ min: 0.05, max: 1.1, noNaN: true }),
        (first, second) => {
          const [slow, fast] = first < second ? [first, second] : [second, first];
          const [low, high] = [slow, fast].map((clock) =>
            voltageShare(configuredTechnology.supply, clock, 1),
          );
          expect(low).toBeLessThanOrEqual(high);
          expect(speed(high)).toBeGreaterThanOrEqual(fast * (1 - 1e-9));
          if (low > configuredTechnology.supply.minimum.value) expect(speed(low) / slow).toBeCloseTo(1, 9);
        },
      ),
    );
  });
});
