import type { FeatureMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";

/** Projected queries, keys and values, and the names of what is computed with them. */
export interface Attention {
  readonly name: string;
  readonly query: FeatureMap;
  readonly key: FeatureMap;
  readonly value: FeatureMap;
  readonly heads: number;
}

/**
 * Scaled dot-product attention, without the projections around it: `<name>.scores` (queries · keys), a softmax over the
 * keys, `<name>.context` (probabilities · values), a group a head. Scaling and masks are constants, hence fused; all
 * positions are computed, masked or not.
 */
export const attention = (pass: ForwardPass, { name, query, key, value, heads }: Attention): FeatureMap => {
  const [queries, keys] = [query.size[0], key.size[0]];
  // Queries, keys, values and the result are split into or joined from heads.
  for (const map of [query, key, value, query]) pass.absorbed("Transpose", map);
  const depth = query.channels / heads;
  const scores = pass.product(`${name}.scores`, { groups: heads, rows: queries, columns: keys, depth });
  pass.movement(`${name}.softmax`, "Softmax", [pass.absorbed("Mul", scores)], scores);
  const columns = value.channels / heads;
  return pass.product(`${name}.context`, { groups: heads, rows: queries, columns, depth: keys });
};
