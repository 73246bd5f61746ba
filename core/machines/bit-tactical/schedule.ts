import type { Reach } from "./search-map.ts";

/** Where the weights of a tile's filters stand. A place is row · lanes + lane of a filter before scheduling. */
export interface TileWeights {
  /** 1 where the weight is not zero: shape [filters, rows, lanes]. */
  readonly nonZero: Uint8Array;
  readonly filters: number;
  readonly rows: number;
  readonly lanes: number;
}

/** What a tile multiplies step by step. */
export interface Schedule {
  /** Row that each step stands at, ascending. */
  readonly rows: readonly number[];
  /** Place whose weight, and activation, each lane takes; −1 in a lane without work: shape [steps, filters, lanes]. */
  readonly places: Int32Array;
}

/**
 * The schedule of Bit-Tactical for the filters of one tile, which share the time axis: activations are broadcast, so that all
 * filters of the tile stand at the same row. Rows are taken in order. A row whose weights are zero in every filter, by
 * themselves or because earlier rows took them, is skipped, but after `lookahead` rows skipped one behind the other the
 * next one is a step, whatever it holds. In a step each filter by itself fills its empty slots: each of them lists the
 * non-zero weights in reach (`map`, lanes wrap around), the slot with most of them, the lowest lane among equals, takes the
 * first of its list, and so on until no empty slot reaches any. A weight that was taken leaves its place empty. No row
 * behind the filter's last one is reached. Source: DNNsim (Edo Vivancos et al.), `original_schedule`.
 * Decided here: the count of skipped rows starts anew with each tile of filters; lanes behind the channels are empty slots
 * as any other; and filters without any weight take one step, at their last row, where all rows would be skipped.
 */
export const schedule = (
  { nonZero, filters, rows, lanes }: TileWeights,
  map: readonly Reach[],
  lookahead: number,
): Schedule => {
  const size = rows * lanes;
  const left = nonZero.slice();
  // Weights that no step has taken yet: by row for all filters together, and by filter and row.
  const ofRow = new Int32Array(rows);
  const ofFilter = new Int32Array(filters * rows);
  for (let filter = 0; filter < filters; filter++) {
    for (let row = 0; row < rows; row++) {
      let count = 0;
      const first = filter * size + row * lanes;
      for (let at = first; at < first + lanes; at++) count += left[at];
      ofFilter[filter * rows + row] = count;
      ofRow[row] += count;
    }
  }
  const places = new Int32Array(rows * filters * lanes).fill(-1);
  const steps: number[] = [];
  const candidates = new Int32Array(lanes);
  let skipped = 0;
  for (let row = 0; row < rows; row++) {
    if (ofRow[row] === 0 && skipped < lookahead) {
      skipped++;
      continue;
    }
    skipped = 0;
    const reachable = map.filter((reach) => row + reach.rows < rows);
    for (let filter = 0; filter < filters; filter++) {
      const base = filter * size;
      const here = base + row * lanes;
      const slots = (steps.length * filters + filter) * lanes;
      for (let lane = 0; lane < lanes; lane++) {
        if (left[here + lane] !== 0) places[slots + lane] = row * lanes + lane;
      }
      let empty = lanes - ofFilter[filter * rows + row];
      if (empty === 0) continue;
      let ahead = 0;
      for (let later = 1; later <= lookahead && row + later < rows; later++)
        ahead += ofFilter[filter * rows + row + later];
      if (ahead === 0) continue;
      for (let lane = 0; lane < lanes; lane++) {
        candidates[lane] = 0;
        if (places[slots + lane] >= 0) continue;
        for (const reach of reachable)
          candidates[lane] += left[here + reach.rows * lanes + around(lane + reach.lanes, lanes)];
      }
      while (empty > 0) {
        let slot = 0;
        for (let lane = 1; lane < lanes; lane++) if (candidates[lane] > candidates[slot]) slot = lane;
        if (candidates[slot] === 0) break;
        const first = reachable.find(
          (reach) => left[here + reach.rows * lanes + around(slot + reach.lanes, lanes)] !== 0,
        ) as Reach;
        const lane = around(slot + first.lanes, lanes);
        const place = (row + first.rows) * lanes + lane;
        places[slots + slot] = place;
        left[base + place] = 0;
        ofFilter[filter * rows + row + first.rows]--;
        ofRow[row + first.rows]--;
        candidates[slot] = 0;
        empty--;
        // The other empty slots that had listed it.
        for (const reach of reachable) {
          if (reach.rows !== first.rows) continue;
          const other = around(lane - reach.lanes, lanes);
          if (candidates[other] > 0) candidates[other]--;
        }
      }
    }
    steps.push(row);
  }
  // Filters without any weight in no more rows than are skipped.
  if (steps.length === 0) steps.push(rows - 1);
  return { rows: steps, places: places.subarray(0, steps.length * filters * lanes) };
};

/** A lane beyond the ends comes in again at the other one; by fewer lanes than there are. */
const around = (lane: number, lanes: number): number =>
  lane < 0 ? lane + lanes : lane >= lanes ? lane - lanes : lane;
