import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { expect, it } from "vitest";
import { groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { syntheticNetwork } from "../../../core/workloads/synthetic.ts";
import { type NetworkRequest, networkStatistics } from "../../../explore/engine/network-statistics.ts";
import { silentProgress } from "../../../explore/engine/progress.ts";
import { sharedPool, temporaryFolder } from "./fixture.ts";

const network = syntheticNetwork("small", {
  seed: 4,
  sigma: 0.1,
  layers: [
    { kind: "linear", name: "a", filters: 4, channels: 90, vectors: 1 },
    { kind: "linear", name: "b", filters: 9, channels: 33, vectors: 2 },
  ],
});

const settings: NetworkRequest = {
  format: "float32",
  quantization: "per-tensor",
  laneWidth: 16,
  window: 8,
  activePlanes: 24,
  activationExponents: "distribution",
  activationVectors: 3,
  activationZeros: 0,
  seed: 7,
};

it("answers request by request and layer by layer, on threads and from the cache", async () => {
  const requests = [settings, { ...settings, format: "fixed8", laneWidth: 32 }];
  const cache = temporaryFolder();
  const pool = await sharedPool();
  const run = () =>
    Effect.runPromise(
      networkStatistics(network, requests, cache).pipe(Effect.provide(Layer.mergeAll(pool, silentProgress))),
    );
  const expected = requests.map((request) =>
    network.layers.map(({ weights, filters }, stream) =>
      groupStatistics(weights.values, filters, { ...request, stream }),
    ),
  );
  expect(await run()).toEqual(expected);
  expect(await run()).toEqual(expected);
});
