import { ModelError } from "../errors.ts";
import type { BufferTraffic } from "../machines/machine.ts";
import type { Configuration } from "../machines/parameter.ts";
import type { Corner } from "../technology/corner.ts";
import type { Bytes, Seconds } from "../units.ts";
import { type Activity, addActivities, dramBytes, noActivity } from "./activity.ts";
import { rooflineSeconds } from "./analytical.ts";
import { optimisticSeconds, pessimisticSeconds } from "./bounds.ts";
import type { DesignCosts } from "./costs.ts";
import { scheduleLayer } from "./cycle.ts";
import { addEnergies, type EnergyBreakdown, energy } from "./energy.ts";
import {
  boundNames,
  boundOf,
  type LayerDemand,
  movementBytes,
  peBytes,
  secondsPerByte,
} from "./layer-demand.ts";
import { finiteSqnr } from "./metrics.ts";
import type { ComputeTerm, Terms, Workload } from "./terms.ts";
import { activationLoads, type LayerTransfers, stores } from "./transfers.ts";

/** Which model answers: one of the two fidelities, or a guaranteed bound on the cycle model from either side. */
export type View = "analytical" | "cycle" | "optimistic" | "pessimistic";

/** One layer's share of a run. */
export interface LayerResult {
  readonly demand: LayerDemand;
  readonly seconds: Seconds;
  /** Index into `boundNames`. */
  readonly bound: number;
}

/**
 * The layers of one format, in execution order, and what they do: the whole network, unless the precision differs
 * between layers. Operations without multiply–accumulates belong to the format of `default`.
 */
export interface FormatPart {
  readonly format: string;
  readonly costs: DesignCosts;
  readonly activity: Activity;
}

/** One network on one design. */
export interface NetworkResult {
  readonly batch: number;
  readonly seconds: Seconds;
  readonly parts: readonly FormatPart[];
  /** That of all parts. */
  readonly activity: Activity;
  readonly energy: EnergyBreakdown;
  /** The same with every uncertain number at either end of its range. */
  readonly energyLow: EnergyBreakdown;
  readonly energyHigh: EnergyBreakdown;
  readonly layers: readonly LayerResult[];
  /** Time of the operations without multiply–accumulates, behind the layers. */
  readonly movementSeconds: Seconds;
  /** The resource that most of the time is spent waiting for, as an index into `boundNames`. */
  readonly bound: number;
  readonly areaLow_mm2: number;
  readonly area_mm2: number;
  readonly areaHigh_mm2: number;
  /** Supply voltage of the processing elements as a share of the nominal one. */
  readonly voltage: number;
  /** Share of all processing-element cycles that are busy. */
  readonly utilization: number;
  readonly sqnr_dB: number;
  /** As the sweep gives it; NaN where it does not. */
  readonly accuracy: number;
}

/**
 * Runs one network on one design under a view: layers one after another, each as long as the view's rule says, and
 * then the operations without multiply–accumulates, which take their DRAM transfers. Where the precision differs between
 * layers, each costs what it does in its own format, and the area is that of the largest. Throws ModelError where the
 * configuration cannot run the network, and `no-work` where the network has nothing to run.
 */
export const evaluateNetwork = (
  terms: Terms,
  workloads: readonly Workload[],
  network: number,
  configuration: Configuration,
  view: View,
): NetworkResult => {
  terms.checkBuffers(network, configuration);
  const compute = terms.compute(network, configuration);
  const traffic = terms.traffic(network, configuration);
  const transfers = terms.transfers(network, configuration);
  const formatCosts = terms.formatCosts(configuration);
  const voltage = terms.voltage(configuration);
  const batch = Number(configuration.batch);
  const clock = Number(configuration.clock) * 1e9;
  const period = 1 / clock;
  const { costs } = formatCosts[0];
  const channelSeconds = secondsPerByte(costs.dram.bandwidth.value);
  const bufferSeconds = secondsPerByte(Number(configuration.bufferBandwidth));
  const { cycles, busyCycles } = viewOf(compute, view);

  const layers = traffic.map((reads, layer): LayerResult => {
    const moved = transfers[layer];
    const rereads = rereadBytes(reads, moved);
    const demand: LayerDemand = {
      compute: cycles[layer] * period,
      buffers: (peBytes(reads) + rereads) * bufferSeconds,
      weightLoads: moved.weightBytes * channelSeconds,
      activationLoads: activationLoads(moved) * channelSeconds,
      stores: stores(moved) * channelSeconds,
      tiles: moved.tiling.tiles,
    };
    return { demand, seconds: layerSeconds(demand, view), bound: boundOf(demand) };
  });
  const boundSeconds = new Float64Array(boundNames.length);
  for (const { bound, seconds } of layers) boundSeconds[bound] += seconds;
  const movedBytes = movementBytes(workloads[network].movedElements, costs, batch);
  const movementSeconds = movedBytes * channelSeconds;
  boundSeconds[boundNames.length - 1] += movementSeconds;

  const parts = formatCosts.map((part, position): FormatPart => {
    const activity = noActivity();
    let activeSeconds = 0;
    let spilledBytes = 0;
    let spilledTransfers = 0;
    let outputBytes = 0;
    let partialSumReads = 0;
    let partialSumWrites = 0;
    let outputWrites = 0;
    for (let layer = 0; layer < traffic.length; layer++) {
      if (compute.formats[layer] !== part.format) continue;
      const reads = traffic[layer];
      const moved = transfers[layer];
      const { tiling } = moved;
      const rereads = rereadBytes(reads, moved);
      const { seconds } = layers[layer];
      activity.seconds += seconds;
      activeSeconds += compute.activePes[layer] * seconds;
      activity.busyCycles += busyCycles[layer];
      activity.weightBufferReads += reads.weightReads + rereads;
      activity.weightBufferWrites += tiling.weightBytes;
      activity.activationBufferReads += reads.activationReads;
      activity.activationBufferWrites += tiling.activationBytes;
      activity.dramWeights += moved.weightBytes;
      activity.dramActivations += moved.activationBytes;
      activity.dramOutputs += moved.outputBytes;
      outputBytes += tiling.outputBytes;
      spilledBytes += tiling.spilledBytes;
      spilledTransfers += moved.spilledBytes;
      partialSumReads += reads.partialSumReads;
      partialSumWrites += reads.partialSumWrites;
      outputWrites += reads.outputWrites;
    }
    activity.outputBufferReads = partialSumReads + spilledBytes + outputBytes;
    activity.outputBufferWrites = partialSumWrites + spilledBytes + outputWrites;
    activity.dramPartialSums = 2 * spilledTransfers;
    // What is negative is so by rounding alone: see `ComputeCycles`.
    activity.idleCycles = Math.max(0, activeSeconds * clock - activity.busyCycles);
    if (position === 0) {
      activity.dramMovements = movedBytes;
      activity.seconds += movementSeconds;
    }
    return { ...part, activity };
  });
  const activity = addActivities(parts);
  if (activity.seconds === 0) throw noWork(workloads[network]);

  const energyAt = (corner: Corner): EnergyBreakdown =>
    addEnergies(parts.map((part) => energy(part.activity, part.costs.rates[corner], voltage)));
  const areaAt = (corner: Corner): number =>
    Math.max(...parts.map((part) => part.costs.rates[corner].area_mm2));
  return {
    batch,
    seconds: activity.seconds,
    parts,
    activity,
    energy: energyAt("nominal"),
    energyLow: energyAt("low"),
    energyHigh: energyAt("high"),
    layers,
    movementSeconds,
    bound: boundSeconds.indexOf(Math.max(...boundSeconds)),
    areaLow_mm2: areaAt("low"),
    area_mm2: areaAt("nominal"),
    areaHigh_mm2: areaAt("high"),
    voltage,
    utilization: activity.busyCycles / (costs.pes * activity.seconds * clock),
    sqnr_dB: finiteSqnr(compute.signalPower, compute.noisePower),
    accuracy: compute.accuracy,
  };
};

/** Weights that are read from their buffer for the passes behind the first. */
const rereadBytes = ({ weightRereads }: BufferTraffic, { tiling }: LayerTransfers): Bytes =>
  weightRereads * (tiling.weightPasses - 1);

/** Why a network that takes no time has no metrics. */
export const noWork = ({ name }: Workload): ModelError =>
  new ModelError("no-work", `network ${name}: expected a layer or a movement of activations, found neither`);

const viewOf = (
  compute: ComputeTerm,
  view: View,
): { readonly cycles: Float64Array; readonly busyCycles: Float64Array } => {
  switch (view) {
    case "analytical":
      return { cycles: compute.analyticalCycles, busyCycles: compute.analyticalBusyCycles };
    case "cycle":
      return { cycles: compute.tracedCycles, busyCycles: compute.busyCycles };
    case "optimistic":
      return { cycles: compute.optimisticCycles, busyCycles: compute.busyCycles };
    case "pessimistic":
      return { cycles: compute.pessimisticCycles, busyCycles: compute.busyCycles };
  }
};

const layerSeconds = (demand: LayerDemand, view: View): Seconds => {
  switch (view) {
    case "analytical":
      return rooflineSeconds(demand);
    case "cycle":
      return scheduleLayer(demand).seconds;
    case "optimistic":
      return optimisticSeconds(demand);
    case "pessimistic":
      return pessimisticSeconds(demand);
  }
};

/** The metrics of one network, in the order of `metrics`. */
export const metricsOf = (result: NetworkResult): Float64Array =>
  Float64Array.of(
    result.batch / result.seconds,
    result.seconds,
    result.energy.total_J / result.batch,
    result.area_mm2,
    result.energy.total_J / result.seconds,
    dramBytes(result.activity) / result.batch,
    result.utilization,
    result.sqnr_dB,
    result.accuracy,
    result.energyLow.total_J / result.batch,
    result.energyHigh.total_J / result.batch,
    result.areaLow_mm2,
    result.areaHigh_mm2,
  );
