import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activePes, rounds } from "../../../core/machines/rounds.ts";

describe("rounds", () => {
  it("fills the processing elements with filters, and the last round's rest with positions", () => {
    expect(rounds(10, 7, 4, "filters+positions")).toEqual([
      { firstFilter: 0, filters: 4, positionSets: 1, positionSteps: 7 },
      { firstFilter: 4, filters: 4, positionSets: 1, positionSteps: 7 },
      { firstFilter: 8, filters: 2, positionSets: 2, positionSteps: 4 },
    ]);
    expect(rounds(10, 7, 4, "filters")[2]).toEqual({
      firstFilter: 8,
      filters: 2,
      positionSets: 1,
      positionSteps: 7,
    });
    expect(rounds(3, 100, 32, "filters+positions")).toEqual([
      { firstFilter: 0, filters: 3, positionSets: 10, positionSteps: 10 },
    ]);
  });

  it("keeps one processing element busy in a depthwise group spread over filters only", () => {
    expect(activePes(rounds(1, 100, 32, "filters"))).toBe(1);
    expect(activePes(rounds(1, 100, 32, "filters+positions"))).toBe(32);
  });

  it("gives no work to processing elements for which there is no position", () => {
    expect(activePes(rounds(8, 1, 32, "filters+positions"))).toBe(8);
    expect(activePes(rounds(8, 3, 32, "filters+positions"))).toBe(24);
    expect(activePes(rounds(5, 4, 4, "filters+positions"))).toBe(4);
  });

  it("visits every filter and position exactly once, on distinct processing elements", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom("filters" as const, "filters+positions" as const),
        (filters, positions, pes, spread) => {
          const plan = rounds(filters, positions, pes, spread);
          const visits = new Map<string, number>();
          const worked = new Set<number>();
          plan.forEach((round, index) => {
            // Every round but the last holds min(pes, filters) filters, and filter m is on element m mod that.
            const atOnce = Math.min(pes, filters);
            expect(round.firstFilter).toBe(index * atOnce);
            if (index < plan.length - 1) expect(round.filters).toBe(atOnce);
            for (let step = 0; step < round.positionSteps; step++) {
              let works = 0;
              for (let set = 0; set < round.positionSets; set++) {
                const position = step * round.positionSets + set;
                if (position >= positions) continue;
                for (let filter = 0; filter < round.filters; filter++) {
                  worked.add(set * round.filters + filter);
                  works++;
                  const key = `${round.firstFilter + filter}/${position}`;
                  visits.set(key, (visits.get(key) ?? 0) + 1);
                }
              }
              expect(works).toBeGreaterThan(0);
              expect(works).toBeLessThanOrEqual(pes);
            }
          });
          expect(visits.size).toBe(filters * positions);
          expect(Math.max(...visits.values())).toBe(1);
          expect(activePes(plan)).toBe(worked.size);
        },
      ),
    );
  });
});
