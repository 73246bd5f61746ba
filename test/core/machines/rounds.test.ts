import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { activePes, rounds } from "../../../core/machines/rounds.ts";

describe("rounds", () => {
  it("fills the processing elements with filters, and the last round's rest with positions", () => {
    expect(rounds(10, 7, 4, "filters+positions")).toEqual([
      { firstFilter: 0, filters: 4, pesOfSet: 4, positionSets: 1, positionSteps: 7 },
      { firstFilter: 4, filters: 4, pesOfSet: 4, positionSets: 1, positionSteps: 7 },
      { firstFilter: 8, filters: 2, pesOfSet: 2, positionSets: 2, positionSteps: 4 },
    ]);
    expect(rounds(10, 7, 4, "filters")[2]).toEqual({
      firstFilter: 8,
      filters: 2,
      pesOfSet: 2,
      positionSets: 1,
      positionSteps: 7,
    });
    expect(rounds(3, 100, 32, "filters+positions")).toEqual([
      { firstFilter: 0, filters: 3, pesOfSet: 3, positionSets: 10, positionSteps: 10 },
    ]);
  });

  it("packs filters side by side, and gives the elements that this frees to positions", () => {
    // 3 filters on each of 2 elements at once; of 11 the last round has 5, on 2 elements.
    expect(rounds(11, 7, 2, "filters+positions", 3)).toEqual([
      { firstFilter: 0, filters: 6, pesOfSet: 2, positionSets: 1, positionSteps: 7 },
      { firstFilter: 6, filters: 5, pesOfSet: 2, positionSets: 1, positionSteps: 7 },
    ]);
    // 4 filters fill 2 of 7 elements: 3 position sets.
    expect(rounds(4, 7, 7, "filters+positions", 3)).toEqual([
      { firstFilter: 0, filters: 4, pesOfSet: 2, positionSets: 3, positionSteps: 3 },
    ]);
    expect(activePes(rounds(4, 7, 7, "filters+positions", 3))).toBe(6);
    expect(activePes(rounds(4, 7, 7, "filters", 3))).toBe(2);
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
        fc.integer({ min: 1, max: 4 }),
        (filters, positions, pes, spread, packing) => {
          const plan = rounds(filters, positions, pes, spread, packing);
          const visits = new Map<string, number>();
          const worked = new Set<number>();
          plan.forEach((round, index) => {
            // Every round but the last holds min(pes · packing, filters) filters.
            const atOnce = Math.min(pes * packing, filters);
            expect(round.firstFilter).toBe(index * atOnce);
            if (index < plan.length - 1) expect(round.filters).toBe(atOnce);
            for (let step = 0; step < round.positionSteps; step++) {
              const works = new Set<number>();
              for (let set = 0; set < round.positionSets; set++) {
                const position = step * round.positionSets + set;
                if (position >= positions) continue;
                for (let filter = 0; filter < round.filters; filter++) {
                  works.add(set * round.pesOfSet + Math.floor(filter / packing));
                  const key = `${round.firstFilter + filter}/${position}`;
                  visits.set(key, (visits.get(key) ?? 0) + 1);
                }
              }
              expect(works.size).toBeGreaterThan(0);
              expect(Math.max(...works)).toBeLessThan(pes);
              for (const pe of works) worked.add(pe);
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
