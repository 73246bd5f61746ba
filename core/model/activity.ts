import type { Bytes, Cycles, Seconds } from "../units.ts";

/** What happened in a run, counted: energy is these counts times the costs of `energy`. */
export interface Activity {
  /** Cycles of processing elements: at work, and waiting with work in the layer. Those without work leak only. */
  busyCycles: Cycles;
  idleCycles: Cycles;
  weightBufferReads: Bytes;
  weightBufferWrites: Bytes;
  activationBufferReads: Bytes;
  activationBufferWrites: Bytes;
  outputBufferReads: Bytes;
  outputBufferWrites: Bytes;
  dramWeights: Bytes;
  dramActivations: Bytes;
  dramOutputs: Bytes;
  dramPartialSums: Bytes;
  /** Operations without multiply–accumulates: softmax, pooling, residual additions, … */
  dramMovements: Bytes;
  seconds: Seconds;
}

/** Nothing has happened yet. */
export const noActivity = (): Activity => ({
  busyCycles: 0,
  idleCycles: 0,
  weightBufferReads: 0,
  weightBufferWrites: 0,
  activationBufferReads: 0,
  activationBufferWrites: 0,
  outputBufferReads: 0,
  outputBufferWrites: 0,
  dramWeights: 0,
  dramActivations: 0,
  dramOutputs: 0,
  dramPartialSums: 0,
  dramMovements: 0,
  seconds: 0,
});

/** Bytes to and from DRAM, in whole bursts. */
export const dramBytes = (activity: Activity): Bytes =>
  activity.dramWeights +
  activity.dramActivations +
  activity.dramOutputs +
  activity.dramPartialSums +
  activity.dramMovements;

/** The activity of several parts of a run together. */
export const addActivities = ([first, ...others]: readonly { readonly activity: Activity }[]): Activity => {
  const sum = { ...first.activity };
  for (const { activity } of others) {
    for (const name of Object.keys(sum) as (keyof Activity)[]) sum[name] += activity[name];
  }
  return sum;
};
