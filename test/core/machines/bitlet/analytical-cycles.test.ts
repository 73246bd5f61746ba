import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GroupStatistics } from "../../../../core/bit-interleaving/group-statistics.ts";
import { groupStatistics } from "../../../../core/bit-interleaving/group-statistics.ts";
import { bitlet } from "../../../../core/machines/bitlet/bitlet.ts";
import type { Configuration } from "../../../../core/machines/parameter.ts";
import { normal, uniformStream } from "../../../../core/random.ts";
import { configurationWith } from "../configurations.ts";
import { smallLayer } from "../small-layer.ts";

/** Statistics with given densities of the lowest planes, no spread between filters beyond sampling, and no trace. */
const densities = (reductionLength: number, ...low: number[]): GroupStatistics => {
  const planeDensity = new Float64Array(24);
  planeDensity.set(low);
  return {
    filters: 1,
    reductionLength,
    groups: 0,
    vectors: 1,
    cycles: new Uint16Array(0),
    planeDensity,
    planeVariance: new Float64Array(24),
    signalPower: 0,
    noisePower: 0,
    standardError: 0,
    cycleParts: { essential: 0, imbalance: 0, emptyWindows: 0, padding: 0 },
  };
};

/** Two planes of fixed3, published pipeline: no window, L = 10. */
const configuration = configurationWith({ pes: 2, laneWidth: 8, precision: "fixed3", pipeline: "published" });

/** Probability that the larger of two independent binomial counts over `lanes` at density ½ is at most `count`. */
const atMost = (lanes: number, count: number): number => {
  let sum = 0;
  for (let words = 0; words < 2 ** lanes; words++) {
    let ones = 0;
    for (let lane = 0; lane < lanes; lane++) ones += (words >> lane) & 1;
    if (ones <= count) sum++;
  }
  return (sum / 2 ** lanes) ** 2;
};

/** Probability of every count, 0 … lanes. */
const masses = (lanes: number): number[] =>
  Array.from(
    { length: lanes + 1 },
    (_, count) => atMost(lanes, count) - (count === 0 ? 0 : atMost(lanes, count - 1)),
  );

/** Expected largest of two planes over `together` groups, by enumeration of all words. */
const expectedScan = (lanes: number, together: number): number => {
  let expected = 0;
  for (let count = 1; count <= lanes; count++) expected += 1 - atMost(lanes, count - 1) ** together;
  return expected;
};

describe("analyticalCycles of Bitlet", () => {
  it("is the expected largest plane count of the filters in a round, the last group counted at its length", () => {
    const layer = smallLayer({ filters: 3, channels: 11, outputHeight: 1, outputWidth: 5 });
    const filter = (together: number): number =>
      10 + expectedScan(8, together) + (10 + expectedScan(3, together));
    const spread = { ...configuration, spread: "filters" };
    const result = bitlet.analyticalCycles(spread, layer, densities(11, 0.5, 0.5));
    // Rounds of two filters and of one, 5 positions each.
    expect(result.cycles).toBeCloseTo(5 * filter(2) + 5 * filter(1), 6);
    expect(result.busyCycles).toBeCloseTo(3 * 5 * filter(1), 6);
    // With positions on the free element the last round takes 3 steps.
    const both = bitlet.analyticalCycles(configuration, layer, densities(11, 0.5, 0.5));
    expect(both.cycles).toBeCloseTo(5 * filter(2) + 3 * filter(1), 6);
    const independent = { ...spread, sync: "independent" };
    expect(bitlet.analyticalCycles(independent, layer, densities(11, 0.5, 0.5)).cycles).toBeCloseTo(
      10 * filter(1),
      6,
    );
  });

  it("takes laneWidth a group without distillation, also for a short last group, and adds the tail once", () => {
    const layer = smallLayer({ filters: 2, channels: 11, outputHeight: 1, outputWidth: 3 });
    const off = { ...configuration, distillation: "off" };
    expect(bitlet.analyticalCycles(off, layer, densities(11, 0.1)).cycles).toBe(3 * 2 * (10 + 8));
    // rtl, 8 lanes over 4 ports: interval 2 + 12 + 8, tail 2 + 1; a matmul of 2 inputs pays both twice.
    const rtl = { ...off, pipeline: "rtl", inputPorts: 4, batch: 2 };
    const matmul = smallLayer({ filters: 2, channels: 11, outputHeight: 1, outputWidth: 3, kind: "matmul" });
    expect(bitlet.analyticalCycles(rtl, matmul, densities(11, 0.1)).cycles).toBe(2 * (3 * 2 * 22 + 3));
    expect(bitlet.analyticalCycles(rtl, layer, densities(11, 0.1)).cycles).toBe(2 * 3 * 2 * 22 + 3);
  });

  it("counts only the planes that are kept", () => {
    const layer = smallLayer({ filters: 1, channels: 8, outputHeight: 1, outputWidth: 1 });
    const known = densities(8, 1, 0.25);
    const scan = (activePlanes: number): number =>
      bitlet.analyticalCycles({ ...configuration, activePlanes }, layer, known).cycles - 10;
    // Plane 0 is full, plane 1 holds a quarter; the most significant one alone leaves 8 · ¼.
    expect(scan(2)).toBeCloseTo(8, 9);
    expect(scan(1)).toBeCloseTo(2, 9);
  });

  it("takes the slowest of the filters that are packed on a processing element", () => {
    const layer = smallLayer({ filters: 8, channels: 8, outputHeight: 1, outputWidth: 5 });
    const packed = { ...configuration, packing: 2, spread: "filters" };
    for (const order of ["index", "load"]) {
      const result = bitlet.analyticalCycles({ ...packed, order }, layer, densities(8, 0.5, 0.5));
      // Rounds of four filters on two elements.
      expect(result.cycles).toBeCloseTo(2 * 5 * (10 + expectedScan(8, 4)), 6);
      expect(result.busyCycles).toBeCloseTo(4 * 5 * (10 + expectedScan(8, 2)), 6);
    }
  });

  it("mixes the filters of a round from its ranks, with order load", () => {
    // One plane of lane width 8: the density of a filter is its work. Normal between filters, spread 0.1, mean 0.3.
    const layer = smallLayer({ filters: 32, channels: 8, outputHeight: 1, outputWidth: 1 });
    const planes = { ...densities(8, 0.3), planeVariance: new Float64Array(24).fill(0) };
    planes.planeVariance[0] = 0.1 ** 2 + (0.3 * 0.7) / 8;
    const cycles = (changes: Configuration) =>
      bitlet.analyticalCycles({ ...configuration, sync: "independent", ...changes }, layer, planes);
    // Nothing is lost: the rounds of half the filters each have all filters' work between them.
    const all = cycles({ pes: 16, order: "index" });
    const halves = cycles({ pes: 16, order: "load" });
    expect(halves.cycles).toBeCloseTo(all.cycles, 6);
    expect(halves.busyCycles).toBeCloseTo(all.busyCycles, 6);
    // In lockstep filters that are alike wait less for each other, the less the more rounds there are.
    for (const pes of [16, 4]) {
      const lockstep = { pes, sync: "lockstep" };
      expect(cycles({ ...lockstep, order: "load" }).cycles).toBeLessThan(cycles(lockstep).cycles);
    }
    // In one round there is nothing to choose.
    const one = { pes: 32, sync: "lockstep" };
    expect(cycles({ ...one, order: "load" }).cycles).toBeCloseTo(cycles(one).cycles, 9);
  });

  /** Expected largest of `together` sums of whole and short groups, by adding up all products of probabilities. */
  const largestSum = (whole: number, short: number, together: number): number => {
    let sums = [1];
    const kinds = [masses(8), masses(3)];
    for (let group = 0; group < whole + short; group++) {
      const next = new Array<number>(sums.length + 8).fill(0);
      sums.forEach((mass, sum) => {
        kinds[group < whole ? 0 : 1].forEach((share, count) => {
          next[sum + count] += mass * share;
        });
      });
      sums = next;
    }
    let expected = sums.length - 1;
    let below = 0;
    for (const mass of sums.slice(0, -1)) {
      below += mass;
      expected -= below ** together;
    }
    return expected;
  };

  it("is the slowest sum of a filter's groups behind deep FIFOs, by enumeration", () => {
    const layer = smallLayer({ filters: 2, channels: 19, outputHeight: 1, outputWidth: 5 });
    const deep = { ...configuration, sync: "fifo", fifoDepth: 64, dataflow: "output-stationary" };
    const { cycles } = bitlet.analyticalCycles(deep, layer, densities(19, 0.5, 0.5));
    expect(cycles).toBeCloseTo(5 * (30 + largestSum(2, 1, 2)), 6);
  });

  it("is the longest of the paths of equal runs, by enumeration", () => {
    // Eight whole groups on eight elements. Steps: weight-stationary, a group lasts all positions.
    const known = densities(64, 0.5, 0.5);
    const best = new Set<number>();
    for (const positions of [1, 20, 300, 1000]) {
      for (const fifoDepth of [1, 8, 30, 64]) {
        for (const dataflow of ["weight-stationary", "output-stationary"]) {
          const layer = smallLayer({ filters: 8, channels: 64, outputHeight: 1, outputWidth: positions });
          const changes = { pes: 8, sync: "fifo", fifoDepth, dataflow };
          const steps = 8 * positions;
          const paths = [1, 2, 4, 8].map((groups) => {
            const run = groups === 8 ? steps : groups * (dataflow === "weight-stationary" ? positions : 1);
            const runs = groups === 8 ? 1 : (steps + fifoDepth) / (run + fifoDepth);
            return runs * run * (10 + largestSum(groups, 0, 8) / groups);
          });
          const longest = Math.max(...paths);
          best.add(paths.indexOf(longest));
          const { cycles } = bitlet.analyticalCycles({ ...configuration, ...changes }, layer, known);
          expect(cycles / longest, JSON.stringify({ positions, ...changes })).toBeCloseTo(1, 9);
        }
      }
    }
    expect([...best].sort(), "runs that were the best at least once").toEqual([0, 1, 2, 3]);
  });

  it("takes position sets, and in part positions, as draws of their own where activations differ", () => {
    // float32, published: 13 + scan; planes 0 and 1 hold bits, position sets on one filter's weights.
    const float = { ...configuration, precision: "float32" };
    const layer = smallLayer({ filters: 1, channels: 8, outputHeight: 1, outputWidth: 2 });
    const cycles = (changes: Configuration): number =>
      bitlet.analyticalCycles({ ...float, ...changes }, layer, densities(8, 0.5, 0.5)).cycles;
    expect(cycles({})).toBeCloseTo(13 + expectedScan(8, 2), 6);
    expect(cycles({ activationExponents: "ignore" })).toBeCloseTo(13 + expectedScan(8, 1), 6);
    /*
     * Two filters of one group, four positions behind FIFOs, whatever the dataflow. Of two activations 0.21 have the same
     * exponent, so that four positions deviate as 4 / (4 · 0.21 + 0.79) = 2.45 independent ones: 2.
     */
    const wide = smallLayer({ filters: 2, channels: 8, outputHeight: 1, outputWidth: 4 });
    for (const dataflow of ["weight-stationary", "output-stationary"]) {
      const fifo = { ...float, sync: "fifo", fifoDepth: 64, dataflow };
      const { cycles: four } = bitlet.analyticalCycles(fifo, wide, densities(8, 0.5, 0.5));
      expect(four).toBeCloseTo(4 * (13 + largestSum(2, 0, 2) / 2), 6);
    }
  });

  it("has the same filters at once, packed or not, and packs alike ones with order load", () => {
    const layer = smallLayer({ filters: 8, channels: 8, outputHeight: 1, outputWidth: 1 });
    const planes = { ...densities(8, 0.3), planeVariance: new Float64Array(24) };
    planes.planeVariance[0] = 0.1 ** 2 + (0.3 * 0.7) / 8;
    const cycles = (changes: Configuration): number =>
      bitlet.analyticalCycles({ ...configuration, ...changes }, layer, planes).cycles;
    expect(cycles({ pes: 4, packing: 2 })).toBeCloseTo(cycles({ pes: 8 }), 9);
    const alike = cycles({ pes: 4, packing: 2, order: "load" });
    expect(alike).toBeLessThan(cycles({ pes: 4, packing: 2 }) - 0.01);
    // What was kept for one order does not serve the other.
    const fresh = { ...configuration, pes: 4, packing: 2, order: "load" };
    expect(bitlet.analyticalCycles(fresh, layer, { ...planes }).cycles).toBe(alike);
  });

  it("is between lockstep and the mean behind FIFOs, and never slower behind deeper ones", () => {
    // Shares of ones among some thousand weights.
    const fraction = fc.integer({ min: 0, max: 4096 }).map((ones) => ones / 4096);
    fc.assert(
      fc.property(
        fc.record({
          pes: fc.integer({ min: 1, max: 9 }),
          precision: fc.constantFrom("float32", "fixed8"),
          dataflow: fc.constantFrom("weight-stationary", "output-stationary"),
          order: fc.constantFrom("index", "load"),
          pipeline: fc.constantFrom("rtl", "overlapped", "published"),
          distillation: fc.constantFrom("on", "on", "off"),
        }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 7 }),
        fc.array(fraction, { minLength: 24, maxLength: 24 }),
        fc.array(fraction, { minLength: 24, maxLength: 24 }),
        (drawn, channels, outputWidth, means, spreads) => {
          const layer = smallLayer({ filters: 7, channels, outputHeight: 1, outputWidth });
          const known = {
            ...densities(channels, ...means),
            planeVariance: Float64Array.from(
              spreads,
              (share, plane) => share * means[plane] * (1 - means[plane]),
            ),
          };
          const cycles = (changes: Configuration): number =>
            bitlet.analyticalCycles(configurationWith({ laneWidth: 16, ...drawn, ...changes }), layer, known)
              .cycles;
          let before = cycles({ sync: "lockstep" });
          for (const fifoDepth of [1, 2, 5, 20, 64]) {
            const now = cycles({ sync: "fifo", fifoDepth });
            expect(now).toBeLessThanOrEqual(before * (1 + 1e-9));
            before = now;
          }
          expect(before).toBeGreaterThanOrEqual(cycles({ sync: "independent" }) * (1 - 1e-9));
        },
      ),
      { numRuns: 60 },
    );
  });

  const compared: Configuration[] = [
    { sync: "lockstep" },
    { sync: "independent" },
    { sync: "lockstep", order: "load" },
    { sync: "lockstep", packing: 3 },
    ...[1, 8].flatMap((fifoDepth) =>
      ["weight-stationary", "output-stationary"].map((dataflow) => ({ sync: "fifo", fifoDepth, dataflow })),
    ),
  ];

  it("agrees with the cycle model on weights of independent bits", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom("rtl", "published"), (seed, pipeline) => {
        const layer = smallLayer({ filters: 32, channels: 640, outputHeight: 1, outputWidth: 4 });
        const uniform = uniformStream(seed, 0);
        const weights = Float32Array.from({ length: 32 * 640 }, () => normal(uniform));
        for (const changes of compared) {
          const asked = configurationWith({ precision: "fixed8", pipeline, pes: 8, ...changes });
          const statistics = groupStatistics(weights, 32, bitlet.statistics(asked, seed, 0));
          const analytical = bitlet.analyticalCycles(asked, layer, statistics).cycles;
          const traced = bitlet.tracedCycles(asked, layer, statistics).cycles;
          // Unsynchronised, the mean is compared with the slowest of 8: a few percent apart.
          const least = changes.sync === "independent" ? 0.05 : 0.04;
          expect(Math.abs(analytical / traced - 1)).toBeLessThan(least);
        }
      }),
      { numRuns: 20 },
    );
  });
});
