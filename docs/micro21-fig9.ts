import type { DramType } from "../core/technology/dram.ts";
import { type BitletTable, bitletModules } from "../core/technology/technology.ts";
import { shippedPublished } from "../explore/published/published-numbers.ts";

/** Shares of system energy of a network, in percent; of some only that of DRAM. */
interface EnergyShares {
  readonly name: string;
  readonly precision: string;
  readonly dram: number;
  readonly preprocessing?: number;
  readonly wire?: number;
  readonly adderTree?: number;
  readonly postprocessing?: number;
}

/** The shares of system energy that MICRO 2021, Fig. 9a has, each in the precision that the network has in its tables. */
export const readFig9 = (): { readonly source: string; readonly networks: readonly EnergyShares[] } => {
  const { numbers } = shippedPublished();
  const { source, rows } = numbers("micro21-figures").energyShare;
  const precisions = Object.entries(numbers("micro21").work.rows);
  const networks = Object.entries(rows).map(([name, shares]) => {
    const [precision] = precisions.find(([, networks]) => name in networks)!;
    return { ...(shares as Omit<EnergyShares, "name" | "precision">), name, precision };
  });
  return { source, networks };
};

/** Power of one channel that streams all the time, in W. */
export const streamingPower_W = ({ bandwidth, energy }: DramType): number =>
  bandwidth.value * 1e9 * 8 * energy.value * 1e-12;

/** Power of all processing elements of a module table while they are busy, in W. */
export const elementsPower_W = ({ power }: BitletTable, precision: string): number =>
  bitletModules.reduce((sum, module) => sum + power[precision][module].value, 0) * 1e-3;

/**
 * The share of DRAM, in percent, in a system of one channel that streams all the time and processing elements that are
 * always busy: a ratio of two powers, the same for every network of a precision.
 */
export const streamingShare = (dram: DramType, table: BitletTable, precision: string): number => {
  const channel = streamingPower_W(dram);
  return (100 * channel) / (channel + elementsPower_W(table, precision));
};

/** The power of DRAM beside that of the processing elements that gives a share in percent, in W. */
export const impliedPower_W = (share: number, table: BitletTable, precision: string): number =>
  (elementsPower_W(table, precision) * share) / (100 - share);
