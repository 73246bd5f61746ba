// biome-ignore-all lint/complexity/useMathMinMax: comparisons of doubles take less time than Math.max

/**
 * The metrics of `evaluateNetwork`, to the same bits, on vectors over layers and without an object a design.
 */
import type { Bytes, Seconds } from "../units.ts";
import type { DesignCosts } from "./costs.ts";
import type { View } from "./evaluate.ts";
import type { ComputeVectors, TilingVectors, TrafficVectors } from "./layer-vectors.ts";

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
