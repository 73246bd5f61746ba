import type { GroupProfile } from "../../core/bit-interleaving/group-statistics.ts";
import { type GroupSummary, summarizeGroups } from "../../core/workloads/group-summary.ts";
import type { Network } from "../../core/workloads/network.ts";
import type { LayerProfile, NetworkProfile } from "../../core/workloads/profile.ts";
import type { NetworkRequest } from "../engine/network-statistics.ts";

/** How the groups of layers distil. */
export interface Distilled {
  /** The processing element and the activations that groups were distilled with. */
  readonly settings: NetworkRequest;
  /** All layers together but for the products of two activations. */
  readonly distillation: GroupSummary;
  readonly layers: readonly (LayerProfile & { readonly distillation: GroupSummary })[];
}

/** A profile of the bits with how their groups distil. */
export interface DistillationProfile extends Omit<NetworkProfile, "layers">, Distilled {}

/** Joins the profile of a network's bits with the statistics of its groups, an entry a layer. */
export const distillationProfile = (
  profile: NetworkProfile,
  network: Network,
  settings: NetworkRequest,
  statistics: readonly GroupProfile[],
): DistillationProfile => {
  const own = statistics.filter((_, layer) => network.layers[layer].weights.origin !== "activation");
  return {
    ...profile,
    settings,
    distillation: summarizeGroups(own.length > 0 ? own : statistics),
    layers: profile.layers.map((layer, index) => ({
      ...layer,
      distillation: summarizeGroups([statistics[index]]),
    })),
  };
};
