import { ModelError } from "../errors.ts";
import type { Evidence, Mark } from "./component.ts";

/** What changes with the technology node. */
export const scaledKinds = [
  "logicArea",
  "logicPower",
  "sramRead",
  "sramWrite",
  "sramLeakage",
  "sramArea",
] as const;
export type ScaledKind = (typeof scaledKinds)[number];

/** What the same circuit divides by from one node to another: the evidence that scaling rests on. */
export interface Scaling extends Evidence {
  readonly from_nm: number;
  readonly to_nm: number;
  /** By what each kind of cost divides from the one node to the other. */
  readonly divisors: Readonly<Record<ScaledKind, number>>;
  /** Nodes that may be scaled between, in nm. */
  readonly validity_nm: readonly [number, number];
}

/** Costs at another node, as multiples of those at the node of a table; with the mark of such an answer. */
export interface NodeFactors {
  readonly factors: Readonly<Record<ScaledKind, number>>;
  readonly mark: Mark;
}

const unscaled: NodeFactors = {
  factors: Object.fromEntries(scaledKinds.map((kind) => [kind, 1])) as Record<ScaledKind, number>,
  mark: "stated",
};

/**
 * Factors from one node to another: a power of the feature size through the two nodes of the evidence. Between these
 * two it is the evidence itself, elsewhere an assumption [remembered]. 1 at the same node. Throws ModelError
 * `beyond-table` outside the validity.
 */
export const nodeFactors = (scaling: Scaling, from_nm: number, to_nm: number): NodeFactors => {
  if (from_nm === to_nm) return unscaled;
  const [least, most] = scaling.validity_nm;
  for (const node of [from_nm, to_nm]) {
    if (node >= least && node <= most) continue;
    throw new ModelError(
      "beyond-table",
      `node ${node} nm: costs can be scaled between ${least} and ${most} nm only`,
    );
  }
  const exponent = Math.log(to_nm / from_nm) / Math.log(scaling.from_nm / scaling.to_nm);
  const pair = [scaling.from_nm, scaling.to_nm];
  return {
    factors: Object.fromEntries(
      scaledKinds.map((kind) => [kind, scaling.divisors[kind] ** exponent]),
    ) as Record<ScaledKind, number>,
    mark: pair.includes(from_nm) && pair.includes(to_nm) ? scaling.mark : "remembered",
  };
};
