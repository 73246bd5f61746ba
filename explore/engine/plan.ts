import type { GroupRequest } from "../../core/bit-interleaving/group-statistics.ts";
import type { Workload } from "../../core/model/terms.ts";
import type { StoredPrecision } from "../../core/numerics/stored-precision.ts";
import type { Technology } from "../../core/technology/technology.ts";
import type { Sweep } from "../spec/sweep.ts";
import type { SlabEntry } from "./slab.ts";

/** A network of a sweep, without its weights. */
export interface PlannedWorkload extends Workload {
  /**
   * By format of the sweep, the precisions with fewer bits that some of its weights were stored in and are taken from all
   * the same: results in that format have to be marked. Formats without such weights are absent.
   */
  readonly upcasts: Readonly<Record<string, readonly StoredPrecision[]>>;
}

/** What evaluates a sweep's points, as JSON data: every worker rebuilds its evaluator from it. */
export interface EnginePlan {
  readonly sweep: Sweep;
  readonly workloads: readonly PlannedWorkload[];
  readonly technology: Technology;
  /** Where each statistic lies in the slab, or why it cannot be had, by `statisticsKey`. */
  readonly directory: Readonly<Record<string, SlabEntry | { readonly refused: string }>>;
}

/** The name of a layer's statistic in the directory. */
export const statisticsKey = (network: number, layer: number, request: GroupRequest): string =>
  `${network}/${layer}/${JSON.stringify(request)}`;
