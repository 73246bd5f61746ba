import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import { matrixProductLayer } from "../../../core/workloads/build-layer.ts";
import { decodeSafetensors } from "../../../core/workloads/decode/safetensors.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { profileNetwork } from "../../../core/workloads/profile.ts";
import { readTensorHeaders } from "../../../explore/catalog/safetensors-stream.ts";
import type { NetworkRequest } from "../../../explore/engine/network-statistics.ts";
import { streamTensor } from "../../../explore/engine/stream-tensor.ts";
import { distillationProfile } from "../../../explore/report/distillation-profile.ts";
import { isMatrix, weightsProfile } from "../../../explore/report/weights-profile.ts";
import { weightsProfileText } from "../../../explore/report/weights-profile-text.ts";
import { writeSafetensors } from "../../fixtures/safetensors-writer.ts";
import { temporaryFolder } from "../engine/fixture.ts";

const settings = (format: string, quantization: NetworkRequest["quantization"]): NetworkRequest => ({
  format,
  quantization,
  laneWidth: 16,
  window: 8,
  activePlanes: 24,
  activationExponents: "distribution",
  activationVectors: 2,
  activationZeros: 0,
  seed: 0,
});

const uniform = uniformStream(4, 4);
const drawn = (length: number): number[] => Array.from({ length }, () => 0.1 * normal(uniform));

const bytes = writeSafetensors([
  { name: "embedding", dtype: "F32", shape: [30, 24], values: drawn(720) },
  { name: "norm", dtype: "F32", shape: [24], values: drawn(24) },
  { name: "convolution", dtype: "BF16", shape: [5, 4, 3, 3], values: drawn(180) },
  { name: "empty", dtype: "F32", shape: [0, 7], values: [] },
  { name: "scale", dtype: "F32", shape: [], values: [1] },
  { name: "long", dtype: "F16", shape: [2, 300], values: drawn(600) },
]);

/** The same matrices as a network in memory. */
const network: Network = {
  name: "m",
  source: "a test",
  inputs: {},
  layers: [...decodeSafetensors(bytes)]
    .filter(([, { shape, values }]) => shape.length > 1 && values.length > 0)
    .map(([name, { shape, values, stored }]) =>
      matrixProductLayer({
        name,
        kind: "linear",
        groups: 1,
        vectors: 1,
        biasParameters: 0,
        weights: {
          shape: [shape[0], 1, 1, values.length / shape[0]],
          values,
          stored,
          origin: "trained",
        },
      }),
    ),
  movements: [],
  absorbed: {},
  foldedBatchNormalizations: 0,
};

it.each([
  ["float32", "per-tensor"],
  ["fixed8", "per-tensor"],
  ["fixed4", "per-channel"],
] as const)(
  "is that of the same network in memory, to the last bit: %s, %s",
  async (format, quantization) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "m.safetensors"), bytes);
    const tensors = await readTensorHeaders("m.safetensors", folder);
    const request = settings(format, quantization);
    const done = new SharedArrayBuffer(8);
    const streamed = weightsProfile(
      "m",
      tensors,
      request,
      tensors
        .filter(isMatrix)
        .map((tensor, stream) =>
          streamTensor({ tensor, request: { ...request, stream }, mostValues: 128, done }),
        ),
    );
    const bits = profileNetwork(network, {
      format: parseFormat(format),
      scheme: quantization,
      allowUpcast: true,
    });
    const statistics = network.layers.map(({ weights, filters }, stream) =>
      groupStatistics(weights.values, filters, { ...request, stream }),
    );
    const {
      movements: _,
      absorbed: __,
      foldedBatchNormalizations: ___,
      parameters,
      ...whole
    } = distillationProfile(bits, network, request, statistics);
    const { otherTensors, parameters: all, ...same } = streamed;
    expect(same).toEqual(whole);
    expect(otherTensors).toEqual({ count: 3, parameters: 25 });
    expect([all, streamed.macs]).toEqual([parameters + 25, 720 + 180 + 600]);
    const text = weightsProfileText(streamed, "./m.safetensors");
    expect(text).toContain(`m (./m.safetensors), ${format}`);
    expect(text).toMatch(/^convolution +linear +5 +36 +1 .*180 +180 +trained, bfloat16/m);
    expect(text).toContain("counted as parameters without bits: 3, with 25 parameters");
  },
);
