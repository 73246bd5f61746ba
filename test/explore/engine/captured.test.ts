import { beforeAll, describe, expect, it } from "vitest";
import { capturedExponents } from "../../../core/bit-interleaving/activation-exponents.ts";
import { type GroupRequest, groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import type { Technology } from "../../../core/technology/technology.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { syntheticNetwork } from "../../../core/workloads/synthetic.ts";
import { loadTechnology } from "../../../explore/catalog/technology.ts";
import { computeStatistic } from "../../../explore/engine/compute-statistic.ts";
import { type Prepared, prepare } from "../../../explore/engine/prepare.ts";
import { readEntry } from "../../../explore/engine/slab.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";

let technology: Technology;
beforeAll(async () => {
  technology = await loadTechnology();
});

const vectors = 3;
const plain = syntheticNetwork("plain", {
  seed: 1,
  sigma: 1,
  layers: [
    { kind: "linear", name: "a", filters: 4, channels: 20, vectors: 1 },
    { kind: "linear", name: "b", filters: 5, channels: 7, vectors: 2 },
  ],
});

/** The network with activations that are small powers of two, other ones for another start. */
const captured = (start: number): Network => ({
  ...plain,
  layers: plain.layers.map((layer) => ({
    ...layer,
    activations: {
      values: Float32Array.from(
        { length: vectors * layer.channels },
        (_, index) => 2 ** ((start + index) % 5),
      ),
      vectors,
      source: "a.safetensors",
    },
  })),
});

const prepared = (network: Network, precision: string, source = "captured"): Prepared =>
  prepare(
    parseSweep(
      `
version: 1
name: captured
networks: [plain]
machine: bitlet
parameters: { precision: ${precision}, activationExponents: ${source}, laneWidth: 16 }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }]
`,
      { file: "captured.yaml" },
    ),
    [network],
    technology,
    "",
  );

describe("captured activations", () => {
  it("reach the statistics of their layer, rounded to the format", () => {
    for (const precision of ["float32", "bfloat16"]) {
      const network = captured(1);
      const { statistics, slab } = prepared(network, precision);
      expect(statistics).toHaveLength(2);
      for (const task of statistics) {
        computeStatistic(task);
        const layer = network.layers.find(({ filters }) => filters === task.layer.filters);
        const values = layer?.activations?.values as Float32Array;
        const exponents = capturedExponents(values, vectors, 1, parseFormat(precision));
        const weights = layer?.weights.values as Float32Array;
        const expected = groupStatistics(
          weights,
          task.layer.filters,
          task.request as GroupRequest,
          exponents,
        );
        expect(readEntry(slab, task.entry)).toEqual(expected);
        expect(expected.vectors).toBe(vectors);
      }
    }
  });

  it("decide the hash of their network and the file of a cached statistic; drawn ones share their files", () => {
    const files = (network: Network, source?: string): string[] =>
      prepared(network, "float32", source).statistics.map(({ cacheFile }) => cacheFile);
    const hash = (network: Network): string => prepared(network, "float32").identity.networks[0].hash;
    expect(hash(captured(1))).not.toBe(hash(captured(2)));
    expect(files(captured(1))).not.toEqual(files(captured(2)));
    expect(files(captured(1), "distribution")).toEqual(files(captured(2), "distribution"));
  });

  it("are refused where there are none, or where the format cannot hold them", () => {
    const refusals = (network: Network, precision: string): unknown[] =>
      Object.values(prepared(network, precision).plan.directory);
    expect(refusals(plain, "float32")[0]).toEqual({
      refused: "plain: activationExponents captured, but the network names no file of activations",
    });
    const large = captured(1);
    large.layers[1].activations?.values.set([1e6]);
    expect(refusals(large, "float32").filter((entry) => "refused" in (entry as object))).toEqual([]);
    expect(refusals(large, "float16")).toContainEqual({
      refused: expect.stringMatching(/a\.safetensors, tensor b: the value 1000000 is infinite in float16/),
    });
  });
});
