import type { SramCost } from "../technology/sram.ts";
import type { Bytes, Joules, Seconds } from "../units.ts";
import { type Activity, dramBytes } from "./activity.ts";
import type { DesignCosts } from "./costs.ts";

/** Energy of a run by consumer; the parts add up to the total. */
export interface EnergyBreakdown {
  readonly busy_J: Joules;
  readonly idle_J: Joules;
  readonly unused_J: Joules;
  readonly weightBuffer_J: Joules;
  readonly activationBuffer_J: Joules;
  readonly outputBuffer_J: Joules;
  readonly dram_J: Joules;
  readonly total_J: Joules;
}

/**
 * Energy of an activity: cycles of processing elements times the energy of a busy cycle, a waiting one at
 * `idleShare` and an unused one at `leakShare` of it; buffer accesses and leakage over the whole time; DRAM bits.
 */
export const energy = (activity: Activity, costs: DesignCosts): EnergyBreakdown => {
  const buffer = (cost: SramCost, reads: Bytes, writes: Bytes, seconds: Seconds): Joules =>
    reads * cost.read_JPerByte + writes * cost.write_JPerByte + seconds * cost.leakage_W;
  const { seconds } = activity;
  const busy_J = activity.busyCycles * costs.busyCycle_J;
  const idle_J = activity.idleCycles * costs.busyCycle_J * costs.idleShare;
  const unused_J = activity.unusedCycles * costs.busyCycle_J * costs.leakShare;
  const weightBuffer_J = buffer(
    costs.weightBuffer,
    activity.weightBufferReads,
    activity.weightBufferWrites,
    seconds,
  );
  const activationBuffer_J = buffer(
    costs.activationBuffer,
    activity.activationBufferReads,
    activity.activationBufferWrites,
    seconds,
  );
  const outputBuffer_J = buffer(
    costs.outputBuffer,
    activity.outputBufferReads,
    activity.outputBufferWrites,
    seconds,
  );
  const dram_J = dramBytes(activity) * 8 * costs.dram.energy_pJPerBit * 1e-12;
  return {
    busy_J,
    idle_J,
    unused_J,
    weightBuffer_J,
    activationBuffer_J,
    outputBuffer_J,
    dram_J,
    total_J: busy_J + idle_J + unused_J + weightBuffer_J + activationBuffer_J + outputBuffer_J + dram_J,
  };
};
