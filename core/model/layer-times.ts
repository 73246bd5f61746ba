// biome-ignore-all lint/complexity/useMathMinMax: comparisons of doubles take less time than Math.max

/**
 * The time of layers of `evaluateNetwork`, to the same bits, on vectors over layers and without an object a design.
 * Maxima are comparisons here: no demand is NaN or −0.
 */
import type { Seconds } from "../units.ts";
import type { View } from "./evaluate.ts";
import type { ComputeVectors, TransferVectors } from "./layer-vectors.ts";
import type { MemoryTimes } from "./memory-times.ts";

/**
 * Times of a network under a view, `timesLength` numbers: seconds of its layers, Σ over layers of seconds times
 * processing elements with work, and then the seconds of the layers that each resource bounds.
 */
export const timesLength = 6;
const byResource = 2;

/** Clocks that are run at once: their sums do not wait for each other. */
export const lanes = 4;

/**
 * Runs the layers of a network under a view, at the first clock of `periods` or at all `lanes` of them; writes the times
 * of each lane behind those of the one before.
 */
export const runLayers = (
  view: View,
  compute: ComputeVectors,
  memory: MemoryTimes,
  tiling: TransferVectors,
  periods: Float64Array,
  many: boolean,
  times: Float64Array,
): void => {
  times.fill(0);
  switch (view) {
    case "analytical":
    case "optimistic": {
      const cycles = view === "analytical" ? compute.analytical : compute.optimistic;
      if (many) overlappedLanes(cycles, compute.activePes, memory, periods, times);
      else overlapped(cycles, compute.activePes, memory, periods[0], times);
      break;
    }
    case "cycle":
      if (many) scheduledLanes(compute, memory, tiling, periods, times);
      else scheduled(compute, memory, tiling, periods[0], times);
      break;
    case "pessimistic":
      for (let lane = 0; lane < (many ? lanes : 1); lane++) {
        serialized(compute, memory, periods[lane], times, lane * timesLength);
      }
  }
};

const overlapped = (
  cycles: Float64Array,
  activePes: Float64Array,
  { longest, resource }: MemoryTimes,
  period: Seconds,
  times: Float64Array,
): void => {
  let seconds = 0;
  let activeSeconds = 0;
  let computeSeconds = 0;
  for (let layer = 0; layer < cycles.length; layer++) {
    const compute = cycles[layer] * period;
    const memory = longest[layer];
    if (compute >= memory) {
      seconds += compute;
      activeSeconds += activePes[layer] * compute;
      computeSeconds += compute;
    } else {
      seconds += memory;
      activeSeconds += activePes[layer] * memory;
      times[byResource + resource[layer]] += memory;
    }
  }
  writeLane(times, 0, seconds, activeSeconds, computeSeconds);
};

/** The shortest of the periods: a layer that compute bounds at this clock it bounds at all. */
const shortestPeriod = (periods: Float64Array): Seconds => {
  let shortest = periods[0];
  for (let lane = 1; lane < lanes; lane++) if (periods[lane] < shortest) shortest = periods[lane];
  return shortest;
};

/** The longest of the periods: a layer that memory bounds at this clock it bounds at all. */
const longestPeriod = (periods: Float64Array): Seconds => {
  let longest = periods[0];
  for (let lane = 1; lane < lanes; lane++) if (periods[lane] > longest) longest = periods[lane];
  return longest;
};

/**
 * `overlapped` at all lanes. Most layers are bound by compute, or by memory, at all clocks of a block, which one
 * comparison each tells; the others are asked lane by lane.
 */
const overlappedLanes = (
  cycles: Float64Array,
  activePes: Float64Array,
  { longest, resource }: MemoryTimes,
  periods: Float64Array,
  times: Float64Array,
): void => {
  const shortest = shortestPeriod(periods);
  const longestOfAll = longestPeriod(periods);
  const period0 = periods[0];
  const period1 = periods[1];
  const period2 = periods[2];
  const period3 = periods[3];
  let seconds0 = 0;
  let seconds1 = 0;
  let seconds2 = 0;
  let seconds3 = 0;
  let active0 = 0;
  let active1 = 0;
  let active2 = 0;
  let active3 = 0;
  let compute0 = 0;
  let compute1 = 0;
  let compute2 = 0;
  let compute3 = 0;
  for (let layer = 0; layer < cycles.length; layer++) {
    const count = cycles[layer];
    const memory = longest[layer];
    const active = activePes[layer];
    let here0 = count * period0;
    let here1 = count * period1;
    let here2 = count * period2;
    let here3 = count * period3;
    if (count * shortest >= memory) {
      compute0 += here0;
      compute1 += here1;
      compute2 += here2;
      compute3 += here3;
    } else if (count * longestOfAll < memory) {
      const place = byResource + resource[layer];
      here0 = memory;
      here1 = memory;
      here2 = memory;
      here3 = memory;
      times[place] += memory;
      times[timesLength + place] += memory;
      times[2 * timesLength + place] += memory;
      times[3 * timesLength + place] += memory;
    } else {
      const place = byResource + resource[layer];
      if (here0 >= memory) compute0 += here0;
      else {
        here0 = memory;
        times[place] += memory;
      }
      if (here1 >= memory) compute1 += here1;
      else {
        here1 = memory;
        times[timesLength + place] += memory;
      }
      if (here2 >= memory) compute2 += here2;
      else {
        here2 = memory;
        times[2 * timesLength + place] += memory;
      }
      if (here3 >= memory) compute3 += here3;
      else {
        here3 = memory;
        times[3 * timesLength + place] += memory;
      }
    }
    seconds0 += here0;
    seconds1 += here1;
    seconds2 += here2;
    seconds3 += here3;
    active0 += active * here0;
    active1 += active * here1;
    active2 += active * here2;
    active3 += active * here3;
  }
  writeLane(times, 0, seconds0, active0, compute0);
  writeLane(times, timesLength, seconds1, active1, compute1);
  writeLane(times, 2 * timesLength, seconds2, active2, compute2);
  writeLane(times, 3 * timesLength, seconds3, active3, compute3);
};

const writeLane = (
  times: Float64Array,
  start: number,
  seconds: Seconds,
  activeSeconds: number,
  computeSeconds: Seconds,
): void => {
  times[start] = seconds;
  times[start + 1] = activeSeconds;
  times[start + 2] = computeSeconds;
};

/**
 * `scheduled` at all lanes. Where a layer is bound by compute at every clock, computing a tile takes no less than its
 * traffic and its transfers: the stages of the schedule are its tiles.
 */
const scheduledLanes = (
  { cycle, activePes }: ComputeVectors,
  { longest, resource, buffers, ends, transfer }: MemoryTimes,
  { share, moreTiles }: TransferVectors,
  periods: Float64Array,
  times: Float64Array,
): void => {
  const shortest = shortestPeriod(periods);
  const period0 = periods[0];
  const period1 = periods[1];
  const period2 = periods[2];
  const period3 = periods[3];
  let seconds0 = 0;
  let seconds1 = 0;
  let seconds2 = 0;
  let seconds3 = 0;
  let active0 = 0;
  let active1 = 0;
  let active2 = 0;
  let active3 = 0;
  let compute0 = 0;
  let compute1 = 0;
  let compute2 = 0;
  let compute3 = 0;
  for (let layer = 0; layer < cycle.length; layer++) {
    const count = cycle[layer];
    const memory = longest[layer];
    const active = activePes[layer];
    const part = share[layer];
    const more = moreTiles[layer];
    const end = ends[layer];
    let here0 = count * period0;
    let here1 = count * period1;
    let here2 = count * period2;
    let here3 = count * period3;
    if (count * shortest >= memory) {
      const tile0 = here0 * part;
      const tile1 = here1 * part;
      const tile2 = here2 * part;
      const tile3 = here3 * part;
      here0 = end + (tile0 + more * tile0);
      here1 = end + (tile1 + more * tile1);
      here2 = end + (tile2 + more * tile2);
      here3 = end + (tile3 + more * tile3);
      compute0 += here0;
      compute1 += here1;
      compute2 += here2;
      compute3 += here3;
    } else {
      const place = byResource + resource[layer];
      const fed = buffers[layer];
      const transferred = transfer[layer];
      const isCompute0 = here0 >= memory;
      const isCompute1 = here1 >= memory;
      const isCompute2 = here2 >= memory;
      const isCompute3 = here3 >= memory;
      here0 = scheduledLayer(here0, fed, part, more, end, transferred);
      here1 = scheduledLayer(here1, fed, part, more, end, transferred);
      here2 = scheduledLayer(here2, fed, part, more, end, transferred);
      here3 = scheduledLayer(here3, fed, part, more, end, transferred);
      if (isCompute0) compute0 += here0;
      else times[place] += here0;
      if (isCompute1) compute1 += here1;
      else times[timesLength + place] += here1;
      if (isCompute2) compute2 += here2;
      else times[2 * timesLength + place] += here2;
      if (isCompute3) compute3 += here3;
      else times[3 * timesLength + place] += here3;
    }
    seconds0 += here0;
    seconds1 += here1;
    seconds2 += here2;
    seconds3 += here3;
    active0 += active * here0;
    active1 += active * here1;
    active2 += active * here2;
    active3 += active * here3;
  }
  writeLane(times, 0, seconds0, active0, compute0);
  writeLane(times, timesLength, seconds1, active1, compute1);
  writeLane(times, 2 * timesLength, seconds2, active2, compute2);
  writeLane(times, 3 * timesLength, seconds3, active3, compute3);
};

/** Seconds of a layer in the schedule of tiles. */
const scheduledLayer = (
  compute: Seconds,
  fed: Seconds,
  share: number,
  moreTiles: number,
  ends: Seconds,
  transfer: Seconds,
): Seconds => {
  const tile = (compute > fed ? compute : fed) * share;
  return ends + (tile + moreTiles * (tile > transfer ? tile : transfer));
};

const scheduled = (
  { cycle, activePes }: ComputeVectors,
  { longest, resource, buffers, ends, transfer }: MemoryTimes,
  { share, moreTiles }: TransferVectors,
  period: Seconds,
  times: Float64Array,
): void => {
  let seconds = 0;
  let activeSeconds = 0;
  let computeSeconds = 0;
  for (let layer = 0; layer < cycle.length; layer++) {
    const compute = cycle[layer] * period;
    const here = scheduledLayer(
      compute,
      buffers[layer],
      share[layer],
      moreTiles[layer],
      ends[layer],
      transfer[layer],
    );
    seconds += here;
    activeSeconds += activePes[layer] * here;
    if (compute >= longest[layer]) computeSeconds += here;
    else times[byResource + resource[layer]] += here;
  }
  writeLane(times, 0, seconds, activeSeconds, computeSeconds);
};

const serialized = (
  { pessimistic, activePes }: ComputeVectors,
  { longest, resource, buffers, serial }: MemoryTimes,
  period: Seconds,
  times: Float64Array,
  start: number,
): void => {
  let seconds = 0;
  let activeSeconds = 0;
  let computeSeconds = 0;
  for (let layer = 0; layer < pessimistic.length; layer++) {
    const compute = pessimistic[layer] * period;
    const fed = buffers[layer];
    const here = (compute > fed ? compute : fed) + serial[layer];
    seconds += here;
    activeSeconds += activePes[layer] * here;
    if (compute >= longest[layer]) computeSeconds += here;
    else times[start + byResource + resource[layer]] += here;
  }
  writeLane(times, start, seconds, activeSeconds, computeSeconds);
};

/** The resource with the most seconds, the first on a tie, for times that begin at `start`; movements take the last one. */
export const boundOfTimes = (times: Float64Array, start: number, movementSeconds: Seconds): number => {
  let bound = 0;
  let most = times[start + 2];
  if (times[start + 3] > most) {
    most = times[start + 3];
    bound = 1;
  }
  if (times[start + 4] > most) {
    most = times[start + 4];
    bound = 2;
  }
  return times[start + 5] + movementSeconds > most ? 3 : bound;
};
