import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rooflineSeconds } from "../../../core/model/analytical.ts";
import { optimisticSeconds, pessimisticSeconds } from "../../../core/model/bounds.ts";
import { scheduleLayer } from "../../../core/model/cycle.ts";
import { boundNames, boundOf, type LayerDemand } from "../../../core/model/layer-demand.ts";
import { simulatePipeline } from "./pipeline-simulation.ts";

const seconds = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 20 }),
  fc.double({ min: 0, max: 20, noNaN: true }),
);
const demands: fc.Arbitrary<LayerDemand> = fc
  .record({
    compute: seconds,
    buffers: seconds,
    weightLoads: seconds,
    activationLoads: seconds,
    stores: seconds,
    tiles: fc.integer({ min: 1, max: 15 }),
  })
  .map((tile) => ({
    compute: tile.compute * tile.tiles,
    buffers: tile.buffers * tile.tiles,
    weightLoads: tile.weightLoads * tile.tiles,
    activationLoads: tile.activationLoads * tile.tiles,
    stores: tile.stores * tile.tiles,
    tiles: tile.tiles,
  }));
const tolerance = 1 + 1e-9;

describe("scheduleLayer", () => {
  it("is within one tile's transfers of the longer of compute and transfers, whichever it is", () => {
    fc.assert(
      fc.property(demands, (demand) => {
        const { compute, buffers, weightLoads, activationLoads, stores, tiles } = demand;
        const longest = Math.max(compute, buffers, weightLoads, activationLoads + stores);
        const ofTile = (weightLoads + activationLoads + stores) / tiles;
        const { seconds } = scheduleLayer(demand);
        expect(seconds).toBeGreaterThanOrEqual(longest / tolerance);
        expect(seconds - longest).toBeLessThanOrEqual(ofTile + 0.001 * longest);
      }),
      { numRuns: 3000 },
    );
  });

  it("fills, runs its slowest stage between tiles, and drains", () => {
    const demand = { compute: 30, buffers: 12, weightLoads: 15, activationLoads: 6, stores: 3, tiles: 3 };
    // A tile: compute 10, weights 5, activations 2, store 1. Fill 5, three tiles of 10, drain 1.
    expect(scheduleLayer(demand)).toEqual({ seconds: 36, fill: 5, drain: 1, stall: 0 });
    // Bound by the shared channel, 8 + 4 a tile: fill 8, first tile 10, two stages of 12, drain 4.
    const shared = { ...demand, activationLoads: 24, stores: 12 };
    expect(scheduleLayer(shared)).toEqual({ seconds: 46, fill: 8, drain: 4, stall: 4 });
    // Bound by the path from the buffers: 20 a tile, of which 10 are waiting.
    expect(scheduleLayer({ ...demand, buffers: 60 })).toEqual({ seconds: 66, fill: 5, drain: 1, stall: 30 });
    // A single tile overlaps nothing but the two channels.
    expect(scheduleLayer({ ...shared, tiles: 1 })).toEqual({ seconds: 66, fill: 24, drain: 12, stall: 0 });
  });

  it("is exact against an event simulation, but where the shared channel is slowest: there it is up to 25 % longer", () => {
    fc.assert(
      fc.property(demands, fc.constantFrom("load" as const, "store" as const), (demand, first) => {
        const simulated = simulatePipeline(demand, first);
        const closed = scheduleLayer(demand).seconds;
        const shared = demand.activationLoads + demand.stores;
        const others = Math.max(demand.compute, demand.buffers, demand.weightLoads);
        if (shared <= others || demand.tiles === 1) expect(closed).toBeCloseTo(simulated, 6);
        expect(closed).toBeGreaterThanOrEqual(simulated / tolerance);
        expect(closed).toBeLessThanOrEqual(simulated * 1.25 * tolerance);
        // It errs by less than one tile on the shared channel, however many tiles there are.
        expect(closed - simulated).toBeLessThanOrEqual((Math.max(shared, others) / demand.tiles) * tolerance);
      }),
      { numRuns: 5000 },
    );
  });

  it("reaches those 25 %: two tiles that compute as long as they load, and as long as they store", () => {
    const demand = { compute: 12, buffers: 0, weightLoads: 12, activationLoads: 12, stores: 12, tiles: 2 };
    expect(simulatePipeline(demand, "load")).toBe(24);
    expect(scheduleLayer(demand).seconds).toBe(30);
  });

  it("lies between the bounds, with the roofline at the lower one; so does the simulation", () => {
    fc.assert(
      fc.property(demands, (demand) => {
        const low = optimisticSeconds(demand);
        const high = pessimisticSeconds(demand) * tolerance;
        expect(rooflineSeconds(demand)).toBe(low);
        for (const time of [scheduleLayer(demand).seconds, simulatePipeline(demand, "load")]) {
          expect(time * tolerance).toBeGreaterThanOrEqual(low);
          expect(time).toBeLessThanOrEqual(high);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("accounts for all of its time", () => {
    fc.assert(
      fc.property(demands, (demand) => {
        const { seconds: all, fill, drain, stall } = scheduleLayer(demand);
        expect(fill + drain + stall + demand.compute).toBeCloseTo(all, 6);
        expect(stall).toBeGreaterThanOrEqual(-1e-9);
      }),
    );
  });
});

describe("bounds", () => {
  it("overlap everything, or nothing but compute and its buffer traffic", () => {
    const demand = { compute: 5, buffers: 7, weightLoads: 6, activationLoads: 4, stores: 4, tiles: 2 };
    expect(optimisticSeconds(demand)).toBe(8);
    expect(pessimisticSeconds(demand)).toBe(7 + 6 + 4 + 4);
  });
});

describe("boundOf", () => {
  it("names the resource with the largest demand, the first on a tie", () => {
    const demand = { compute: 5, buffers: 5, weightLoads: 5, activationLoads: 3, stores: 2, tiles: 1 };
    const name = (changes: Partial<LayerDemand>): string => boundNames[boundOf({ ...demand, ...changes })];
    expect(name({})).toBe("compute");
    expect(name({ compute: 4 })).toBe("buffer bandwidth");
    expect(name({ compute: 4, buffers: 4 })).toBe("DRAM weights");
    expect(name({ stores: 3 })).toBe("DRAM activations");
  });
});
