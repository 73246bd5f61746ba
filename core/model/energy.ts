import type { SramCost } from "../technology/sram.ts";
import type { Bytes, Joules, Seconds } from "../units.ts";
import { type Activity, dramBytes } from "./activity.ts";
import type { CostRates } from "./costs.ts";

/** Energy of a run by consumer; the parts add up to the total, up to rounding. */
export interface EnergyBreakdown {
  readonly busy_J: Joules;
  readonly idle_J: Joules;
  /** Leakage of all processing elements over the whole time. */
  readonly leakage_J: Joules;
  readonly weightBuffer_J: Joules;
  readonly activationBuffer_J: Joules;
  readonly outputBuffer_J: Joules;
  /** Bits that are moved, and the background power over the whole time. */
  readonly dram_J: Joules;
  readonly background_J: Joules;
  readonly total_J: Joules;
}

/** The parts of an energy, in the order of tables. */
export const energyParts = [
  "busy_J",
  "idle_J",
  "leakage_J",
  "weightBuffer_J",
  "activationBuffer_J",
  "outputBuffer_J",
  "dram_J",
  "background_J",
] as const satisfies readonly Exclude<keyof EnergyBreakdown, "total_J">[];
export type EnergyPart = (typeof energyParts)[number];

/**
 * Energy of an activity: cycles of busy and waiting processing elements times their dynamic energy, which goes with the
 * square of the supply voltage; their leakage over the whole time, with the voltage itself [our decision: the current
 * does not change]; buffer accesses and leakage; DRAM bits and background power. `voltage` is a share of the nominal one.
 */
export const energy = (activity: Activity, rates: CostRates, voltage: number): EnergyBreakdown => {
  const { seconds, busyCycles, idleCycles } = activity;
  const square = voltage * voltage;
  const buffer = (cost: SramCost, reads: Bytes, writes: Bytes): Joules =>
    reads * cost.read_JPerByte + writes * cost.write_JPerByte + seconds * cost.leakage_W;
  const moved = [
    activity.weightBufferReads,
    activity.weightBufferWrites,
    activity.activationBufferReads,
    activity.activationBufferWrites,
    activity.outputBufferReads,
    activity.outputBufferWrites,
    dramBytes(activity),
  ] as const;
  return {
    busy_J: square * (busyCycles * rates.busyCycle_J),
    idle_J: square * (idleCycles * rates.idleCycle_J),
    leakage_J: voltage * rates.leakage_W * seconds,
    weightBuffer_J: buffer(rates.weightBuffer, moved[0], moved[1]),
    activationBuffer_J: buffer(rates.activationBuffer, moved[2], moved[3]),
    outputBuffer_J: buffer(rates.outputBuffer, moved[4], moved[5]),
    dram_J: moved[6] * rates.dramByte_J,
    background_J: seconds * rates.background_W,
    total_J: totalEnergy(
      rates,
      accessEnergy(rates, ...moved),
      standingPower(rates),
      busyCycles,
      idleCycles,
      seconds,
      voltage,
    ),
  };
};

/** The energy of several parts of a run, consumer by consumer. */
export const addEnergies = ([first, ...others]: readonly EnergyBreakdown[]): EnergyBreakdown =>
  others.reduce(
    (sum, part) => ({
      ...(Object.fromEntries(energyParts.map((name) => [name, sum[name] + part[name]])) as Record<
        EnergyPart,
        Joules
      >),
      total_J: sum.total_J + part.total_J,
    }),
    first,
  );

/** Energy of everything that is moved: it depends neither on the time nor on the clock. */
export const accessEnergy = (
  { weightBuffer, activationBuffer, outputBuffer, dramByte_J }: CostRates,
  weightReads: Bytes,
  weightWrites: Bytes,
  activationReads: Bytes,
  activationWrites: Bytes,
  outputReads: Bytes,
  outputWrites: Bytes,
  moved: Bytes,
): Joules =>
  weightReads * weightBuffer.read_JPerByte +
  weightWrites * weightBuffer.write_JPerByte +
  activationReads * activationBuffer.read_JPerByte +
  activationWrites * activationBuffer.write_JPerByte +
  outputReads * outputBuffer.read_JPerByte +
  outputWrites * outputBuffer.write_JPerByte +
  moved * dramByte_J;

/** Power of what stays at the nominal voltage and goes on for as long as the run takes, in W. */
export const standingPower = ({
  weightBuffer,
  activationBuffer,
  outputBuffer,
  background_W,
}: CostRates): number =>
  weightBuffer.leakage_W + activationBuffer.leakage_W + outputBuffer.leakage_W + background_W;

/** The total, in the order of additions that every evaluation keeps to. */
const totalEnergy = (
  rates: Pick<CostRates, "busyCycle_J" | "idleCycle_J" | "leakage_W">,
  access_J: Joules,
  standing_W: number,
  busyCycles: number,
  idleCycles: number,
  seconds: Seconds,
  voltage: number,
): Joules =>
  voltage * voltage * (busyCycles * rates.busyCycle_J + idleCycles * rates.idleCycle_J) +
  seconds * (voltage * rates.leakage_W + standing_W) +
  access_J;
