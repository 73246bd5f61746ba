// biome-ignore-all lint/complexity/useMathMinMax: comparisons of doubles take less time than Math.max

/**
 * What `evaluateNetwork` and `metricsOf` compute, to the same bits, on vectors over layers and without an object a
 * design. Maxima are comparisons here: no demand is NaN or −0.
 */
import type { Bytes, Seconds } from "../units.ts";
import type { DesignCosts } from "./costs.ts";
import type { View } from "./evaluate.ts";
import type { ComputeVectors, TilingVectors, TrafficVectors } from "./layer-vectors.ts";

/** What the memory system asks of each layer: all that does not depend on the clock. */
export interface MemoryTimes {
  /** The longest demand beside compute, and its resource as an index into `boundNames`. */
  readonly longest: Float64Array;
  readonly resource: Uint8Array;
  readonly buffers: Float64Array;
  /** In the cycle model: fill and drain together, and the transfers of a tile. */
  readonly ends: Float64Array;
  readonly transfer: Float64Array;
  /** All transfers one after another. */
  readonly serial: Float64Array;
}

/** Room for the memory times of some layers. */
export const memoryTimes = (layers: number): MemoryTimes => ({
  longest: new Float64Array(layers),
  resource: new Uint8Array(layers),
  buffers: new Float64Array(layers),
  ends: new Float64Array(layers),
  transfer: new Float64Array(layers),
  serial: new Float64Array(layers),
});

/** Fills in what views that overlap everything need, and with `schedules` what the two others need. */
export const fillMemoryTimes = (
  times: MemoryTimes,
  traffic: TrafficVectors,
  tiling: TilingVectors,
  bufferSeconds: Seconds,
  channelSeconds: Seconds,
  schedules: boolean,
): void => {
  const { longest, resource } = times;
  const { peBytes } = traffic;
  const { weightLoads, activationLoads, stores } = tiling;
  for (let layer = 0; layer < longest.length; layer++) {
    const buffers = peBytes[layer] * bufferSeconds;
    const weights = weightLoads[layer] * channelSeconds;
    const activations = activationLoads[layer] * channelSeconds + stores[layer] * channelSeconds;
    let most = buffers;
    let which = 1;
    if (weights > most) {
      most = weights;
      which = 2;
    }
    if (activations > most) {
      most = activations;
      which = 3;
    }
    longest[layer] = most;
    resource[layer] = which;
  }
  if (schedules) fillSchedules(times, traffic, tiling, bufferSeconds, channelSeconds);
};

const fillSchedules = (
  { buffers, ends, transfer, serial }: MemoryTimes,
  { peBytes }: TrafficVectors,
  { weightLoads, activationLoads, stores, share }: TilingVectors,
  bufferSeconds: Seconds,
  channelSeconds: Seconds,
): void => {
  for (let layer = 0; layer < buffers.length; layer++) {
    const part = share[layer];
    const weights = weightLoads[layer] * channelSeconds;
    const loads = activationLoads[layer] * channelSeconds;
    const stored = stores[layer] * channelSeconds;
    buffers[layer] = peBytes[layer] * bufferSeconds;
    ends[layer] = (weights > loads ? weights : loads) * part + stored * part;
    const weightTransfer = weights * part;
    const activationTransfer = (loads + stored) * part;
    transfer[layer] = weightTransfer > activationTransfer ? weightTransfer : activationTransfer;
    serial[layer] = weights + loads + stored;
  }
};

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
  tiling: TilingVectors,
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
  { share, moreTiles }: TilingVectors,
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
  { share, moreTiles }: TilingVectors,
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

/** Numbers in a vector of `charges`. */
export const chargesLength = 21;

/**
 * What a network's metrics take of its terms beside its times: all that does not depend on the clock, worked out once.
 * Answers with nothing; `writeMetrics` reads it.
 */
export const fillCharges = (
  charges: Float64Array,
  { analyticalBusyCycles, busyCycles, sqnr_dB }: ComputeVectors,
  traffic: TrafficVectors,
  tiling: TilingVectors,
  costs: DesignCosts,
  batch: number,
  movementBytes: Bytes,
  channelSeconds: Seconds,
): void => {
  const { busyCycle_J, weightBuffer, activationBuffer, outputBuffer } = costs;
  const { spilledBytes } = tiling;
  const dramBytes = tiling.dramBytes + movementBytes;
  charges[0] = costs.pes;
  charges[1] = movementBytes * channelSeconds;
  charges[2] = busyCycle_J;
  charges[3] = costs.idleShare;
  charges[4] = costs.leakShare;
  charges[5] =
    traffic.weightReads * weightBuffer.read_JPerByte + tiling.weightBytes * weightBuffer.write_JPerByte;
  charges[6] = weightBuffer.leakage_W;
  charges[7] =
    traffic.activationReads * activationBuffer.read_JPerByte +
    tiling.activationBytes * activationBuffer.write_JPerByte;
  charges[8] = activationBuffer.leakage_W;
  charges[9] =
    (traffic.partialSumReads + spilledBytes + tiling.outputBytes) * outputBuffer.read_JPerByte +
    (traffic.partialSumWrites + spilledBytes + traffic.outputWrites) * outputBuffer.write_JPerByte;
  charges[10] = outputBuffer.leakage_W;
  charges[11] = dramBytes * 8 * costs.dram.energy_pJPerBit * 1e-12;
  charges[12] = dramBytes / batch;
  charges[13] = costs.area_mm2;
  charges[14] = sqnr_dB;
  charges[15] = batch;
  // By view: the analytical one, and the three others.
  charges[16] = analyticalBusyCycles;
  charges[17] = analyticalBusyCycles * busyCycle_J;
  charges[18] = busyCycles;
  charges[19] = busyCycles * busyCycle_J;
  charges[20] = costs.pes * charges[1];
};

/**
 * Writes the metrics of a network, in the order of `metrics`, from `at` on, with the times that begin at `start`. Answers
 * with the seconds that it takes, movements included; where they are 0 it has no work, and no metrics.
 */
export const writeMetrics = (
  charges: Float64Array,
  view: View,
  times: Float64Array,
  start: number,
  clock: number,
  metrics: Float64Array,
  at: number,
): Seconds => {
  const busy = view === "analytical" ? 16 : 18;
  const layerSeconds = times[start];
  const activeSeconds = times[start + 1];
  const pes = charges[0];
  const seconds = layerSeconds + charges[1];
  const busyCycles = charges[busy];
  const idle = activeSeconds * clock - busyCycles;
  const unused = pes * layerSeconds - activeSeconds;
  const unusedCycles = ((unused > 0 ? unused : 0) + charges[20]) * clock;
  const total_J =
    charges[busy + 1] +
    (idle > 0 ? idle : 0) * charges[2] * charges[3] +
    unusedCycles * charges[2] * charges[4] +
    (charges[5] + seconds * charges[6]) +
    (charges[7] + seconds * charges[8]) +
    (charges[9] + seconds * charges[10]) +
    charges[11];
  const batch = charges[15];
  metrics[at] = batch / seconds;
  metrics[at + 1] = seconds;
  metrics[at + 2] = total_J / batch;
  metrics[at + 3] = charges[13];
  metrics[at + 4] = total_J / seconds;
  metrics[at + 5] = charges[12];
  metrics[at + 6] = busyCycles / (pes * seconds * clock);
  metrics[at + 7] = charges[14];
  return seconds;
};

/** The seconds of the operations without multiply–accumulates. */
export const movementSecondsOf = (charges: Float64Array): Seconds => charges[1];
