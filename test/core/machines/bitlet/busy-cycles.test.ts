import fc from "fast-check";
import { expect, it } from "vitest";
import { groupStatistics } from "../../../../core/bit-interleaving/group-statistics.ts";
import { bitlet } from "../../../../core/machines/bitlet/bitlet.ts";
import { normalWeights } from "../../model/example-run.ts";
import { configurationWith } from "../configurations.ts";
import { smallLayer } from "../small-layer.ts";

const layers = fc
  .record({
    kind: fc.constantFrom("convolution" as const, "matmul" as const),
    filters: fc.integer({ min: 1, max: 12 }),
    channels: fc.integer({ min: 1, max: 40 }),
    groups: fc.integer({ min: 1, max: 3 }),
    outputHeight: fc.integer({ min: 1, max: 5 }),
    outputWidth: fc.integer({ min: 1, max: 4 }),
    kernelHeight: fc.integer({ min: 1, max: 3 }),
  })
  .map((layer) =>
    smallLayer({ ...layer, filters: layer.filters * layer.groups, channels: layer.channels * layer.groups }),
  );

const configurations = fc
  .record({
    pes: fc.integer({ min: 1, max: 20 }),
    laneWidth: fc.constantFrom(8, 16, 64),
    precision: fc.constantFrom("float32", "fixed8", "fixed3"),
    distillation: fc.constantFrom("on", "off"),
    pipeline: fc.constantFrom("published", "rtl", "overlapped"),
    inputPorts: fc.constantFrom(4, 16),
    window: fc.constantFrom(0, 2, 8),
    sync: fc.constantFrom("lockstep", "independent", "fifo"),
    fifoDepth: fc.constantFrom(1, 3),
    order: fc.constantFrom("index", "load"),
    packing: fc.integer({ min: 1, max: 3 }),
    spread: fc.constantFrom("filters", "filters+positions"),
    dataflow: fc.constantFrom("weight-stationary", "output-stationary"),
    batch: fc.integer({ min: 1, max: 3 }),
  })
  .map((changes) =>
    configurationWith(changes.precision === "float32" ? { ...changes, packing: 1 } : changes),
  );

it("keeps no more cycles busy than the elements with work have, under any view", () => {
  let full = 0;
  fc.assert(
    fc.property(configurations, layers, fc.integer({ min: 0, max: 99 }), (configuration, layer, seed) => {
      const request = bitlet.statistics(configuration, 5, 0);
      const statistics = groupStatistics(normalWeights(layer, seed), layer.filters, request);
      const active = bitlet.activePes(configuration, layer);
      const analytical = bitlet.analyticalCycles(configuration, layer, statistics);
      const traced = bitlet.tracedCycles(configuration, layer, statistics);
      const rounding = 1 + 1e-12;
      expect(analytical.busyCycles).toBeLessThanOrEqual(active * analytical.cycles * rounding);
      expect(traced.busyCycles).toBeLessThanOrEqual(active * traced.optimisticCycles * rounding);
      expect(traced.busyCycles).toBeLessThanOrEqual(active * traced.cycles * rounding);
      expect(traced.busyCycles).toBeLessThanOrEqual(active * traced.pessimisticCycles * rounding);
      if (traced.busyCycles > 0.9 * active * traced.optimisticCycles) full++;
    }),
    { numRuns: 500 },
  );
  expect(full).toBeGreaterThan(0);
});
