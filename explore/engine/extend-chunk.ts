import { metrics } from "../../core/model/metrics.ts";
import type { Pass } from "../store/run-directory.ts";
import { type Carrier, createCarrier, joinNetworks } from "./carry.ts";
import { type ChunkRows, chunkOfRows, rowAt } from "./chunk-rows.ts";
import { timedMetrics } from "./columns.ts";
import { failedRow } from "./evaluate-chunk.ts";
import { createEvaluator, type Evaluator } from "./evaluator.ts";
import type { EarlierRun, EnginePlan } from "./plan.ts";

/** The rows of a chunk, and how much of them was evaluated now. */
export interface ExtendedChunk {
  readonly rows: ChunkRows;
  /** Designs that the model ran for, on one network at least. */
  readonly evaluated: number;
  /** Runs of the model: a design on a network each. */
  readonly evaluations: number;
}

/** Evaluates chunks of a run that extends an earlier one. */
export type Extension = (pass: Pass, indices: Float64Array) => Promise<ExtendedChunk>;

/**
 * Designs that the earlier run has are taken over; of these only the networks that it has not are evaluated. The rows
 * are the same as if all had been evaluated.
 */
export const createExtension = (
  evaluator: Evaluator,
  earlier: EarlierRun,
  slab: SharedArrayBuffer,
): Extension => {
  const { plan } = evaluator;
  const carrier = createCarrier(plan, earlier);
  const added = carrier.networks.flatMap((before, network) => (before < 0 ? [network] : []));
  const addedEvaluator = added.length === 0 ? undefined : createEvaluator(networksOnly(plan, added), slab);
  return async (pass, indices) => {
    const found = await carrier.find(indices, pass);
    const isFound = new Uint8Array(indices.length);
    for (const position of found.positions) isFound[position] = 1;
    const fresh = evaluator.listRows(
      indices.filter((_, position) => isFound[position] === 0),
      pass,
    );
    const foundIndices = Float64Array.from(found.positions, (position) => indices[position]);
    const taken = found.rows.map((row, place) => carrier.convert(row, foundIndices[place], pass));
    const completed = addedEvaluator
      ? addedEvaluator.listRows(foundIndices, pass)
      : { columns: [], errors: new Map<number, string>() };
    const width = evaluator.layout(pass).names.length;
    const carried = taken.map((row, place) => {
      if (completed.errors.has(place)) return failedRow(row[0], width);
      if (addedEvaluator) completeRow(evaluator, addedEvaluator, carrier, pass, row, rowAt(completed, place));
      if (plan.workloads.length > 1) joinNetworks(plan, evaluator.layout(pass), row);
      return row;
    });
    const freshRows = fresh.columns[0].length;
    return {
      rows: merged(indices, isFound, fresh, { rows: carried, errors: completed.errors }, width),
      evaluated: freshRows + (addedEvaluator ? carried.length : 0),
      evaluations: freshRows * plan.workloads.length + carried.length * added.length,
    };
  };
};

/** A plan with some of its networks alone. */
const networksOnly = (plan: EnginePlan, networks: readonly number[]): EnginePlan => ({
  ...plan,
  sweep: { ...plan.sweep, networks: networks.map((network) => plan.sweep.networks[network]) },
  workloads: networks.map((network) => plan.workloads[network]),
});

/** Puts the added networks, from a row of their own evaluator, into a row that has the others. */
const completeRow = (
  { layout }: Evaluator,
  added: Evaluator,
  { networks }: Carrier,
  pass: Pass,
  row: Float64Array,
  addition: Float64Array,
): void => {
  const [to, from] = [layout(pass), added.layout(pass)];
  const latency = metrics.findIndex(({ name }) => name === "latency_s");
  let place = 0;
  networks.forEach((before, network) => {
    if (before >= 0) return;
    const copy = (length: number, source: number, target: number): void =>
      row.set(addition.subarray(source, source + length), target);
    copy(metrics.length, from.networkMetrics[place], to.networkMetrics[network]);
    if (to.ends.length > 0) copy(2 * timedMetrics.length, from.ends[place].fastest, to.ends[network].fastest);
    place++;
  });
  // The slowest network says what bounds the design, the first one where several are.
  const latencies = to.networkMetrics.map((start) => row[start + latency]);
  const slowest = latencies.indexOf(Math.max(...latencies));
  if (networks[slowest] < 0) row[to.bound] = addition[from.bound];
};

/** Fresh and carried rows in the order of the indices; excluded designs have neither. */
const merged = (
  indices: Float64Array,
  isFound: Uint8Array,
  fresh: ChunkRows,
  carried: { readonly rows: readonly Float64Array[]; readonly errors: ReadonlyMap<number, string> },
  width: number,
): ChunkRows => {
  const rows: Float64Array[] = [];
  const errors = new Map<number, string>();
  const push = (row: Float64Array, error: string | undefined): void => {
    if (error !== undefined) errors.set(rows.length, error);
    rows.push(row);
  };
  let [nextFresh, nextCarried] = [0, 0];
  for (let position = 0; position < indices.length; position++) {
    if (isFound[position] === 1) {
      push(carried.rows[nextCarried], carried.errors.get(nextCarried));
      nextCarried++;
    } else if (fresh.columns[0][nextFresh] === indices[position]) {
      push(rowAt(fresh, nextFresh), fresh.errors.get(nextFresh));
      nextFresh++;
    }
  }
  return chunkOfRows(rows, width, errors);
};
