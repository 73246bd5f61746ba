import { metrics } from "../../core/model/metrics.ts";
import type { Sweep } from "../spec/sweep.ts";
import type { Pass } from "../store/run-directory.ts";

/**
 * The numeric columns of a pass's parts, in order: `index`; every metric; with several networks, every metric a
 * network as `metric:network`; `bound`, an index into `boundNames`; and in the first pass of a staged sweep, for each
 * front, what is certain before the cycle model has run: the best and the worst that each objective can come out at,
 * `optimistic:objective` and `pessimistic:objective`, and `admissible`, 1 if every requirement is met for sure. With
 * `aggregate: each` these names end in `:network`.
 */
export interface ColumnLayout {
  readonly names: readonly string[];
  /** Where each network's metrics begin; with a single network, where the joint metrics do. */
  readonly networkMetrics: readonly number[];
  readonly bound: number;
  /** Positions for each front; empty where the pass stores no bounds. */
  readonly bounds: readonly FrontBounds[];
}

/** Where the optimistic and the pessimistic objectives of a front begin, and where its admissibility stands. */
export interface FrontBounds {
  readonly optimistic: number;
  readonly pessimistic: number;
  readonly admissible: number;
}

/** Position of the joint metrics: they follow the index. */
export const jointMetrics = 1;

/** The columns that a pass of `sweep` stores. */
export const columnLayout = (sweep: Sweep, networks: readonly string[], pass: Pass): ColumnLayout => {
  const names = ["index", ...metrics.map(({ name }) => name)];
  const networkMetrics = networks.map((network) => {
    if (networks.length === 1) return jointMetrics;
    const start = names.length;
    names.push(...metrics.map(({ name }) => `${name}:${network}`));
    return start;
  });
  const bound = names.length;
  names.push("bound");
  const bounds =
    sweep.fidelity !== "staged" || pass !== "analytical"
      ? []
      : frontsOf(sweep, networks).map(({ suffix }) => {
          const optimistic = names.length;
          const pessimistic = optimistic + sweep.objectives.length;
          for (const side of ["optimistic", "pessimistic"]) {
            names.push(...sweep.objectives.map(({ name }) => `${side}:${name}${suffix}`));
          }
          names.push(`admissible${suffix}`);
          return { optimistic, pessimistic, admissible: names.length - 1 };
        });
  return { names, networkMetrics, bound, bounds };
};

/** A front of a sweep: over joint metrics, or over those of one network. */
export interface FrontScope {
  /** The network whose metrics count; −1 for the joint ones. */
  readonly network: number;
  /** What its columns are called beyond their objective: empty, or `:network`. */
  readonly suffix: string;
}

/** The fronts that a sweep asks for: one, or with `aggregate: each` one a network. */
export const frontsOf = (sweep: Sweep, networks: readonly string[]): FrontScope[] =>
  sweep.aggregate === "each"
    ? networks.map((network, index) => ({ network: index, suffix: `:${network}` }))
    : [{ network: -1, suffix: "" }];
