import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distill, scanChannel } from "../../../core/bit-interleaving/distill.ts";
import { planeMask } from "../../../core/bit-interleaving/planes.ts";
import { words } from "./words.ts";

describe("scanChannel", () => {
  it.each([
    // Windows of 8 over 16 lanes, predicted by hand.
    ["no ones: two empty windows", "0000000000000000", 2],
    ["a one at the end: the second window holds it", "0000000000000001", 2],
    ["two ones in one window: the pointer goes to the second", "1100000000000000", 3],
    ["all ones: one each", "1111111111111111", 16],
    ["ones 8 lanes apart never share a window", "1000000010000000", 2],
    ["ones 7 lanes apart do: pointers 0, 7, 15", "1000000100000000", 3],
  ])("%s", (_, bits, cycles) => {
    expect(scanChannel([...bits].map(Number), 8)).toBe(cycles);
  });

  it("takes its essential bits plus the all-zero windows visited, and at least ⌈lanes / window⌉", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 128 }),
        fc.integer({ min: 1, max: 16 }),
        (bits, window) => {
          // The second telling of the rule: walk the windows and count the empty ones.
          let empty = 0;
          let taken = 0;
          let pointer = 0;
          while (pointer < bits.length) {
            const inside = bits.slice(pointer, pointer + window);
            const ones = inside.flatMap((bit, offset) => (bit === 1 ? [offset] : []));
            if (ones.length === 0) empty++;
            else taken++;
            pointer += ones.length >= 2 ? ones[1] : window;
          }
          const essential = bits.reduce((sum, bit) => sum + bit, 0);
          expect(taken).toBe(essential);
          const cycles = scanChannel(bits, window);
          expect(cycles).toBe(essential + empty);
          expect(cycles).toBeGreaterThanOrEqual(Math.ceil(bits.length / window));
        },
      ),
    );
  });
});

describe("distill", () => {
  it("refuses a mask without planes", () => {
    expect(() => distill([1, 2], 8, 0)).toThrow(/no bit plane/);
  });

  it("never takes longer with fewer planes", () => {
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 0, max: 23 }),
        (values, planes, fewer) => {
          const some = Math.max(1, planes - fewer);
          expect(distill(values, 8, planeMask(24, some)).scan).toBeLessThanOrEqual(
            distill(values, 8, planeMask(24, planes)).scan,
          );
        },
      ),
    );
  });
});

describe("planeMask", () => {
  it("keeps the most significant planes of a format", () => {
    expect(planeMask(24, 24)).toBe(0xffffff);
    expect(planeMask(24, 8)).toBe(0xff0000);
    expect(planeMask(7, 24)).toBe(0x7f);
    expect(planeMask(7, 3)).toBe(0x70);
  });
});
