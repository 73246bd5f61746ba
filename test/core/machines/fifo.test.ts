import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FifoArray } from "../../../core/machines/fifo.ts";

/** A stretch of steps: intervals by row and processing element, where it begins, how long it is, who takes part. */
interface Stretch {
  readonly rows: readonly (readonly number[])[];
  readonly first: number;
  readonly steps: number;
  readonly working: number;
}

/** The recurrence as it is written, all times of all steps kept. */
const plain = (pes: number, depth: number, beats: number, stretches: readonly Stretch[]): number => {
  const broadcasts: number[] = [];
  const largestStarts: number[] = [];
  const ends = new Array<number>(pes).fill(0);
  for (const { rows, first, steps, working } of stretches) {
    for (let step = 0; step < steps; step++) {
      const k = broadcasts.length;
      const entered = k === 0 ? 0 : broadcasts[k - 1] + beats;
      const free = depth === 0 ? Math.max(...ends) : k < depth ? 0 : largestStarts[k - depth];
      const broadcast = Math.max(entered, free);
      const starts: number[] = [];
      for (let pe = 0; pe < working; pe++) {
        starts.push(Math.max(broadcast, ends[pe]));
        ends[pe] = starts[pe] + rows[(first + step) % rows.length][pe];
      }
      broadcasts.push(broadcast);
      largestStarts.push(Math.max(...starts));
    }
  }
  return Math.max(...ends);
};

const fast = (pes: number, depth: number, beats: number, stretches: readonly Stretch[]): number => {
  const array = new FifoArray(pes, depth, beats);
  for (const { rows, first, steps, working } of stretches) {
    array.run(Uint16Array.from(rows.flat()), first, steps, working);
  }
  return array.finished;
};

/** Arrays with intervals of at least `beats`, close together or far apart, and stretches short and long. */
const arrays = fc
  .record({
    pes: fc.integer({ min: 1, max: 6 }),
    beats: fc.integer({ min: 0, max: 5 }),
    most: fc.constantFrom(1, 3, 30),
    count: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ pes, beats, most, count }) => {
    const interval = fc.integer({ min: Math.max(1, beats), max: Math.max(1, beats) + most });
    const stretch = fc
      .record({
        rows: fc.array(fc.array(interval, { minLength: pes, maxLength: pes }), {
          minLength: 1,
          maxLength: 5,
        }),
        first: fc.nat(),
        steps: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 10, max: 900 })),
        working: fc.integer({ min: 1, max: 2 * pes }).map((drawn) => Math.min(drawn, pes)),
      })
      .map((drawn) => ({ ...drawn, first: drawn.first % drawn.rows.length }));
    return fc.record({
      pes: fc.constant(pes),
      beats: fc.constant(beats),
      stretches: fc.array(stretch, { minLength: count, maxLength: count }),
    });
  });

/**
 * Elements that fall behind in a short stretch and catch up in a long one, by a cycle or so a step; then one of them
 * works long and the others hardly, which shows the clock of that one, or that of the broadcast if it waits for it.
 */
const catchingUp = fc
  .record({ pes: fc.integer({ min: 2, max: 4 }), beats: fc.integer({ min: 0, max: 3 }) })
  .chain(({ pes, beats }) => {
    const stretch = (most: number, period: number, steps: [number, number]): fc.Arbitrary<Stretch> =>
      fc.record({
        rows: fc.array(
          fc.array(fc.integer({ min: 10, max: 10 + most }), { minLength: pes, maxLength: pes }),
          { minLength: 1, maxLength: period },
        ),
        first: fc.constant(0),
        steps: fc.integer({ min: steps[0], max: steps[1] }),
        working: fc.constant(pes),
      });
    return fc.record({
      pes: fc.constant(pes),
      beats: fc.constant(beats),
      stretches: fc.tuple(
        stretch(30, 1, [1, 30]),
        fc.oneof(stretch(3, 2, [20, 500]), stretch(20, 4, [20, 500])),
      ),
      last: fc.integer({ min: 1, max: 3 }),
    });
  });

const depths = fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 5, max: 40 }));

describe("FifoArray", () => {
  it("equals the recurrence step by step, whatever it adds at once", () => {
    fc.assert(
      fc.property(arrays, depths, ({ pes, beats, stretches }, depth) => {
        expect(fast(pes, depth, beats, stretches)).toBe(plain(pes, depth, beats, stretches));
      }),
      { numRuns: 1500 },
    );
  });

  it("equals it where elements catch up with the broadcast or with each other, late", () => {
    fc.assert(
      fc.property(catchingUp, fc.integer({ min: 1, max: 12 }), ({ pes, beats, stretches, last }, depth) => {
        for (let shown = 0; shown < pes; shown++) {
          const row = Array.from({ length: pes }, (_, pe) => (pe === shown ? 2000 : beats));
          const all = [...stretches, { rows: [row], first: 0, steps: last, working: pes }];
          expect(fast(pes, depth, beats, all)).toBe(plain(pes, depth, beats, all));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("equals it where the slower element overtakes late, by one cycle a step", () => {
    // Element 0 first falls 40 · 29 cycles behind, then element 1 is slower by one, 1,500 steps long.
    const stretches = [
      { rows: [[31, 2]], first: 0, steps: 40, working: 2 },
      { rows: [[20, 21]], first: 0, steps: 1500, working: 2 },
    ];
    for (const depth of [1, 4, 64]) {
      expect(fast(2, depth, 2, stretches), `depth ${depth}`).toBe(plain(2, depth, 2, stretches));
    }
  });

  it("is lockstep at depth 0: every step as long as the slowest that takes part", () => {
    fc.assert(
      fc.property(arrays, ({ pes, beats, stretches }) => {
        let cycles = 0;
        for (const { rows, first, steps, working } of stretches) {
          for (let step = 0; step < steps; step++) {
            cycles += Math.max(...rows[(first + step) % rows.length].slice(0, working));
          }
        }
        expect(fast(pes, 0, beats, stretches)).toBe(cycles);
      }),
    );
  });

  it("never takes longer with a deeper FIFO, and no less than any element's own work", () => {
    fc.assert(
      fc.property(arrays, depths, ({ pes, beats, stretches }, depth) => {
        const time = fast(pes, depth, beats, stretches);
        expect(fast(pes, depth + 1, beats, stretches)).toBeLessThanOrEqual(time);
        for (let pe = 0; pe < pes; pe++) {
          let own = 0;
          for (const { rows, first, steps, working } of stretches) {
            for (let step = 0; step < steps && pe < working; step++) {
              own += rows[(first + step) % rows.length][pe];
            }
          }
          expect(time).toBeGreaterThanOrEqual(own);
        }
      }),
    );
  });

  it("by hand: two elements that are slow in turn", () => {
    const stretches = [{ rows: [[9, 1], [1, 9]], first: 0, steps: 4, working: 2 }]; // biome-ignore format: a row a step
    // Lockstep: 4 · 9. Alone, either element works 9 + 1 + 9 + 1 = 20.
    expect(fast(2, 0, 1, stretches)).toBe(36);
    /*
     * Depth 1, a beat a broadcast. b(0) = 0: starts 0 0, ends 9 1. b(1) = max(1, 0): starts 9 1, ends 10 10.
     * b(2) = max(2, 9): starts 10 10, ends 19 11. b(3) = max(10, 10): starts 19 11, ends 20 20.
     */
    expect(fast(2, 1, 1, stretches)).toBe(20);
    /*
     * Slow twice, then fast twice. Depth 1: starts 0 0, ends 9 1; b 1: starts 9 1, ends 18 2; b 9: starts 18 9, ends
     * 19 18; b 18: starts 19 18, ends 20 27. Depth 2: b(2) = max(2, 0): ends 19 11; b(3) = max(3, 9): ends 20 20.
     */
    const twice = [{ rows: [[9, 1], [9, 1], [1, 9], [1, 9]], first: 0, steps: 4, working: 2 }]; // biome-ignore format: a row a step
    expect(fast(2, 0, 1, twice)).toBe(36);
    expect(fast(2, 1, 1, twice)).toBe(27);
    expect(fast(2, 2, 1, twice)).toBe(20);
  });

  it("waits for the broadcast, too: short intervals after long beats", () => {
    // Beats of 5: b = 0 5 10, each group done 5 after its broadcast.
    expect(fast(1, 3, 5, [{ rows: [[5]], first: 0, steps: 3, working: 1 }])).toBe(15);
    // An element that takes no part in step 0 starts with the broadcast of step 1, cycle 5.
    const late = [
      { rows: [[5, 99]], first: 0, steps: 1, working: 1 },
      { rows: [[5, 20]], first: 0, steps: 1, working: 2 },
    ];
    expect(fast(2, 3, 5, late)).toBe(25);
  });

  it("starts over after a reset", () => {
    const array = new FifoArray(2, 2, 3);
    const rows = Uint16Array.of(7, 4, 3, 9);
    array.run(rows, 0, 50, 2);
    const first = array.finished;
    array.reset();
    expect(array.finished).toBe(0);
    array.run(rows, 0, 50, 2);
    expect(array.finished).toBe(first);
  });
});
