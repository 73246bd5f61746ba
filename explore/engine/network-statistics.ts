import * as Effect from "effect/Effect";
import type { GroupProfile, GroupRequest } from "../../core/bit-interleaving/group-statistics.ts";
import { machines } from "../../core/machines/registry.ts";
import type { Network } from "../../core/workloads/network.ts";
import { fillStatistics } from "./fill-statistics.ts";
import type { Pool, WorkerError } from "./pool.ts";
import type { Progress } from "./progress.ts";
import { shareValues } from "./share-values.ts";
import { readEntry } from "./slab.ts";
import { layOutStatistics } from "./statistics-layout.ts";

/** What is asked of all layers alike; each has a random stream of its own, as in a sweep. */
export type NetworkRequest = Omit<GroupRequest, "stream">;

/**
 * Distils the groups of every layer of a network as each request says, on the threads of the pool; what is in the cache
 * is read from there. Answers with an entry a request, each with an entry a layer. Weights must fit the formats (see
 * `checkStoredPrecision` and `checkRange`), and layers must have activations where captured ones are asked for.
 */
export const networkStatistics = (
  network: Network,
  requests: readonly NetworkRequest[],
  cacheDirectory: string,
): Effect.Effect<readonly (readonly GroupProfile[])[], WorkerError, Pool | Progress> =>
  Effect.gen(function* () {
    const shared = shareValues([network]);
    const { layers } = network;
    const wanted = requests.flatMap((request) =>
      layers.map((layer, index) => ({
        layer,
        place: shared.places[0][index],
        kind: machines.bitlet.statisticsRule.kind,
        request: { ...request, stream: index },
      })),
    );
    const { slab, tasks } = layOutStatistics(wanted, shared, cacheDirectory);
    yield* fillStatistics(tasks);
    return requests.map((_, request) =>
      layers.map((_, layer) => readEntry(slab, tasks[request * layers.length + layer].entry) as GroupProfile),
    );
  });
