import type { LayerShape } from "../../workloads/layer.ts";
import type { Configuration } from "../parameter.ts";
import { type Pruning, prunedColumns } from "./binary-pruning.ts";

/** Share of the channels that keep their eight columns (BBS). */
const sensitiveShare: Readonly<Record<Pruning, number>> = {
  none: 1,
  conservative: 0.1,
  moderate: 0.2,
};

/**
 * How the filters of a convolution group are pruned. Sensitive ones stand first, in whole sets of `columns`, since a set
 * takes as long as its slowest filter; so their number is the multiple of `columns` nearest to their share, halves up [our
 * decision: BBS takes the share over all layers of a network, and multiples of the filters that an array has at once].
 * The run-time operand of a product of two activations is not pruned.
 */
export interface Channels {
  readonly pruning: Pruning;
  readonly sensitive: number;
  /** Columns that the pruned filters leave out. */
  readonly pruned: number;
}

/** The channels of each convolution group of a layer. */
export const channelsOf = (
  { filters: allFilters, groups, kind }: Pick<LayerShape, "filters" | "groups" | "kind">,
  configuration: Configuration,
): Channels => {
  const filters = allFilters / groups;
  const asked = configuration.pruning as Pruning;
  const pruning = kind === "matmul" ? "none" : asked;
  const columns = Number(configuration.columns);
  const sensitive = Math.min(
    filters,
    columns * Math.floor((sensitiveShare[pruning] * filters) / columns + 0.5),
  );
  return { pruning, sensitive: pruning === "none" ? filters : sensitive, pruned: prunedColumns[pruning] };
};

/** Columns of a weight on average over all channels, when each class has its share. */
export const meanColumns = (pruning: Pruning, bits: number): number => {
  const share = sensitiveShare[pruning];
  return share * bits + (1 - share) * (bits - prunedColumns[pruning]);
};
