import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PhaseState, progressLine } from "../../../explore/cli/progress-line.ts";

const state: PhaseState = {
  label: ["cycle model", "cycle"],
  unit: "designs",
  done: 250,
  total: 1000,
  rate: 2,
  front: { designs: 12, hypervolume: 0.5 },
};

/** States of runs from a design to a billion, at rates from a design in three hours to a million a second. */
const states = fc
  .record({
    total: fc.integer({ min: 1, max: 1e9 }),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    rate: fc.double({ min: 1e-4, max: 999_999, noNaN: true }),
    front: fc.record({
      designs: fc.integer({ min: 0, max: 99_999 }),
      hypervolume: fc.double({ min: 1e-30, max: 1e30, noNaN: true }),
    }),
  })
  .map(({ share, ...rest }): PhaseState => ({ ...state, ...rest, done: Math.floor(share * rest.total) }));

describe("progressLine", () => {
  it("says all in words where there is room, and briefly where there is not", () => {
    // 750 designs at 2 a second: 375 s.
    expect(progressLine(state, 130)).toBe(
      `cycle model ${"█".repeat(6)}${"░".repeat(18)} 25 % | 250 of 1000 designs | 2/s | 6m15s left | front 12 | hypervolume 0.5`,
    );
    expect(progressLine(state, 80)).toBe("cycle ██░░░░░░░░ 25 % 250/1000 2/s 6m15s left front 12 HV 0.5");
  });

  it.each([
    [59, "59s"],
    [60, "1m00s"],
    [3599, "59m59s"],
    [3600, "1h00m"],
    [86_400, "1d00h"],
  ])("a time of %i s is left: %s", (seconds, text) => {
    const line = progressLine({ ...state, done: 0, total: seconds, rate: 1 }, 120);
    expect(line).toContain(` ${text} left`);
  });

  it("does not know the time left before the first step, nor a front or its hypervolume where there is none", () => {
    const nothing = { ...state, done: 0, rate: 0, front: undefined };
    expect(progressLine(nothing, 80)).toBe("cycle ░░░░░░░░░░ 0 % 0/1000 0/s ? left");
    const one = { ...state, front: { designs: 3, hypervolume: undefined } };
    expect(progressLine(one, 80)).toMatch(/left front 3$/);
  });

  it("never fills the terminal's line, and from 80 columns on cuts nothing", () => {
    fc.assert(
      fc.property(states, fc.integer({ min: 1, max: 200 }), (some, columns) => {
        const line = progressLine(some, columns);
        expect(line.length).toBeLessThan(columns);
        if (columns < 80) return;
        const whole = columns < 120 ? / front \d+ HV [\d.]+(e-?\d+)?$/ : / \| hypervolume [\d.]+(e-?\d+)?$/;
        expect(line).toMatch(whole);
        // What is cut would be the last digits of the hypervolume.
        expect(line.endsWith(progressLine(some, 400).split(" ").at(-1)!)).toBe(true);
      }),
    );
  });
});
