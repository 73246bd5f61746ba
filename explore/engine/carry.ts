import { aggregateMetrics } from "../../core/model/aggregate.ts";
import { metrics } from "../../core/model/metrics.ts";
import { createIndexMap } from "../space/index-map.ts";
import type { Pass } from "../store/run-directory.ts";
import { type ChunkRows, rowAt } from "./chunk-rows.ts";
import { type ColumnLayout, columnLayout, jointMetrics, timedMetrics } from "./columns.ts";
import { readPart } from "./part.ts";
import type { EarlierPart, EarlierRun, EnginePlan } from "./plan.ts";

/** Rows of an earlier run for the designs of a chunk: positions among the indices asked for, and the stored rows. */
export interface CarriedRows {
  readonly positions: readonly number[];
  /** In the columns of the earlier run. */
  readonly rows: readonly Float64Array[];
}

/** Finds what an earlier run has stored. */
export interface Carrier {
  /** For each network of the sweep its position in the earlier one; −1 for an added one. */
  readonly networks: readonly number[];
  /** The rows that the earlier run has of these designs; failed ones are left to be evaluated again. */
  find(indices: Float64Array, pass: Pass): Promise<CarriedRows>;
  /** A row in the columns of the sweep, with NaN for networks that are new. */
  convert(row: Float64Array, index: number, pass: Pass): Float64Array;
}

/** So many parts are kept open: designs in order need those of one place, or of a few. */
const keptParts = 4;

/** Finds rows of `earlier` for a plan that extends it. */
export const createCarrier = (plan: EnginePlan, earlier: EarlierRun): Carrier => {
  const { sweep, workloads } = plan;
  const earlierIndex = createIndexMap(sweep.space, earlier.sweep.space);
  const networks = workloads.map(({ name }) => earlier.networks.indexOf(name));
  const layoutsOf = (pass: Pass): { readonly from: ColumnLayout; readonly to: ColumnLayout } => ({
    from: columnLayout(earlier.sweep, earlier.networks, pass),
    to: columnLayout(
      sweep,
      workloads.map(({ name }) => name),
      pass,
    ),
  });
  const layouts = { analytical: layoutsOf("analytical"), cycle: layoutsOf("cycle") };
  const open = new Map<string, ChunkRows>();
  const read = async (path: string, names: readonly string[]): Promise<ChunkRows> => {
    const chunk = open.get(path) ?? (await readPart(path, names));
    open.delete(path);
    open.set(path, chunk);
    if (open.size > keptParts) open.delete(open.keys().next().value!);
    return chunk;
  };
  return {
    networks,
    find: async (indices, pass) => {
      const { from, to } = layouts[pass];
      const positions: number[] = [];
      const rows: Float64Array[] = [];
      // Bounds of the run time that the earlier run did not need.
      if (to.ends.length > 0 && from.ends.length === 0) return { positions, rows };
      for (let position = 0; position < indices.length; position++) {
        const index = earlierIndex(indices[position]);
        const part = index === null ? undefined : partWith(earlier.parts[pass], index);
        if (index === null || part === undefined) continue;
        const chunk = open.get(part.path) ?? (await read(part.path, from.names));
        const row = placeOf(chunk.columns[0], index);
        if (chunk.columns[0][row] !== index || chunk.errors.has(row)) continue;
        positions.push(position);
        rows.push(rowAt(chunk, row));
      }
      return { positions, rows };
    },
    convert: (row, index, pass) => {
      const { from, to } = layouts[pass];
      const converted = new Float64Array(to.names.length).fill(Number.NaN);
      converted[0] = index;
      networks.forEach((before, network) => {
        if (before < 0) return;
        const copy = (length: number, source: number, target: number): void =>
          converted.set(row.subarray(source, source + length), target);
        copy(metrics.length, from.networkMetrics[before], to.networkMetrics[network]);
        if (to.ends.length > 0) {
          copy(2 * timedMetrics.length, from.ends[before].fastest, to.ends[network].fastest);
        }
      });
      converted[to.bound] = row[from.bound];
      return converted;
    },
  };
};

/** Puts the joint metrics into a row whose networks are complete. */
export const joinNetworks = (
  { sweep, workloads }: EnginePlan,
  layout: ColumnLayout,
  row: Float64Array,
): void => {
  const vectors = layout.networkMetrics.map((start) => row.slice(start, start + metrics.length));
  const weights = workloads.map(({ weight }) => weight);
  row.set(aggregateMetrics(vectors, weights, sweep.aggregate), jointMetrics);
};

/** The part that an index lies in, if any. Parts are in ascending order. */
const partWith = (parts: readonly EarlierPart[], index: number): EarlierPart | undefined => {
  let low = 0;
  let high = parts.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (index < parts[middle].first) high = middle - 1;
    else if (index > parts[middle].last) low = middle + 1;
    else return parts[middle];
  }
  return undefined;
};

/** The first place in ascending numbers with a value no less. */
const placeOf = (ascending: Float64Array, value: number): number => {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
};
