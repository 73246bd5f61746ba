import { beforeAll, describe, expect, it } from "vitest";
import { type GroupRequest, groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import type { Technology } from "../../../core/technology/technology.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { syntheticNetwork } from "../../../core/workloads/synthetic.ts";
import { loadTechnology } from "../../../explore/catalog/technology.ts";
import { computeStatistic } from "../../../explore/engine/compute-statistic.ts";
import { type Prepared, prepare } from "../../../explore/engine/prepare.ts";
import { readEntry } from "../../../explore/engine/slab.ts";
import { hasStandIns, standIns, syntheticSentence } from "../../../explore/engine/stand-ins.ts";
import { createSpace } from "../../../explore/space/space.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";

let technology: Technology;
beforeAll(async () => {
  technology = await loadTechnology();
});

const drawn = syntheticNetwork("plain", {
  seed: 1,
  sigma: 1,
  layers: [{ kind: "linear", name: "a", filters: 4, channels: 20, vectors: 1 }],
});
const trained: Network = {
  ...drawn,
  layers: drawn.layers.map((layer) => ({ ...layer, weights: { ...layer.weights, origin: "trained" } })),
};
const relu = { distribution: "relu", zeroShare: 0.25 } as const;

const prepared = (network: Network, parameters: string): Prepared =>
  prepare(
    parseSweep(
      `
version: 1
name: stated
networks: [plain]
machine: bitlet
parameters: { laneWidth: 16, ${parameters} }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }]
`,
      { file: "stated.yaml" },
    ),
    [network],
    technology,
    "",
  );

/** The texts of every design of a sweep. */
const textsOf = ({ plan }: Prepared): string[][] => {
  const space = createSpace(plan.sweep.space);
  return Array.from({ length: space.total }, (_, index) => standIns(plan, space.pointAt(index)!));
};

describe("activations that a network states", () => {
  it("are what exponents are drawn from: the statistics are those of their share of zeros", () => {
    const { statistics, slab } = prepared({ ...trained, activationDistribution: relu }, "precision: float32");
    expect(statistics).toHaveLength(1);
    const [task] = statistics;
    computeStatistic(task);
    const request = task.request as GroupRequest;
    expect(request.activationZeros).toBe(0.25);
    const { values } = trained.layers[0].weights;
    expect(readEntry(slab, task.entry)).toEqual(groupStatistics(values, 4, request));
    const plain = prepared(trained, "precision: float32").statistics[0].request as GroupRequest;
    expect(request).toEqual({ ...plain, activationZeros: 0.25 });
    expect(readEntry(slab, task.entry)).not.toEqual(groupStatistics(values, 4, plain));
  });

  it("change nothing where none are drawn, and decide the hash of their network", () => {
    const stating = { ...trained, activationDistribution: relu };
    for (const parameters of ["precision: fixed8", "precision: float32, activationExponents: ignore"]) {
      const requests = (network: Network) =>
        prepared(network, parameters).statistics.map(({ request }) => request);
      expect(requests(stating)).toEqual(requests(trained));
    }
    const hash = (network: Network): string =>
      prepared(network, "precision: float32").identity.networks[0].hash;
    expect(hash(stating)).not.toBe(hash(trained));
    expect(hash(stating)).not.toBe(hash({ ...stating, activationDistribution: { ...relu, zeroShare: 0.5 } }));
  });

  it("are not mixed with the parameter activationZeros", () => {
    const { plan } = prepared(
      { ...trained, activationDistribution: relu },
      "precision: float32, activationZeros: { choice: [0, 0.5] }",
    );
    expect(Object.values(plan.directory).filter((entry) => "refused" in entry)).toEqual([
      {
        refused:
          "plain: activationZeros 0.5, but the network states its activations (relu, 25 % zeros); leave the parameter at 0",
      },
    ]);
  });
});

describe("stand-ins", () => {
  it("are told of designs that stand on them", () => {
    const both = { ...drawn, activationDistribution: relu };
    expect(textsOf(prepared(both, "precision: float32"))).toEqual([
      ["plain: synthetic weights: all layers", "plain: activations relu, 25 % zeros"],
    ]);
    expect(textsOf(prepared(both, "precision: float32, activationExponents: ignore"))).toEqual([
      ["plain: synthetic weights: all layers"],
    ]);
    const { plan } = prepared(trained, "precision: float32");
    expect([textsOf({ plan } as Prepared), hasStandIns(plan), syntheticSentence(plan)]).toEqual([
      [[]],
      false,
      "",
    ]);
  });

  it("are a sentence for all results", () => {
    const { plan } = prepared(drawn, "precision: float32");
    expect(hasStandIns(plan)).toBe(true);
    expect(syntheticSentence(plan)).toBe(
      "Weights that were drawn, not trained: plain (synthetic weights: all layers). Their bit sparsity is that of the distribution.",
    );
  });
});
