import type { Network } from "./network.ts";

/**
 * What results on a network have to say where weights of it were drawn: `synthetic weights: 3 of 54 layers`, with how
 * many of these layers repeat a sample of filters (`Tensor.sampledFilters`); undefined where none were. Products of two
 * activations have no weights and do not count.
 */
export const syntheticMark = ({ layers }: Pick<Network, "layers">): string | undefined => {
  const weighted = layers.filter(({ weights }) => weights.origin !== "activation").length;
  const drawn = layers.filter(({ weights }) => weights.origin === "synthetic");
  if (drawn.length === 0) return undefined;
  const sampled = drawn.filter(({ weights }) => weights.sampledFilters !== undefined).length;
  const share = drawn.length === weighted ? "all" : `${drawn.length} of ${weighted}`;
  return `synthetic weights: ${share} layers${sampled === 0 ? "" : `, in ${sampled} a sample of the filters`}`;
};
