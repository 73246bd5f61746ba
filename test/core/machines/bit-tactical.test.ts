import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { activationCodes } from "../../../core/machines/activation-codes.ts";
import { bitTactical } from "../../../core/machines/bit-tactical/bit-tactical.ts";
import { expectedSchedule } from "../../../core/machines/bit-tactical/expected-schedule.ts";
import { type Schedule, schedule, type TileWeights } from "../../../core/machines/bit-tactical/schedule.ts";
import { metadataBits, type Reach, searchMap } from "../../../core/machines/bit-tactical/search-map.ts";
import type { LayerOperands } from "../../../core/machines/layer-statistics.ts";
import { type Configuration, configurationOf } from "../../../core/machines/parameter.ts";
import { pragmatic } from "../../../core/machines/pragmatic/pragmatic.ts";
import { laneIndices } from "../../../core/machines/tile-organisation.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { quantize } from "../../../core/numerics/quantize.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import { type LayerShape, macs, reductionLength } from "../../../core/workloads/layer.ts";
import { smallLayer } from "./small-layer.ts";

const mapT = searchMap({ shape: "T", lookahead: 2, lookaside: 5 });
const lanes = 16;

/** A tile from its weights that are not zero, as [filter, row, lane]. */
const tileOf = (
  filters: number,
  rows: number,
  weights: readonly (readonly [number, number, number])[],
): TileWeights => {
  const nonZero = new Uint8Array(filters * rows * lanes);
  for (const [filter, row, lane] of weights) nonZero[(filter * rows + row) * lanes + lane] = 1;
  return { nonZero, filters, rows, lanes };
};

/** The lanes with work of one step and filter, as "lane<row.lane of the weight's own place". */
const shown = ({ places }: Schedule, filters: number, step: number, filter = 0): string[] =>
  Array.from(places.subarray((step * filters + filter) * lanes, (step * filters + filter + 1) * lanes))
    .map((place, lane) => (place < 0 ? "" : `${lane}<${Math.floor(place / lanes)}.${place % lanes}`))
    .filter((text) => text !== "");

/** Weights of one filter, [row, lane], scheduled with T⟨2, 5⟩: a line of text a step. */
const scheduled = (rows: number, weights: readonly (readonly [number, number])[]): string[] => {
  const plan = schedule(
    tileOf(
      1,
      rows,
      weights.map(([row, lane]) => [0, row, lane] as const),
    ),
    mapT,
    2,
  );
  return plan.rows.map((row, step) => `${row}: ${shown(plan, 1, step).join(" ")}`);
};

const everyLane = Array.from({ length: lanes }, (_, lane) => lane);

describe("search map of Bit-Tactical", () => {
  it("is sorted by rows, then lanes", () => {
    const text = (map: readonly Reach[]): string =>
      map.map(({ rows, lanes }) => `${rows},${lanes}`).join(" ");
    expect(text(mapT)).toBe("1,-1 1,0 1,1 1,3 2,-2 2,0 2,2");
    expect(text(searchMap({ shape: "L", lookahead: 3, lookaside: 2 }))).toBe("1,-2 1,-1 1,0 2,0 3,0");
  });

  it("has a T for lookahead 2 and lookaside 5 alone", () => {
    for (const [lookahead, lookaside] of [
      [1, 5],
      [2, 4],
      [3, 5],
    ]) {
      expect(() => searchMap({ shape: "T", lookahead, lookaside })).toThrow(
        `shape T with lookahead ${lookahead} and lookaside ${lookaside}: expected 2 and 5`,
      );
      expect(() => searchMap({ shape: "T", lookahead, lookaside })).toThrow(ModelError);
    }
  });

  it("asks for 3 bits a weight as published", () => {
    expect(metadataBits({ lookahead: 2, lookaside: 5 })).toBe(3);
    expect(metadataBits({ lookahead: 2, lookaside: 6 })).toBe(3);
    expect(metadataBits({ lookahead: 2, lookaside: 7 })).toBe(4);
    expect(metadataBits({ lookahead: 1, lookaside: 1 })).toBe(1);
  });
});

describe("schedule of Bit-Tactical", () => {
  it("gains nothing where no weight is zero", () => {
    const all = [0, 1, 2].flatMap((row) => everyLane.map((lane) => [row, lane] as const));
    const row = (at: number): string =>
      `${at}: ${everyLane.map((lane) => `${lane}<${at}.${lane}`).join(" ")}`;
    expect(scheduled(3, all)).toEqual([row(0), row(1), row(2)]);
  });

  it("promotes from every place of T, at the slot with most candidates", () => {
    // Slot 5 of row 0 is the only empty one. It reaches (1, 4) (1, 5) (1, 6) (1, 8) (2, 3) (2, 5) (2, 7), in that order, and
    // takes the first that holds a weight; then nothing is empty.
    const row0 = everyLane.filter((lane) => lane !== 5).map((lane) => [0, lane] as const);
    const reach = [
      [1, 4],
      [1, 5],
      [1, 6],
      [1, 8],
      [2, 3],
      [2, 5],
      [2, 7],
    ] as const;
    reach.forEach(([row, lane], index) => {
      const first = scheduled(3, [...row0, ...reach.slice(index)])[0];
      expect(first).toContain(` 5<${row}.${lane} `);
    });
    // Around it, nothing is in reach.
    for (const place of [
      [1, 7],
      [1, 3],
      [1, 2],
      [2, 4],
      [2, 6],
      [2, 8],
    ] as const)
      expect(scheduled(3, [...row0, place])[0]).not.toContain(" 5<");
  });

  it("serves a column three rows a step", () => {
    // In the step at row 0, lane 0 has its own weight. (1, 0) is in reach of lanes 1 by (1, -1), 13 by (1, 3) and 15 by (1, 1),
    // (2, 0) of lanes 2 by (2, -2) and 14 by (2, 2): a candidate each. The lowest, lane 1, takes (1, 0), then lane 2 (2, 0).
    // Rows 1 and 2 are skipped, and row 3 begins anew.
    expect(
      scheduled(7, [
        [0, 0],
        [1, 0],
        [2, 0],
        [3, 0],
        [4, 0],
        [5, 0],
        [6, 0],
      ]),
    ).toEqual(["0: 0<0.0 1<1.0 2<2.0", "3: 0<3.0 1<4.0 2<5.0", "6: 0<6.0"]);
  });

  it("lets the slot with most candidates go first, not the lowest", () => {
    // Row 0 has a weight in lane 9, so that it is no row to skip, and row 1 in lanes 1 and 3. Slot 0 reaches both, by (1, 1) and
    // (1, 3), as does slot 2, by (1, -1) and (1, 1); slot 0 is lower and takes (1, 1), the first of its list. Slots 2, 3 and 4
    // are left with (1, 3): slot 2 is the lowest.
    expect(
      scheduled(2, [
        [0, 9],
        [1, 1],
        [1, 3],
      ]),
    ).toEqual(["0: 0<1.1 2<1.3 9<0.9"]);
    // With lanes 6 and 8, slot 3 reaches the first alone, by (1, 3), slot 5 both. Slot 5 goes first and leaves nothing to slot 3.
    expect(
      scheduled(2, [
        [0, 9],
        [1, 6],
        [1, 8],
      ]),
    ).toEqual(["0: 5<1.6 7<1.8 9<0.9"]);
  });

  it("wraps around at both ends of the lanes", () => {
    // Only slot 15 of row 0 is empty: it reaches (1, 0) by (1, 1), and (1, 2) by (1, 3). Only slot 0: (1, 15) by (1, -1).
    const but = (empty: number) =>
      everyLane.filter((lane) => lane !== empty).map((lane) => [0, lane] as const);
    expect(scheduled(2, [...but(15), [1, 0]])[0]).toContain(" 15<1.0");
    expect(scheduled(2, [...but(15), [1, 2]])[0]).toContain(" 15<1.2");
    expect(scheduled(2, [...but(0), [1, 15]])[0]).toContain("0<1.15 ");
    expect(scheduled(3, [...but(1), [2, 15]])[0]).toContain(" 1<2.15 ");
    expect(scheduled(2, [...but(1), [1, 15]])).toHaveLength(2);
  });

  it("skips at most as many empty rows as it looks ahead", () => {
    // Nothing but (7, 0): rows 0, 1 skipped, 2 a step without work; 3, 4 skipped; 5 takes (7, 0), by (2, 0) in lane 0, and 6
    // and 7 are skipped.
    expect(scheduled(8, [[7, 0]])).toEqual(["2: ", "5: 0<7.0"]);
    expect(scheduled(6, [[5, 4]])).toEqual(["2: ", "5: 4<5.4"]);
    // No weight at all: every third row.
    expect(scheduled(9, [])).toEqual(["2: ", "5: ", "8: "]);
    const one = schedule(tileOf(1, 9, []), searchMap({ shape: "L", lookahead: 1, lookaside: 2 }), 1);
    expect(one.rows).toEqual([1, 3, 5, 7]);
    // Nor is there ever no step at all.
    expect(scheduled(2, [])).toEqual(["1: "]);
  });

  it("skips a row only where it is empty in all filters of the tile", () => {
    // Filter 0 has (0, 0) and (1, 0), which it brings forward; filter 1 has row 1 full and row 0 but for lane 8, so that of
    // row 1 lane 7 alone comes forward and the tile has to stop at row 1, where filter 0 has nothing left.
    const full = (row: number, empty: number) =>
      everyLane.filter((lane) => lane !== empty).map((lane) => [1, row, lane] as const);
    const plan = schedule(tileOf(2, 2, [[0, 0, 0], [0, 1, 0], ...full(0, 8), ...full(1, -1)]), mapT, 2);
    expect(plan.rows).toEqual([0, 1]);
    expect(shown(plan, 2, 0, 0)).toEqual(["0<0.0", "1<1.0"]);
    expect(shown(plan, 2, 0, 1)).toContain("8<1.7");
    expect(shown(plan, 2, 1, 0)).toEqual([]);
    expect(shown(plan, 2, 1, 1)).toHaveLength(15);
  });

  it("equals the rule as it is written, and takes every weight once", () => {
    fc.assert(
      fc.property(tiles, ({ tile, map, lookahead }) => {
        const fast = schedule(tile, map, lookahead);
        const { filters } = tile;
        expect(toSteps(fast, tile)).toEqual(plainSchedule(tile, map, lookahead));
        for (let filter = 0; filter < filters; filter++) {
          const taken = toSteps(fast, tile).flatMap((step) => step.filters[filter].filter((at) => at >= 0));
          const size = tile.rows * tile.lanes;
          const own = tile.nonZero.subarray(filter * size, (filter + 1) * size);
          const there = Array.from(own.keys()).filter((place) => own[place] === 1);
          expect(taken.toSorted((left, right) => left - right)).toEqual(there);
        }
        // No fewer steps than one for every lookahead + 1 rows, and none later than its weights.
        expect(fast.rows.length).toBeGreaterThanOrEqual(Math.floor(tile.rows / (lookahead + 1)));
        fast.places.forEach((place, at) => {
          const row = fast.rows[Math.floor(at / (filters * tile.lanes))];
          if (place < 0) return;
          const ahead = Math.floor(place / tile.lanes) - row;
          expect(ahead).toBeGreaterThanOrEqual(0);
          expect(ahead).toBeLessThanOrEqual(lookahead);
        });
      }),
      { numRuns: 150 },
    );
  });
});

const searches = fc.oneof(
  fc.constant({ shape: "T" as const, lookahead: 2, lookaside: 5 }),
  fc.record({
    shape: fc.constant("L" as const),
    lookahead: fc.integer({ min: 1, max: 4 }),
    lookaside: fc.integer({ min: 1, max: 7 }),
  }),
);

const tiles = fc
  .record({
    search: searches,
    filters: fc.integer({ min: 1, max: 4 }),
    rows: fc.integer({ min: 1, max: 9 }),
    lanes: fc.constantFrom(8, 9, 16),
    density: fc.constantFrom(0, 0.05, 0.2, 0.5, 0.8, 1),
    seed: fc.nat(),
  })
  .map(({ search, filters, rows, lanes, density, seed }) => {
    const uniform = uniformStream(seed, 0);
    const nonZero = Uint8Array.from({ length: filters * rows * lanes }, () => (uniform() < density ? 1 : 0));
    return {
      tile: { nonZero, filters, rows, lanes },
      map: searchMap(search),
      lookahead: search.lookahead,
    };
  });

interface Step {
  readonly row: number;
  readonly filters: readonly (readonly number[])[];
}

const toSteps = ({ rows, places }: Schedule, { filters, lanes }: TileWeights): Step[] =>
  rows.map((row, step) => ({
    row,
    filters: Array.from({ length: filters }, (_, filter) =>
      Array.from(places.subarray((step * filters + filter) * lanes, (step * filters + filter + 1) * lanes)),
    ),
  }));

/** The rule as it is written: matrices of own places, −1 for a zero; all candidates listed anew for every weight moved. */
const plainSchedule = (
  { nonZero, filters, rows, lanes }: TileWeights,
  map: readonly Reach[],
  lookahead: number,
): Step[] => {
  const matrices = Array.from({ length: filters }, (_, filter) =>
    Array.from({ length: rows }, (_, row) =>
      Array.from({ length: lanes }, (_, lane) =>
        nonZero[(filter * rows + row) * lanes + lane] ? row * lanes + lane : -1,
      ),
    ),
  );
  const steps: Step[] = [];
  let skipped = 0;
  for (let row = 0; row < rows; row++) {
    if (matrices.every((matrix) => matrix[row].every((place) => place < 0)) && skipped < lookahead) {
      skipped++;
      continue;
    }
    skipped = 0;
    for (const matrix of matrices) {
      for (;;) {
        const lists = matrix[row].map((place, lane) =>
          place >= 0
            ? []
            : map
                .map((reach) => [row + reach.rows, (lane + reach.lanes + lanes) % lanes])
                .filter(([at, from]) => at < rows && matrix[at][from] >= 0),
        );
        const most = Math.max(...lists.map((list) => list.length));
        if (most === 0) break;
        const slot = lists.findIndex((list) => list.length === most);
        const [at, from] = lists[slot][0];
        matrix[row][slot] = matrix[at][from];
        matrix[at][from] = -1;
      }
    }
    steps.push({ row, filters: matrices.map((matrix) => [...matrix[row]]) });
  }
  if (steps.length > 0) return steps;
  return [{ row: rows - 1, filters: matrices.map((matrix) => [...matrix[rows - 1]]) }];
};

const configuration = (changes: Configuration = {}): Configuration =>
  configurationOf(bitTactical.parameters, changes);

/** Normal weights of which a share is not zero. */
const weightsOf = (layer: LayerShape, density: number, seed = 1): Float32Array => {
  const uniform = uniformStream(seed, 0);
  return Float32Array.from({ length: layer.filters * reductionLength(layer) }, () =>
    uniform() < density ? normal(uniform) : 0,
  );
};

const run = (layer: LayerShape, weights: Float32Array, changes: Configuration = {}) => {
  const settings = configuration(changes);
  const operands: LayerOperands = { layer, weights };
  const statistics = bitTactical.statisticsRule.compute(operands, bitTactical.statistics(settings, 7, 3));
  return {
    settings,
    statistics,
    traced: bitTactical.tracedCycles(settings, layer, statistics),
    analytical: bitTactical.analyticalCycles(settings, layer, statistics),
    activePes: bitTactical.activePes(settings, layer),
  };
};

/** Captured activations, one vector after another. */
const captured = (layer: LayerShape, weights: Float32Array, vectors: number[][], changes: Configuration) => {
  const settings = configuration({ activations: "captured", ...changes });
  const activations = { values: Float32Array.from(vectors.flat()), vectors: vectors.length };
  const statistics = bitTactical.statisticsRule.compute(
    { layer, weights, activations },
    bitTactical.statistics(settings, 7, 3),
  );
  return { statistics, traced: bitTactical.tracedCycles(settings, layer, statistics) };
};

/** Cycles of a column as the two-stage shifter takes it, on lists of significances. */
const plainColumn = (words: readonly number[], firstStageBits: number): number => {
  const left = words.map((word) =>
    Array.from({ length: 16 }, (_, bit) => bit).filter((bit) => (word >> bit) & 1),
  );
  let cycles = 0;
  while (left.some((terms) => terms.length > 0)) {
    const lowest = Math.min(...left.filter((terms) => terms.length > 0).map((terms) => terms[0]));
    for (const terms of left)
      if (terms.length > 0 && terms[0] <= lowest + 2 ** firstStageBits - 1) terms.shift();
    cycles++;
  }
  return Math.max(1, cycles);
};

/** A layer in windows, step by step, on one convolution group of activations that all groups share; plain numbers. */
const plainCycles = (layer: LayerShape, weights: Float32Array, settings: Configuration): number => {
  const [tiles, perTile, width, windows] = ["tiles", "filtersPerTile", "laneWidth", "windows"].map((name) =>
    Number(settings[name]),
  );
  const format = parseFormat(String(settings.precision));
  const request = bitTactical.statistics(settings, 7, 3);
  const { codes, vectors, length } = activationCodes({ layer }, request, format);
  const { codes: weightCodes } = quantize(weights, layer.filters, format, "per-tensor");
  const channels = layer.channels / layer.groups;
  const kernel = length / channels;
  const blocks = Math.ceil(channels / width);
  const rows = kernel * blocks;
  const indexOf = (place: number): number => {
    const row = Math.floor(place / width);
    const channel = (row % blocks) * width + (place % width);
    return channel < channels ? Math.floor(row / blocks) * channels + channel : -1;
  };
  const filters = layer.filters / layer.groups;
  const positions = layer.outputHeight * layer.outputWidth;
  let cycles = 0;
  for (let group = 0; group < layer.groups; group++) {
    for (let first = 0; first < filters; first += tiles * perTile) {
      const plans: Step[][] = [];
      for (let at = first; at < Math.min(filters, first + tiles * perTile); at += perTile) {
        const here = Math.min(perTile, filters - at);
        const nonZero = Uint8Array.from({ length: here * rows * width }, (_, place) => {
          const filter = group * filters + at + Math.floor(place / (rows * width));
          const index = indexOf(place % (rows * width));
          return index >= 0 && weightCodes[filter * length + index] !== 0 ? 1 : 0;
        });
        const { shape, lookahead, lookaside } = request;
        plans.push(
          plainSchedule(
            { nonZero, filters: here, rows, lanes: width },
            searchMap({ shape, lookahead, lookaside }),
            lookahead,
          ),
        );
      }
      const steps = Math.max(...plans.map((plan) => plan.length));
      for (let set = 0; set < positions; set += windows) {
        const here = Math.min(windows, positions - set);
        for (let start = 0; start < vectors; start++) {
          for (let step = 0; step < steps; step++) {
            let longest = 1;
            for (let window = 0; window < here; window++) {
              const vector = (start + window) % vectors;
              for (const plan of plans) {
                for (const places of plan[step]?.filters ?? []) {
                  const taken = places
                    .filter((place) => place >= 0)
                    .map((place) => codes[vector * length + indexOf(place)]);
                  const own =
                    settings.backEnd === "TCLe"
                      ? plainColumn(taken.map(Math.abs), Number(settings.firstStageBits))
                      : Math.max(
                          1,
                          ...taken.map((code) => Math.abs(code).toString(2).length + (code < 0 ? 1 : 0)),
                        );
                  longest = Math.max(longest, own);
                }
              }
            }
            cycles += longest / vectors;
          }
        }
      }
    }
  }
  return cycles;
};

describe("cycles of Bit-Tactical", () => {
  const one = smallLayer({
    filters: 2,
    channels: 16,
    kernelHeight: 1,
    kernelWidth: 2,
    outputHeight: 1,
    outputWidth: 3,
  });

  it("equals a tile worked by hand", () => {
    // Two filters, two rows of 16 lanes (one a kernel column), fixed8; 127 in each vector makes activations their own codes, in
    // a lane whose weights are zero. Filter 0 has weights at (0, 0) and (1, 1), filter 1 at (1, 0). In the step at row 0, lane 1
    // is the lowest empty one of filter 0 that reaches (1, 1), and lane 0 of filter 1 that reaches (1, 0). Row 1 is then empty
    // in both: one step in all.
    const weights = new Float32Array(2 * 32);
    weights[0] = 127;
    weights[16 + 1] = 1;
    weights[32 + 16] = -1;
    const vector = (home: number, next: number, other: number): number[] => {
      const values = new Array<number>(32).fill(0);
      values[0] = home; // (0, 0)
      values[17] = next; // (1, 1)
      values[16] = other; // (1, 0)
      values[9] = 127; // (0, 9): no weight
      return values;
    };
    // First vector. Filter 0 takes 5 = 101 and 10 = 1010: the terms at places 0 and 1, then those at 2 and 3, two cycles. Filter
    // 1 takes 112 = 1110000: three cycles, and so does the step. Second: filter 0 takes 64 and 1; place 6 waits for place 0 and
    // lies within 3 places of itself only then: two cycles. Filter 1 takes 0 in one. Third: only zeros meet weights, one cycle.
    const vectors = [vector(5, 10, 112), vector(64, 1, 0), vector(0, 0, 0)];
    const changes = { precision: "fixed8", windows: 2, tiles: 1 };
    const tcle = captured(one, weights, vectors, { ...changes, backEnd: "TCLe" });
    // Sets of two windows: {1, 2} 3, {2, 3} 2, {3, 1} 3 cycles: 8/3. Three positions: a set of two and one of one, 2 cycles.
    expect(tcle.statistics.windowCycles[1]).toBeCloseTo(8 / 3, 12);
    expect(tcle.statistics.windowCycles[0]).toBeCloseTo(2, 12);
    expect(tcle.traced.cycles).toBeCloseTo(8 / 3 + 2, 12);
    // Busy: filter 0 takes 2, 2 and 1 cycles, filter 1 takes 3, 1 and 1: 10/3 a window.
    expect(tcle.traced.busyCycles).toBeCloseTo(10, 12);
    // Terms that meet a weight: 2 + 2 + 3 and 1 + 1 of three vectors: 3 a window. The array has 16 · 2 · 16 lanes.
    expect(tcle.traced.split.ideal).toBeCloseTo((3 * 3) / 512, 12);
    // 2 of 16 filters have work, in both windows of the first set and in one of two of the last: the rest of the time pads.
    expect(tcle.traced.split.padding).toBeCloseTo((8 / 3) * (1 - 1 / 8) + 2 * (1 - 1 / 16), 12);
    // TCLp: widths 7 (of 112), 7 (of 64), 1.
    const tclp = captured(one, weights, vectors, { ...changes, backEnd: "TCLp" });
    expect(tclp.statistics.windowCycles[1]).toBeCloseTo(7, 12);
    expect(tclp.traced.cycles).toBeCloseTo(7 + 5, 12);
    // A negative activation takes its sign too: −64 is 8 wide.
    const negative = captured(one, weights, [vector(-64, 0, 0)], { ...changes, backEnd: "TCLp" });
    expect(negative.statistics.windowCycles[0]).toBe(8);
  });

  it("equals the steps as they are written", () => {
    const layers: LayerShape[] = [
      smallLayer({ filters: 7, channels: 20, kernelHeight: 2, outputHeight: 3, outputWidth: 3 }),
      smallLayer({ filters: 6, channels: 6, groups: 2, kernelHeight: 3, kernelWidth: 3 }),
    ];
    const cases: Configuration[] = [
      { backEnd: "TCLe" },
      { backEnd: "TCLe", firstStageBits: 1, searchShape: "L", lookahead: 3, lookaside: 4 },
      { backEnd: "TCLp" },
    ];
    for (const layer of layers) {
      for (const density of [0.9, 0.3]) {
        for (const changes of cases) {
          const weights = weightsOf(layer, density);
          const { traced, settings } = run(layer, weights, {
            tiles: 2,
            filtersPerTile: 2,
            laneWidth: 8,
            windows: 3,
            activationVectors: 5,
            precision: "fixed8",
            ...changes,
          });
          expect(traced.cycles).toBeCloseTo(plainCycles(layer, weights, settings), 8);
        }
      }
    }
  });

  it("runs one output position on staggered columns", () => {
    // 16 rows without a zero: 16 steps, one entering a cycle, the last ends after its own cycles.
    const layer = smallLayer({ filters: 4, channels: 256, outputHeight: 1, outputWidth: 1 });
    const weights = new Float32Array(4 * 256).fill(1);
    const values = [5, 7, 127, 1].flatMap((value) => new Array<number>(64).fill(value));
    const { statistics, traced } = captured(layer, weights, [values], {
      precision: "fixed8",
      firstStageBits: 4,
    });
    // Durations 2 (5 = 101), 3, 7 and 1 cycles, four steps each: step 11 enters at 11 and ends at 18, the last one at 16.
    expect(statistics.staggered[0]).toBe(18);
    expect(traced.cycles).toBe(18);
    // On two columns: steps 0 … 3 of 2 cycles enter at 0 1 2 3; then of 3: 4 5 7 8; of 7: 10 11 17 18; of 1: 24 25 26 27.
    const two = captured(layer, weights, [values], { precision: "fixed8", firstStageBits: 4, windows: 2 });
    expect(two.traced.cycles).toBe(28);
    expect(traced.busyCycles).toBe(4 * 4 * (2 + 3 + 7 + 1));
  });

  it("runs products of two activations as they stand, and repeats them for each input", () => {
    const matmul = smallLayer({
      kind: "matmul",
      filters: 8,
      channels: 32,
      groups: 2,
      outputHeight: 5,
      outputWidth: 1,
    });
    const weights = weightsOf(matmul, 0.1);
    const full = run(matmul, weights);
    const dense = run(matmul, weightsOf(matmul, 1));
    // Zeros among the weights change nothing: neither are they skipped, nor do their activations.
    expect(full.traced.cycles).toBe(dense.traced.cycles);
    expect(full.statistics.weightDensity[0]).toBe(1);
    const three = run(matmul, weights, { batch: 3 }).traced;
    expect(three.cycles).toBeCloseTo(3 * full.traced.cycles, 8);
    expect(three.busyCycles).toBeCloseTo(3 * full.traced.busyCycles, 8);
    expect(run({ ...matmul, kind: "convolution" }, weights).traced.cycles).toBeLessThan(full.traced.cycles);
    // 2 groups of one row and a pass each, one set of 5 windows.
    const expected = full.analytical.cycles / full.traced.cycles;
    expect(Math.abs(expected - 1)).toBeLessThan(0.1);
  });

  it("takes the rows of a folded first layer, and a batch as more windows", () => {
    // 3 channels and stride 4 fold to 48 channels: 3 · 3 kernel positions of 3 rows. Few weights: at best a step in 3 rows.
    const first = smallLayer({
      filters: 4,
      channels: 3,
      kernelHeight: 11,
      kernelWidth: 11,
      strideHeight: 4,
      strideWidth: 4,
      outputHeight: 4,
      outputWidth: 4,
    });
    const none = run(first, new Float32Array(4 * 363));
    expect(none.traced.cycles).toBe(9);
    expect(run(first, new Float32Array(4 * 363), { batch: 3 }).traced.cycles).toBe(27);
    // Without zeros, 363 weights in 27 rows: lanes without a pixel are filled from later rows, and fewer steps are left.
    const zeros = [new Array<number>(363).fill(0)];
    const dense = captured(first, new Float32Array(4 * 363).fill(1), zeros, {});
    const open = Uint8Array.from(laneIndices(first, 16), (index) => (index < 0 ? 0 : 1));
    const plan = schedule({ nonZero: open, filters: 1, rows: 27, lanes: 16 }, mapT, 2);
    expect(plan.rows.length).toBeLessThan(27);
    expect(dense.traced.cycles).toBe(plan.rows.length);
  });

  it("is Pragmatic where no weight is zero", () => {
    const layers = [
      smallLayer({ filters: 40, channels: 32, kernelHeight: 3, outputHeight: 5, outputWidth: 5 }),
      smallLayer({ filters: 300, channels: 64, outputHeight: 1, outputWidth: 1 }),
    ];
    for (const layer of layers) {
      const cases: Configuration[] = [{ firstStageBits: 1 }, { firstStageBits: 2 }, { recoding: "dnnsim" }];
      for (const changes of cases) {
        const weights = new Float32Array(layer.filters * reductionLength(layer)).fill(1);
        const given: Configuration = { activationVectors: 20, windows: 8, ...changes };
        const other = configurationOf(pragmatic.parameters, given);
        const statistics = pragmatic.statisticsRule.compute(
          { layer, weights },
          pragmatic.statistics(other, 7, 3),
        );
        const theirs = pragmatic.tracedCycles(other, layer, statistics);
        const ours = run(layer, weights, given).traced;
        expect(ours.cycles).toBeCloseTo(theirs.cycles, 8);
        expect(ours.busyCycles).toBeCloseTo(theirs.busyCycles, 6);
        expect(ours.split.ideal).toBeCloseTo(theirs.split.ideal, 8);
        expect(run(layer, weights, given).statistics.standardError).toBeCloseTo(statistics.standardError, 8);
      }
    }
  });

  it("keeps the contract of a machine", () => {
    const layers: LayerShape[] = [
      smallLayer({
        filters: 40,
        channels: 48,
        kernelHeight: 3,
        kernelWidth: 3,
        outputHeight: 5,
        outputWidth: 5,
      }),
      smallLayer({ filters: 12, channels: 12, groups: 12, kernelHeight: 3, kernelWidth: 3, outputHeight: 7 }),
      smallLayer({ filters: 300, channels: 100, outputHeight: 1, outputWidth: 1 }),
      smallLayer({ filters: 9, channels: 70, outputHeight: 9, outputWidth: 1, kind: "linear" }),
    ];
    for (const layer of layers) {
      for (const backEnd of ["TCLe", "TCLp"]) {
        for (const [density, batch] of [
          [1, 1],
          [0.3, 3],
          [0, 1],
        ]) {
          const changes = { tiles: 2, backEnd, batch, precision: "fixed8", activationVectors: 4 };
          const { traced, analytical, activePes } = run(layer, weightsOf(layer, density), changes);
          const { cycles, busyCycles, split } = traced;
          expect(busyCycles).toBeLessThanOrEqual(activePes * cycles * (1 + 1e-12));
          expect(analytical.busyCycles).toBeLessThanOrEqual(activePes * analytical.cycles * (1 + 1e-12));
          const parts = Object.values(split);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(cycles, 6);
          for (const part of parts) expect(part).toBeGreaterThanOrEqual(-1e-9 * cycles);
          expect(traced.optimisticCycles).toBe(cycles);
          expect(traced.pessimisticCycles).toBe(cycles);
        }
      }
    }
  });

  it("keeps a row of weights that no other filter shares out of the others' way", () => {
    // 32 filters on two tiles of 16: the second has a single weight a row, the first none but in row 0. Steps run in lockstep,
    // so that the layer takes as many as the slower tile: 9 rows, all lanes full in filter 31 alone.
    const layer = smallLayer({ filters: 32, channels: 16, kernelHeight: 9, outputHeight: 1, outputWidth: 2 });
    const weights = new Float32Array(32 * 144);
    weights.fill(1, 31 * 144);
    const { statistics } = captured(layer, weights, [new Array<number>(144).fill(0)], {
      precision: "fixed8",
    });
    expect(statistics.windowCycles[0]).toBe(9);
    expect(statistics.busyCycles[0]).toBe(9);
    const zeros = [new Array<number>(144).fill(0)];
    const tclp = captured(layer, weights, zeros, { precision: "fixed8", backEnd: "TCLp" });
    expect(tclp.statistics.busyCycles[0]).toBe(9);
    // With the same filter in one tile, and no other filter at all, it is the same.
    const alone = smallLayer({ filters: 1, channels: 16, kernelHeight: 9, outputHeight: 1, outputWidth: 2 });
    const one = captured(alone, new Float32Array(144).fill(1), [new Array<number>(144).fill(0)], {
      precision: "fixed8",
    });
    expect(one.statistics.windowCycles[0]).toBe(9);
  });

  it("has captured activations for each convolution group", () => {
    // Two groups of one filter, one row each: terms 1 and 3.
    const layer = smallLayer({ filters: 2, channels: 32, groups: 2, outputHeight: 1, outputWidth: 2 });
    const vector = [...new Array<number>(16).fill(1), ...new Array<number>(15).fill(7), 127];
    const weights = new Float32Array(32).fill(1);
    weights[31] = 0;
    const { statistics } = captured(layer, weights, [vector], { precision: "fixed8" });
    expect(statistics.windowCycles[0]).toBe(1 + 3);
  });
});

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

describe("analytical model of Bit-Tactical", () => {
  it("expects the schedule of independent zeros within 9 % of steps and 25 % of places", () => {
    const rows = 144;
    for (const search of [
      { shape: "T" as const, lookahead: 2, lookaside: 5 },
      { shape: "L" as const, lookahead: 4, lookaside: 3 },
    ]) {
      const map = searchMap(search);
      const open = new Uint8Array(rows * lanes).fill(1);
      for (const density of [1, 0.8, 0.5, 0.3, 0.15, 0.05]) {
        const expected = expectedSchedule({ open, lanes, density, filters: 16 }, map, search.lookahead);
        const uniform = uniformStream(5, 0);
        const nonZero = Uint8Array.from({ length: 16 * rows * lanes }, () => (uniform() < density ? 1 : 0));
        const plan = schedule({ nonZero, filters: 16, rows, lanes }, map, search.lookahead);
        let places = 0;
        for (let step = 0; step < plan.rows.length; step++) {
          const taken = plan.places.subarray(step * 16 * lanes, (step + 1) * 16 * lanes);
          places += new Set(taken.filter((place) => place >= 0)).size;
        }
        expect(Math.abs(expected.steps / plan.rows.length - 1)).toBeLessThan(0.09);
        expect(Math.abs((expected.steps * sumOf(expected.places)) / places - 1)).toBeLessThan(0.25);
      }
    }
  });

  it("takes every weight of a single row once", () => {
    // 16 places of probability 0.1: a step unless all are empty, and 1.6 weights in all.
    const open = new Uint8Array(lanes).fill(1);
    const { steps, places } = expectedSchedule({ open, lanes, density: 0.1, filters: 1 }, mapT, 2);
    expect(steps).toBeCloseTo(1 - 0.9 ** 16, 12);
    expect(steps * sumOf(places)).toBeCloseTo(1.6, 12);
  });

  it("is within 8 % of the cycle model on weights with independent zeros, and knows what the operands say", () => {
    const layer = smallLayer({
      filters: 256,
      channels: 64,
      kernelHeight: 3,
      kernelWidth: 3,
      outputHeight: 8,
      outputWidth: 8,
    });
    const cases: Configuration[] = [{}, { backEnd: "TCLp" }, { firstStageBits: 4 }];
    for (const density of [1, 0.5, 0.3, 0.1]) {
      for (const changes of cases) {
        const { traced, analytical, statistics, settings } = run(layer, weightsOf(layer, density), {
          activationVectors: 4,
          windows: 4,
          ...changes,
        });
        const error = analytical.cycles / traced.cycles - 1;
        expect(Math.abs(error)).toBeLessThan(0.08);
        expect(Math.abs(analytical.busyCycles / traced.busyCycles - 1)).toBeLessThan(0.1);
        const blind = bitTactical.analyticalCycles(
          settings,
          layer,
          bitTactical.dataBlind?.(statistics) ?? statistics,
        );
        if (density < 1) expect(blind.cycles / traced.cycles - 1).toBeGreaterThan(2 * Math.abs(error));
      }
    }
  });
});

describe("arithmetic and memory of Bit-Tactical", () => {
  it("makes dot products exactly", () => {
    const codes = fc.array(
      fc.tuple(
        fc.oneof(fc.constant(0), fc.integer({ min: -127, max: 127 })),
        fc.integer({ min: -127, max: 127 }),
      ),
      { maxLength: 150 },
    );
    const changes = fc.record({
      backEnd: fc.constantFrom("TCLe", "TCLp"),
      recoding: fc.constantFrom("none", "dnnsim", "canonical"),
      laneWidth: fc.constantFrom(8, 16),
      searchShape: fc.constantFrom("T", "L"),
      precision: fc.constantFrom("fixed8", "fixed16"),
    });
    fc.assert(
      fc.property(codes, changes, (pairs, given) => {
        const weights = Int32Array.from(pairs, ([weight]) => weight);
        const activations = Int32Array.from(pairs, ([, activation]) => activation);
        const exact = pairs.reduce((sum, [weight, activation]) => sum + weight * activation, 0);
        expect(bitTactical.dotProduct(configuration(given), weights, activations)).toBe(exact);
      }),
      { numRuns: 200 },
    );
    const largest = Int32Array.from({ length: 64 }, () => 32767);
    expect(bitTactical.dotProduct(configuration(), largest, largest)).toBe(64 * 32767 ** 2);
    expect(
      bitTactical.dotProduct(
        configuration({ backEnd: "TCLp" }),
        largest,
        largest.map((code) => -code),
      ),
    ).toBe(-64 * 32767 ** 2);
  });

  it("moves the metadata with the weights", () => {
    expect(bitTactical.operandWidths(configuration())).toEqual({ weight: 19, activation: 16 });
    const long = configuration({ searchShape: "L", lookahead: 2, lookaside: 7, precision: "fixed8" });
    expect(bitTactical.operandWidths(long)).toEqual({ weight: 12, activation: 8 });
    // 3 filters, one row of 16 lanes behind 20 channels: two rows; 4 positions in one set of windows.
    const traffic = bitTactical.bufferTraffic(configuration(), smallLayer());
    expect(traffic.weightReads).toBe((3 * 2 * 16 * 19) / 8);
    expect(traffic.activationReads).toBe((4 * 2 * 16 * 16) / 8);
    expect(bitTactical.leastBuffers(configuration(), smallLayer()).weight).toBe((2 * 3 * 16 * 19) / 8);
  });

  it("says where there are more windows than vectors, and has its statistics in memory and back", () => {
    expect(bitTactical.caveats(configuration())).toEqual([]);
    expect(bitTactical.caveats(configuration({ windows: 32 }))).toHaveLength(1);
    const { statistics } = run(smallLayer(), weightsOf(smallLayer(), 0.5));
    const rule = bitTactical.statisticsRule;
    const shape = rule.shape(smallLayer(), bitTactical.statistics(configuration(), 7, 3), undefined);
    const memory = new ArrayBuffer(rule.bytes(shape));
    rule.write(memory, 0, shape, statistics);
    expect(rule.read(memory, 0, shape)).toEqual(statistics);
  });

  it("multiplies as many pairs as the layer has", () => {
    const layer = smallLayer({ filters: 5, channels: 40, kernelHeight: 2, outputHeight: 3, outputWidth: 3 });
    // Every activation 3 wide in TCLp: the ideal part is 3 bits a pair whose weight is not zero.
    const weights = weightsOf(layer, 1).map((value) => (Math.abs(value) < 0.5 ? 0 : 1));
    const density = weights.filter((value) => value !== 0).length / weights.length;
    const vector = new Array<number>(80).fill(7);
    const { traced } = captured(layer, weights, [vector], { precision: "fixed4", backEnd: "TCLp" });
    expect(traced.split.ideal).toBeCloseTo((3 * density * macs(layer)) / (4096 * 16), 12);
  });
});
