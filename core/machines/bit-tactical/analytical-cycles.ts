import type { LayerShape } from "../../workloads/layer.ts";
import { expectedMaximum } from "../expected-maximum.ts";
import type { ComputeCycles } from "../machine.ts";
import { isStaggered } from "../staggered-columns.ts";
import { staggeredPace } from "../staggered-pace.ts";
import { laneIndices, tileSchedule } from "../tile-organisation.ts";
import type { TacticalConfiguration } from "./configuration.ts";
import { expectedSchedule } from "./expected-schedule.ts";
import { searchMap } from "./search-map.ts";
import type { TacticalStatistics } from "./tactical-statistics.ts";

/** Parts of a layer in which tiles are taken to be as far apart as in their middle. */
const stretches = 8;

/**
 * Cycles of a layer from two things alone: the share of weights that are not zero, and how many activations take 0, 1, …
 * cycles by themselves. The first gives the expected schedule, as if weights were zero independently of each other; a pass
 * has the steps of its slowest tile, as of normal deviates. A step then is the expected maximum over the activations that it
 * takes, as independent draws: those that several filters take count once, tiles drift apart as the variance of their steps
 * has it. Left out: that zeros gather in some filters and channels, and what lanes wait for each other behind a short first
 * stage, so that TCLe is taken as if firstStageBits were without limit.
 */
export const analyticalCycles = (
  { organisation, search, backEnd }: TacticalConfiguration,
  layer: LayerShape,
  { weightDensity, lone }: TacticalStatistics,
): ComputeCycles => {
  const { tiles, filtersPerTile, laneWidth, windows } = organisation;
  const tileOf = tileSchedule(layer, organisation);
  const { filters, positions, groups, repeats } = tileOf;
  const open = Uint8Array.from(laneIndices(layer, laneWidth), (index) => (index < 0 ? 0 : 1));
  const isScheduled = layer.kind !== "matmul";
  const map = isScheduled ? searchMap(search) : [];
  const rows = open.length / laneWidth;
  const weights = weightDensity[0] * open.reduce((sum, has) => sum + has, 0);
  // A step takes at least a cycle.
  const alone = Float64Array.from(lone);
  alone[1] += alone[0];
  alone[0] = 0;
  /** One pass of so many filters over the layer: its cycles in windows, its steps, and the shares of steps of 0, 1, … cycles. */
  const pass = (here: number): ComputeCycles & { steps: number; maxima: Float64Array } => {
    const atOnce = Math.min(here, filtersPerTile);
    const inTiles = here / atOnce;
    const expected = expectedSchedule(
      { open, lanes: laneWidth, density: weightDensity[0], filters: atOnce },
      map,
      isScheduled ? search.lookahead : 0,
    );
    const { variance, places } = expected;
    const mean = Math.max(1, expected.steps);
    const steps = slowest(mean, variance, inTiles);
    const activations = Array.from({ length: stretches }, (_, stretch) => {
      // The variance of the steps behind a row, as one of the rows ahead of a step.
      const ofRow = (((stretch + 0.5) / stretches) * variance * rows ** 2) / mean ** 2;
      return distinctPlaces(places, laneWidth, Math.sqrt(ofRow), inTiles);
    });
    /** Cycles of a step with as many activations for each window. */
    const step = (columns: number): number =>
      meanOf(activations.map((taken) => Math.max(1, expectedMaximum(alone, columns * taken))));
    // Lanes of a filter with work, and the share of its steps in which any has.
    const lanes = weights / mean;
    const working = -Math.expm1(laneWidth * Math.log1p(-Math.min(1, lanes / laneWidth)));
    const ofTile = places.reduce((sum, taken) => sum + taken, 0);
    const own = backEnd === "TCLe" ? lanes / working : ofTile;
    const busyCycles = working === 0 ? 0 : here * positions * mean * working * expectedMaximum(alone, own);
    const maxima = maximumOf(alone, meanOf(activations));
    const full = Math.floor(positions / windows);
    const rest = positions % windows;
    const sets = full * step(windows) + (rest > 0 ? step(rest) : 0);
    return { cycles: steps * sets, busyCycles, steps, maxima };
  };
  const most = tiles * filtersPerTile;
  const passes = [
    { count: Math.floor(filters / most), here: most },
    { count: 1, here: filters % most },
  ]
    .filter(({ count, here }) => count > 0 && here > 0)
    .map(({ count, here }) => ({ count: groups * count, ...pass(here) }));
  const total = (of: (one: (typeof passes)[number]) => number): number =>
    passes.reduce((sum, one) => sum + one.count * of(one), 0);
  const busyCycles = repeats * total((one) => one.busyCycles);
  if (!isStaggered(tileOf)) return { cycles: repeats * total(({ cycles }) => cycles), busyCycles };
  const maxima = passes[0].maxima.map((_, cycles) => total((one) => one.steps * one.maxima[cycles]));
  return {
    cycles:
      repeats *
      staggeredPace(
        windows,
        total(({ steps }) => steps),
        maxima,
      ),
    busyCycles,
  };
};

/** Expected largest of so many normal deviates, rounded to whole numbers. */
const slowest = (mean: number, variance: number, draws: number): number => {
  const reach = Math.ceil(6 * Math.sqrt(variance));
  const first = Math.round(mean) - reach;
  const masses = Float64Array.from({ length: 2 * reach + 1 }, (_, index) =>
    Math.exp(-((first + index - mean) ** 2) / (2 * variance)),
  );
  if (reach === 0) return mean;
  // What rounding does to the mean is taken off.
  return mean + expectedMaximum(masses, draws) - expectedMaximum(masses, 1);
};

/**
 * Places that tiles take activations from in a step, those that several take counted once, where the row of each deviates
 * by `deviation` from that of the others. `places` has those of one tile, by how far they lie ahead of its row.
 */
const distinctPlaces = (places: Float64Array, lanes: number, deviation: number, tiles: number): number => {
  const reach = Math.ceil(4 * deviation);
  const masses = Float64Array.from({ length: 2 * reach + 1 }, (_, index) =>
    deviation === 0 ? 1 : Math.exp(-((index - reach) ** 2) / (2 * deviation ** 2)),
  );
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  let distinct = 0;
  for (let row = 0; row < masses.length + places.length - 1; row++) {
    let taken = 0;
    for (const [ahead, count] of places.entries())
      taken += ((masses[row - ahead] ?? 0) / total) * (count / lanes);
    distinct -= lanes * Math.expm1(tiles * Math.log1p(-Math.min(1, taken)));
  }
  return distinct;
};

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Probabilities that the largest of so many draws from a histogram without zeros is 0, 1, …; 1 where nothing is drawn. */
const maximumOf = (histogram: Float64Array, draws: number): Float64Array => {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  let below = 0;
  return histogram.map((count) => {
    const before = below;
    below += count / total;
    return below ** draws - (before === 0 ? 0 : before ** draws);
  });
};

/** The same where nothing is known: no weight is zero, and activations have any code of the format alike. */
export const dataBlind = (statistics: TacticalStatistics): TacticalStatistics => ({
  ...statistics,
  weightDensity: Float64Array.of(1),
  lone: statistics.blindLone,
});
