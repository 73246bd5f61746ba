import { metrics } from "../../core/model/metrics.ts";
import type { Sweep } from "../spec/sweep.ts";
import type { Pass } from "../store/run-directory.ts";

/**
 * The numeric columns of a pass's parts, in order: `index`; every metric; with several networks, every metric a
 * network as `metric:network`; `bound`, an index into `boundNames`; and in the first pass of a staged sweep what is
 * certain of each network before the cycle model has run: every metric that moves with the run time at the least and at
 * the most time that the network can take, `fastest:metric` and `slowest:metric`, with several networks
 * `fastest:metric:network`. The columns do not depend on objectives or requirements.
 */
export interface ColumnLayout {
  readonly names: readonly string[];
  /** Where each network's metrics begin; with a single network, where the joint metrics do. */
  readonly networkMetrics: readonly number[];
  readonly bound: number;
  /** Where each network's `timedMetrics` begin, at the least and at the most time; empty where none are stored. */
  readonly ends: readonly NetworkEnds[];
}

/** Where a network's metrics at either end of its run time begin. */
export interface NetworkEnds {
  readonly fastest: number;
  readonly slowest: number;
}

/** Position of the joint metrics: they follow the index. */
export const jointMetrics = 1;

/** Positions among `metrics` of those that move with the run time. */
export const timedMetrics: readonly number[] = metrics.flatMap(({ withTime }, position) =>
  withTime === "constant" ? [] : [position],
);

/** The columns that a pass of `sweep` stores. */
export const columnLayout = (sweep: Sweep, networks: readonly string[], pass: Pass): ColumnLayout => {
  const suffixes = networks.map((network) => (networks.length === 1 ? "" : `:${network}`));
  const names = ["index", ...metrics.map(({ name }) => name)];
  const networkMetrics = suffixes.map((suffix) => {
    if (suffix === "") return jointMetrics;
    names.push(...metrics.map(({ name }) => `${name}${suffix}`));
    return names.length - metrics.length;
  });
  const bound = names.length;
  names.push("bound");
  const staged = sweep.fidelity === "staged" && pass === "analytical";
  const ends = (staged ? suffixes : []).map((suffix) => {
    const fastest = names.length;
    for (const side of ["fastest", "slowest"]) {
      names.push(...timedMetrics.map((metric) => `${side}:${metrics[metric].name}${suffix}`));
    }
    return { fastest, slowest: fastest + timedMetrics.length };
  });
  return { names, networkMetrics, bound, ends };
};

/** A front of a sweep: over joint metrics, or over those of one network. */
export interface FrontScope {
  /** The network whose metrics count; −1 for the joint ones. */
  readonly network: number;
}

/** The fronts that a sweep asks for: one, or with `aggregate: each` one a network. */
export const frontsOf = (sweep: Sweep, networks: readonly string[]): FrontScope[] =>
  sweep.aggregate === "each" ? networks.map((_, network) => ({ network })) : [{ network: -1 }];
