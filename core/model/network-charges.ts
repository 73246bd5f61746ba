// biome-ignore-all lint/complexity/useMathMinMax: comparisons of doubles take less time than Math.max

/**
 * The metrics of `evaluateNetwork`, to the same bits, on vectors over layers and without an object a design.
 */

import { corners } from "../technology/corner.ts";
import type { Bytes, Joules, Seconds } from "../units.ts";
import type { DesignCosts } from "./costs.ts";
import { accessEnergy, standingPower } from "./energy.ts";
import type { View } from "./evaluate.ts";
import type { ComputeVectors, TrafficVectors, TransferVectors } from "./layer-vectors.ts";
import { metrics as descriptors } from "./metrics.ts";

/** Positions in a vector of charges; the rates of each corner follow one another. */
const at = {
  pes: 0,
  movementSeconds: 1,
  dramBytes: 2,
  sqnr: 3,
  accuracy: 4,
  batch: 5,
  analyticalBusy: 6,
  busy: 7,
};
const firstCorner = 8;
const ratesLength = 6;

/** Numbers in a vector of charges. */
export const chargesLength = firstCorner + ratesLength * corners.length;

/**
 * What a network's metrics take of its terms beside its times: all that does not depend on the clock, worked out once.
 * Answers with nothing; `writeMetrics` reads it.
 */
export const fillCharges = (
  charges: Float64Array,
  compute: ComputeVectors,
  traffic: TrafficVectors,
  transfers: TransferVectors,
  costs: DesignCosts,
  batch: number,
  movementBytes: Bytes,
  channelSeconds: Seconds,
): void => {
  const { spilledBytes, bufferOutputBytes } = transfers;
  const dramBytes = transfers.dramBytes + movementBytes;
  let weightReads = 0;
  for (let layer = 0; layer < traffic.weightReads.length; layer++) {
    weightReads += traffic.weightReads[layer] + traffic.weightRereads[layer] * transfers.morePasses[layer];
  }
  charges[at.pes] = costs.pes;
  charges[at.movementSeconds] = movementBytes * channelSeconds;
  charges[at.dramBytes] = dramBytes / batch;
  charges[at.sqnr] = compute.sqnr_dB;
  charges[at.accuracy] = compute.accuracy;
  charges[at.batch] = batch;
  charges[at.analyticalBusy] = compute.analyticalBusyCycles;
  charges[at.busy] = compute.busyCycles;
  let place = firstCorner;
  for (const corner of corners) {
    const rates = costs.rates[corner];
    charges[place] = rates.busyCycle_J;
    charges[place + 1] = rates.idleCycle_J;
    charges[place + 2] = rates.leakage_W;
    charges[place + 3] = accessEnergy(
      rates,
      weightReads,
      transfers.bufferWeightBytes,
      traffic.activationReads,
      transfers.bufferActivationBytes,
      traffic.partialSumReads + spilledBytes + bufferOutputBytes,
      traffic.partialSumWrites + spilledBytes + traffic.outputWrites,
      dramBytes,
    );
    charges[place + 4] = standingPower(rates);
    charges[place + 5] = rates.area_mm2;
    place += ratesLength;
  }
};

const positionOf = (wanted: string): number => descriptors.findIndex(({ name }) => name === wanted);
const [atThroughput, atLatency, atPower, atDramBytes, atUtilization, atSqnr, atAccuracy] = [
  "throughput_ips",
  "latency_s",
  "power_W",
  "dram_bytes",
  "utilization",
  "sqnr_dB",
  "accuracy",
].map(positionOf);
/** Positions of the metrics of the corners, in the order of `corners`. */
const [atEnergyLow, atEnergy, atEnergyHigh] = ["energyLow_J", "energy_J", "energyHigh_J"].map(positionOf);
const [atAreaLow, atArea, atAreaHigh] = ["areaLow_mm2", "area_mm2", "areaHigh_mm2"].map(positionOf);
const [low, nominal, high] = corners.map((_, corner) => firstCorner + ratesLength * corner);

/** The total energy at the corner whose rates begin at `rates`; see `totalEnergy`. */
const totalOf = (
  charges: Float64Array,
  rates: number,
  busyCycles: number,
  idleCycles: number,
  seconds: Seconds,
  voltage: number,
  square: number,
): Joules =>
  square * (busyCycles * charges[rates] + idleCycles * charges[rates + 1]) +
  seconds * (voltage * charges[rates + 2] + charges[rates + 4]) +
  charges[rates + 3];

/**
 * Writes the metrics of a network, in the order of `metrics`, from `start` on, with the times that begin at `timesStart`.
 * Answers with the seconds that it takes, movements included; where they are 0 it has no work, and no metrics.
 */
export const writeMetrics = (
  charges: Float64Array,
  view: View,
  times: Float64Array,
  timesStart: number,
  clock: number,
  voltage: number,
  metrics: Float64Array,
  start: number,
): Seconds => {
  const pes = charges[at.pes];
  const batch = charges[at.batch];
  const seconds = times[timesStart] + charges[at.movementSeconds];
  const busy = charges[view === "analytical" ? at.analyticalBusy : at.busy];
  const waiting = times[timesStart + 1] * clock - busy;
  const idle = waiting > 0 ? waiting : 0;
  const square = voltage * voltage;
  const total_J = totalOf(charges, nominal, busy, idle, seconds, voltage, square);
  metrics[start + atThroughput] = batch / seconds;
  metrics[start + atLatency] = seconds;
  metrics[start + atEnergy] = total_J / batch;
  metrics[start + atArea] = charges[nominal + 5];
  metrics[start + atPower] = total_J / seconds;
  metrics[start + atDramBytes] = charges[at.dramBytes];
  metrics[start + atUtilization] = busy / (pes * seconds * clock);
  metrics[start + atSqnr] = charges[at.sqnr];
  metrics[start + atAccuracy] = charges[at.accuracy];
  metrics[start + atEnergyLow] = totalOf(charges, low, busy, idle, seconds, voltage, square) / batch;
  metrics[start + atEnergyHigh] = totalOf(charges, high, busy, idle, seconds, voltage, square) / batch;
  metrics[start + atAreaLow] = charges[low + 5];
  metrics[start + atAreaHigh] = charges[high + 5];
  return seconds;
};

/** The seconds of the operations without multiply–accumulates. */
export const movementSecondsOf = (charges: Float64Array): Seconds => charges[at.movementSeconds];
