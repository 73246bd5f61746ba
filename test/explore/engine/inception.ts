import type { Network } from "../../../core/workloads/network.ts";
import { type SyntheticLayer, syntheticNetwork } from "../../../core/workloads/synthetic.ts";

/** Filters, kernel rows and kernel columns of a convolution; each reads the one before it in its branch. */
type Convolution = readonly [filters: number, rows: number, columns: number];

/** Branches of a block side by side on `channels` inputs. */
const block = (channels: number, branches: readonly (readonly Convolution[])[]): SyntheticLayer[] =>
  branches.flatMap((branch) =>
    branch.map(
      ([filters, rows, columns], index): SyntheticLayer => ({
        kind: "convolution",
        name: "convolution",
        filters,
        channels: index === 0 ? channels : branch[index - 1][0],
        groups: 1,
        input: [8, 8],
        kernel: [rows, columns],
        stride: [1, 1],
        dilation: [1, 1],
        padding: "same",
      }),
    ),
  );

const one = (filters: number): Convolution => [filters, 1, 1];
const three = (filters: number): Convolution => [filters, 3, 3];

const blockA = (channels: number, pool: number): SyntheticLayer[] =>
  block(channels, [[one(64)], [one(48), [64, 5, 5]], [one(64), three(96), three(96)], [one(pool)]]);

const blockC = (width: number): SyntheticLayer[] =>
  block(768, [
    [one(192)],
    [one(width), [width, 1, 7], [192, 7, 1]],
    [one(width), [width, 7, 1], [width, 1, 7], [width, 7, 1], [192, 1, 7]],
    [one(192)],
  ]);

/** Two of its branches end in two convolutions on the same inputs. */
const blockE = (channels: number): SyntheticLayer[] => [
  ...block(channels, [[one(320)], [one(384), [384, 1, 3]], [one(448), three(384), [384, 1, 3]], [one(192)]]),
  ...block(384, [[[384, 3, 1]], [[384, 3, 1]]]),
];

/** A network with the layer sizes of Inception-V3 (Szegedy et al., CVPR 2016) and drawn weights, for measuring speed. */
export const inceptionSized = (): Network =>
  syntheticNetwork("inception-sized", {
    seed: 1,
    sigma: 0.05,
    layers: [
      ...block(3, [[three(32), three(32), three(64), one(80), three(192)]]),
      ...blockA(192, 32),
      ...blockA(256, 64),
      ...blockA(288, 64),
      ...block(288, [[three(384)], [one(64), three(96), three(96)]]),
      ...[128, 160, 160, 192].flatMap(blockC),
      ...block(768, [
        [one(192), three(320)],
        [one(192), [192, 1, 7], [192, 7, 1], three(192)],
      ]),
      ...blockE(1280),
      ...blockE(2048),
      { kind: "linear" as const, name: "classifier", filters: 1000, channels: 2048, vectors: 1 },
    ].map((layer, index) => ({ ...layer, name: `${layer.name}-${index}` })),
  });
