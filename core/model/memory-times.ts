// biome-ignore-all lint/complexity/useMathMinMax: comparisons of doubles take less time than Math.max

/**
 * The memory system of `evaluateNetwork`, to the same bits, on vectors over layers and without an object a design.
 * Maxima are comparisons here: no demand is NaN or −0.
 */
import type { Seconds } from "../units.ts";
import type { TrafficVectors, TransferVectors } from "./layer-vectors.ts";

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
  tiling: TransferVectors,
  bufferSeconds: Seconds,
  channelSeconds: Seconds,
  schedules: boolean,
): void => {
  const { longest, resource } = times;
  const { peBytes, weightRereads } = traffic;
  const { weightLoads, activationLoads, stores, morePasses } = tiling;
  for (let layer = 0; layer < longest.length; layer++) {
    const buffers = (peBytes[layer] + weightRereads[layer] * morePasses[layer]) * bufferSeconds;
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
  { peBytes, weightRereads }: TrafficVectors,
  { weightLoads, activationLoads, stores, share, morePasses }: TransferVectors,
  bufferSeconds: Seconds,
  channelSeconds: Seconds,
): void => {
  for (let layer = 0; layer < buffers.length; layer++) {
    const part = share[layer];
    const weights = weightLoads[layer] * channelSeconds;
    const loads = activationLoads[layer] * channelSeconds;
    const stored = stores[layer] * channelSeconds;
    buffers[layer] = (peBytes[layer] + weightRereads[layer] * morePasses[layer]) * bufferSeconds;
    ends[layer] = (weights > loads ? weights : loads) * part + stored * part;
    const weightTransfer = weights * part;
    const activationTransfer = (loads + stored) * part;
    transfer[layer] = weightTransfer > activationTransfer ? weightTransfer : activationTransfer;
    serial[layer] = weights + loads + stored;
  }
};
