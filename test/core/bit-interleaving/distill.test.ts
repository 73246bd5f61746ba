import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distill, scanChannel } from "../../../core/bit-interleaving/distill.ts";
import { PlaneCounter } from "../../../core/bit-interleaving/plane-counter.ts";
import { planeCounts, planeMask } from "../../../core/bit-interleaving/planes.ts";
import { scanGroup } from "../../../core/bit-interleaving/scan-group.ts";

const word = fc.integer({ min: 0, max: 0xffffff });
/** Words of varied density: the AND and OR of uniform words. */
const words = fc
  .tuple(
    fc.array(word, { minLength: 1, maxLength: 256 }),
    fc.integer({ min: 0, max: 4 }),
    fc.infiniteStream(word),
  )
  .map(([values, sparseness, more]) =>
    values.map((value) => {
      let result = value;
      for (let round = 0; round < sparseness; round++) result &= more.next().value as number;
      return result;
    }),
  );

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

describe("scanGroup", () => {
  it("equals the scan channel by channel, for every window", () => {
    fc.assert(
      fc.property(
        words,
        fc.integer({ min: 0, max: 64 }),
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 0xffffff }),
        (values, padding, window, mask) => {
          const laneWidth = Math.min(256, values.length + padding);
          const padded = [...values, ...new Array<number>(laneWidth - values.length).fill(0)];
          expect(scanGroup(Int32Array.from(values), values.length, laneWidth, window, mask)).toBe(
            distill(padded, window, mask).scan,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it("counts up to 256 lanes of ones", () => {
    const ones = new Int32Array(256).fill(0xffffff);
    expect(scanGroup(ones, 256, 256, 8, 0xffffff)).toBe(256);
  });
});

describe("PlaneCounter", () => {
  it("equals the plain count of each plane and its largest", () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 0xffffff }), (values, mask) => {
        const counter = new PlaneCounter();
        counter.add(Int32Array.from(values), 0, values.length);
        const plain = planeCounts(values);
        expect([...counter.counts()]).toEqual([...plain]);
        expect(counter.largest(mask)).toBe(distill(values, 0, mask).scan);
        counter.clear();
        expect(Math.max(...counter.counts())).toBe(0);
      }),
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
