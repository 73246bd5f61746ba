import type { Workload } from "../../core/model/terms.ts";
import type { StoredPrecision } from "../../core/numerics/stored-precision.ts";
import type { Technology } from "../../core/technology/technology.ts";
import { namesOf } from "../spec/expression.ts";
import type { Sweep } from "../spec/sweep.ts";
import type { Pass } from "../store/run-directory.ts";
import type { KindRequest, SlabEntry } from "./slab.ts";

/** A network of a sweep, without its weights. */
export interface PlannedWorkload extends Workload {
  /** Its position among the sweep's networks, under which its statistics stand in the directory. */
  readonly position: number;
  /**
   * By format of the sweep, the precisions with fewer bits that some of its weights were stored in and are taken from all
   * the same: results in that format have to be marked. Formats without such weights are absent.
   */
  readonly upcasts: Readonly<Record<string, readonly StoredPrecision[]>>;
  /** How many of its layers have synthetic weights (`syntheticMark`), and the stated distribution of its activations. */
  readonly syntheticWeights?: string;
  readonly statedActivations?: string;
}

/** What evaluates a sweep's points, as JSON data: every worker rebuilds its evaluator from it. */
export interface EnginePlan {
  readonly sweep: Sweep;
  readonly workloads: readonly PlannedWorkload[];
  readonly technology: Technology;
  /** Where each statistic lies in the slab, or why it cannot be had, by `statisticsKey`. */
  readonly directory: Readonly<Record<string, SlabEntry | { readonly refused: string }>>;
  /** What an extended run had stored before. */
  readonly earlier?: EarlierRun;
}

/** Rows that were evaluated before the sweep was extended, and are taken over. */
export interface EarlierRun {
  readonly sweep: Sweep;
  readonly networks: readonly string[];
  readonly parts: Readonly<Record<Pass, readonly EarlierPart[]>>;
}

/** A part of it, and the indices that it begins and ends with, in the earlier space. */
export interface EarlierPart {
  readonly path: string;
  readonly first: number;
  readonly last: number;
}

/** The metrics that a sweep's objectives and requirements ask for. */
export const neededMetrics = ({ objectives, require }: Pick<Sweep, "objectives" | "require">): string[] =>
  [...objectives, ...require].flatMap(({ expression }) => namesOf(expression));

/** The name of a layer's statistic in the directory. */
export const statisticsKey = (network: number, layer: number, { kind, request }: KindRequest): string =>
  `${network}/${layer}/${kind}/${JSON.stringify(request)}`;
