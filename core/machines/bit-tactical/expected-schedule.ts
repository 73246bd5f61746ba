import type { Reach } from "./search-map.ts";

/** What a schedule is expected to come to. */
export interface ExpectedSchedule {
  /** Mean and variance of the steps of a tile. */
  readonly steps: number;
  readonly variance: number;
  /** Places of the row at hand, of the next one, … that a tile's filters take weights from in a step: several count once. */
  readonly places: Float64Array;
}

/** A tile whose weights are non-zero with the same probability everywhere. */
export interface UniformTile {
  /** Which places of a filter have weights: shape [rows, lanes]. */
  readonly open: Uint8Array;
  readonly lanes: number;
  /** Probability that a weight is not zero. */
  readonly density: number;
  readonly filters: number;
}

/** The rows in reach, as they are where so many rows were skipped just before. */
interface Phase {
  probability: number;
  /** Expected steps so far, and their squares, counted where it is this phase. */
  steps: number;
  squares: number;
  /** Probabilities that the places still hold a weight: shape [lookahead + 1, lanes], the row at hand first. */
  left: Float64Array;
}

/**
 * Expected schedule of a tile whose weights are non-zero independently of each other. Mean field: every place in reach has a
 * probability of still holding a weight, the same in all filters, and places are taken as independent. There is a set of
 * them for each number of rows skipped just before, since a step leaves emptier rows behind it than a skipped row does; a row
 * is skipped with the probability that all its places are empty in all filters, if fewer than `lookahead` were before it.
 * In a step, every reach of the map in its order, all lanes at once, moves a weight where a slot is empty and the place in
 * reach is not. Left out: that the slot with most candidates comes first, and that places depend on each other.
 */
export const expectedSchedule = (
  { open, lanes, density, filters }: UniformTile,
  map: readonly Reach[],
  lookahead: number,
): ExpectedSchedule => {
  const rows = open.length / lanes;
  const size = (lookahead + 1) * lanes;
  const fresh = (row: number, lane: number): number => (row < rows ? open[row * lanes + lane] * density : 0);
  const phaseAt = (): Phase => ({ probability: 0, steps: 0, squares: 0, left: new Float64Array(size) });
  let phases = Array.from({ length: lookahead + 1 }, phaseAt);
  phases[0].probability = 1;
  phases[0].left = Float64Array.from({ length: size }, (_, at) => fresh(Math.floor(at / lanes), at % lanes));
  const empty = new Float64Array(lanes);
  const moved = new Float64Array(size);
  const places = new Float64Array(lookahead + 1);
  for (let row = 0; row < rows; row++) {
    const next = Array.from({ length: lookahead + 1 }, phaseAt);
    for (const [before, phase] of phases.entries()) {
      const { probability, left } = phase;
      if (probability < 1e-12) continue;
      let logNone = 0;
      for (let lane = 0; lane < lanes; lane++) logNone += filters * Math.log1p(-Math.min(1, left[lane]));
      const none = before < lookahead ? Math.exp(logNone) : 0;
      if (none > 0) pass(next[before + 1], phase, none, 0, lanes);
      const step = probability * (1 - none);
      if (step <= 0) continue;
      moved.fill(0);
      // That the row is no empty one makes its places fuller.
      for (let lane = 0; lane < lanes; lane++) {
        moved[lane] = Math.min(1, left[lane] / (1 - none));
        empty[lane] = 1 - moved[lane];
      }
      for (const reach of map) {
        for (let lane = 0; lane < lanes; lane++) {
          const from = reach.rows * lanes + ((lane + reach.lanes + lanes) % lanes);
          const mass = empty[lane] * left[from];
          empty[lane] -= mass;
          left[from] -= mass;
          moved[from] += mass;
        }
      }
      for (let at = 0; at < size; at++)
        places[Math.floor(at / lanes)] -= step * Math.expm1(filters * Math.log1p(-Math.min(1, moved[at])));
      pass(next[0], phase, 1 - none, 1, lanes);
    }
    for (const phase of next) {
      if (phase.probability === 0) continue;
      const last = size - lanes;
      for (let at = 0; at < last; at++) phase.left[at] /= phase.probability;
      for (let lane = 0; lane < lanes; lane++) phase.left[last + lane] = fresh(row + 1 + lookahead, lane);
    }
    phases = next;
  }
  const steps = phases.reduce((sum, phase) => sum + phase.steps, 0);
  const squares = phases.reduce((sum, phase) => sum + phase.squares, 0);
  return {
    steps,
    variance: Math.max(0, squares - steps ** 2),
    places: places.map((taken) => (steps === 0 ? 0 : taken / steps)),
  };
};

/** Takes a share of a phase, with one step more or none, to a phase of the next row: the rows behind the one at hand. */
const pass = (to: Phase, from: Phase, share: number, more: 0 | 1, lanes: number): void => {
  const probability = from.probability * share;
  to.probability += probability;
  to.steps += share * from.steps + more * probability;
  to.squares += share * (from.squares + more * 2 * from.steps) + more * probability;
  for (let at = lanes; at < from.left.length; at++) to.left[at - lanes] += probability * from.left[at];
};
