import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { groupStatistics } from "../../../../core/bit-interleaving/group-statistics.ts";
import { bitlet } from "../../../../core/machines/bitlet/bitlet.ts";
import type { Configuration } from "../../../../core/machines/parameter.ts";
import type { LayerShape } from "../../../../core/workloads/layer.ts";
import { normalWeights } from "../../model/example-run.ts";
import { configurationWith } from "../configurations.ts";
import { smallLayer } from "../small-layer.ts";

const traced = (changes: Configuration, layer: LayerShape, weights = normalWeights(layer, 3)) => {
  const configuration = configurationWith(changes);
  const statistics = groupStatistics(weights, layer.filters, bitlet.statistics(configuration, 7, 0));
  return { ...bitlet.tracedCycles(configuration, layer, statistics), statistics };
};

describe("the split of a layer's cycles", () => {
  it("adds up to them, no part negative, whatever the configuration", () => {
    fc.assert(
      fc.property(
        fc.record({
          pes: fc.constantFrom(1, 3, 8, 40),
          laneWidth: fc.constantFrom(16, 32, 64),
          precision: fc.constantFrom("float32", "fixed8", "fixed3"),
          distillation: fc.constantFrom("on", "off"),
          pipeline: fc.constantFrom("published", "rtl", "overlapped"),
          sync: fc.constantFrom("lockstep", "independent", "fifo"),
          order: fc.constantFrom("index", "load"),
          packing: fc.constantFrom(1, 2),
          spread: fc.constantFrom("filters", "filters+positions"),
          dataflow: fc.constantFrom("weight-stationary", "output-stationary"),
          batch: fc.constantFrom(1, 3),
          activationVectors: fc.constantFrom(2, 5),
        }),
        fc.record({
          kind: fc.constantFrom("convolution" as const, "matmul" as const),
          filters: fc.integer({ min: 1, max: 9 }).map((count) => 2 * count),
          channels: fc.integer({ min: 1, max: 40 }).map((count) => 2 * count),
          groups: fc.constantFrom(1, 2),
          outputHeight: fc.integer({ min: 1, max: 4 }),
          outputWidth: fc.integer({ min: 1, max: 3 }),
        }),
        (changes, shape) => {
          fc.pre(changes.packing === 1 || changes.precision !== "float32");
          const { cycles, split } = traced(changes, smallLayer(shape));
          const sum = Object.values(split).reduce((total, part) => total + part, 0);
          expect(sum / cycles).toBeCloseTo(1, 9);
          for (const [cause, part] of Object.entries(split)) {
            expect(part, cause).toBeGreaterThanOrEqual(-1e-9 * cycles);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it("without distillation: every zero is a cycle, by hand", () => {
    /*
     * Two filters of 20 weights, 16 lanes, one element, 3 positions: groups of 16 and of 4 weights behind which 12 lanes
     * are empty. Filter 0 has a one in each of its 20 weights in plane 0 (value 1), filter 1 none. fixed2 has one plane.
     */
    const layer = smallLayer({
      filters: 2,
      channels: 20,
      outputHeight: 1,
      outputWidth: 3,
      inputHeight: 1,
      inputWidth: 3,
    });
    const weights = Float32Array.from({ length: 40 }, (_, index) => (index < 20 ? 1 : 0));
    const changes = {
      pes: 1,
      laneWidth: 16,
      precision: "fixed2",
      distillation: "off",
      pipeline: "published",
    };
    const { split, cycles } = traced(changes, layer, weights);
    // Four groups of 10 + 16 cycles, 3 positions.
    expect(cycles).toBe(3 * 4 * 26);
    expect(split.frontEnd).toBeCloseTo(3 * 4 * 10, 9);
    expect(split.ideal).toBeCloseTo(3 * 20, 9);
    expect(split.window).toBeCloseTo(3 * 20, 9);
    expect(split.padding).toBeCloseTo(3 * 24, 9);
    expect(split.imbalance).toBeCloseTo(0, 9);
  });

  it("counts elements without a filter as padding, and waiting for a slower one as imbalance, by hand", () => {
    /*
     * Three filters on four elements, nothing else for them to do: a quarter of the array pads. Filters 0 … 2 have 16, 8
     * and 0 ones in one plane of fixed2; one group of 16, one position: 26 cycles in lockstep.
     */
    const layer = smallLayer({
      filters: 3,
      channels: 16,
      outputHeight: 1,
      outputWidth: 1,
      inputHeight: 1,
      inputWidth: 1,
    });
    const weights = Float32Array.from({ length: 48 }, (_, index) => (index < 24 ? 1 : 0));
    const changes = { pes: 4, laneWidth: 16, precision: "fixed2", pipeline: "published", spread: "filters" };
    const { split, cycles } = traced(changes, layer, weights);
    expect(cycles).toBe(26);
    expect(split.padding).toBeCloseTo(26 / 4, 9);
    expect(split.ideal).toBeCloseTo(24 / 4, 9);
    expect(split.frontEnd).toBeCloseTo((3 * 10) / 4, 9);
    expect(split.imbalance).toBeCloseTo((8 + 16) / 4, 9);
    expect(split.window).toBe(0);
  });
});
