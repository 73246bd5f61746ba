// biome-ignore-all lint/complexity/useMathMinMax: comparisons of doubles take less time than Math.max

/**
 * What `evaluateNetwork` and `metricsOf` compute, to the same bits, on vectors over layers and without an object a
 * design. Maxima are comparisons here: no demand is NaN or −0.
 */
import type { Seconds } from "../units.ts";
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
 * Times of a network under a view, in a vector of `timesLength`: seconds of its layers, Σ over layers of seconds times
 * processing elements with work, and from `timesByResource` on the seconds of the layers that each resource bounds.
 */
export const timesLength = 6;
export const timesByResource = 2;

/** Runs the layers of a network under a view. */
export const runLayers = (
  view: View,
  compute: ComputeVectors,
  memory: MemoryTimes,
  tiling: TilingVectors,
  period: Seconds,
  times: Float64Array,
): void => {
  times[3] = 0;
  times[4] = 0;
  times[5] = 0;
  if (view === "analytical") overlapped(compute.analytical, compute.activePes, memory, period, times);
  else if (view === "optimistic") overlapped(compute.optimistic, compute.activePes, memory, period, times);
  else if (view === "cycle") scheduled(compute, memory, tiling, period, times);
  else serialized(compute, memory, period, times);
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
      times[timesByResource + resource[layer]] += memory;
    }
  }
  times[0] = seconds;
  times[1] = activeSeconds;
  times[2] = computeSeconds;
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
    const fed = buffers[layer];
    const tile = (compute > fed ? compute : fed) * share[layer];
    const transferred = transfer[layer];
    const stage = tile > transferred ? tile : transferred;
    const here = ends[layer] + (tile + moreTiles[layer] * stage);
    seconds += here;
    activeSeconds += activePes[layer] * here;
    if (compute >= longest[layer]) computeSeconds += here;
    else times[timesByResource + resource[layer]] += here;
  }
  times[0] = seconds;
  times[1] = activeSeconds;
  times[2] = computeSeconds;
};

const serialized = (
  { pessimistic, activePes }: ComputeVectors,
  { longest, resource, buffers, serial }: MemoryTimes,
  period: Seconds,
  times: Float64Array,
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
    else times[timesByResource + resource[layer]] += here;
  }
  times[0] = seconds;
  times[1] = activeSeconds;
  times[2] = computeSeconds;
};

/** The resource with the most seconds, the first on a tie; movements take the last one. */
export const boundOfTimes = (times: Float64Array, movementSeconds: Seconds): number => {
  let bound = 0;
  let most = times[timesByResource];
  if (times[3] > most) {
    most = times[3];
    bound = 1;
  }
  if (times[4] > most) {
    most = times[4];
    bound = 2;
  }
  return times[5] + movementSeconds > most ? 3 : bound;
};

/**
 * Writes the metrics of a network, in the order of `metrics`, from `at` on. The seconds that it takes, movements
 * included, become its latency; where they are 0 it has no work, and no metrics.
 */
export const writeMetrics = (
  times: Float64Array,
  view: View,
  compute: ComputeVectors,
  traffic: TrafficVectors,
  tiling: TilingVectors,
  costs: DesignCosts,
  batch: number,
  clock: number,
  movementBytes: number,
  movementSeconds: Seconds,
  metrics: Float64Array,
  at: number,
): void => {
  const layerSeconds = times[0];
  const activeSeconds = times[1];
  const { pes, busyCycle_J, weightBuffer, activationBuffer, outputBuffer } = costs;
  const busyCycles = view === "analytical" ? compute.analyticalBusyCycles : compute.busyCycles;
  const idle = activeSeconds * clock - busyCycles;
  const unused = pes * layerSeconds - activeSeconds;
  const idleCycles = idle > 0 ? idle : 0;
  const unusedCycles = ((unused > 0 ? unused : 0) + pes * movementSeconds) * clock;
  const seconds = layerSeconds + movementSeconds;
  const dramBytes = tiling.dramBytes + movementBytes;
  const spilled = tiling.spilledBytes;
  const total_J =
    busyCycles * busyCycle_J +
    idleCycles * busyCycle_J * costs.idleShare +
    unusedCycles * busyCycle_J * costs.leakShare +
    (traffic.weightReads * weightBuffer.read_JPerByte +
      tiling.weightBytes * weightBuffer.write_JPerByte +
      seconds * weightBuffer.leakage_W) +
    (traffic.activationReads * activationBuffer.read_JPerByte +
      tiling.activationBytes * activationBuffer.write_JPerByte +
      seconds * activationBuffer.leakage_W) +
    ((traffic.partialSumReads + spilled + tiling.outputBytes) * outputBuffer.read_JPerByte +
      (traffic.partialSumWrites + spilled + traffic.outputWrites) * outputBuffer.write_JPerByte +
      seconds * outputBuffer.leakage_W) +
    dramBytes * 8 * costs.dram.energy_pJPerBit * 1e-12;
  metrics[at] = batch / seconds;
  metrics[at + 1] = seconds;
  metrics[at + 2] = total_J / batch;
  metrics[at + 3] = costs.area_mm2;
  metrics[at + 4] = total_J / seconds;
  metrics[at + 5] = dramBytes / batch;
  metrics[at + 6] = busyCycles / (pes * seconds * clock);
  metrics[at + 7] = compute.sqnr_dB;
};
