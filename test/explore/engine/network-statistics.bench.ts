import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { gridPlanes } from "../../../core/numerics/formats.ts";
import { type NetworkRequest, networkStatistics } from "../../../explore/engine/network-statistics.ts";
import { poolLayer } from "../../../explore/engine/pool.ts";
import { silentProgress } from "../../../explore/engine/progress.ts";
import type { Benchmark, Work } from "../../bench/measure.ts";
import { inceptionSized } from "./inception.ts";

const network = inceptionSized();
const weights = network.layers.reduce((sum, layer) => sum + layer.weights.values.length, 0);
const formats = ["float32", "fixed16", "fixed8", "fixed4"];
const laneWidths = [16, 32, 64, 128];

/** Every format and lane width, on two threads that are started for it, nothing from a cache. */
const profile = (name: string, activationExponents: NetworkRequest["activationExponents"]): Work => ({
  name,
  quantity: weights * formats.length * laneWidths.length,
  work: async () => {
    const cache = mkdtempSync(join(tmpdir(), "bitfront-bench-"));
    const requests = formats.flatMap((format) =>
      laneWidths.map((laneWidth) => ({
        format,
        quantization: "per-tensor" as const,
        laneWidth,
        window: 8,
        activePlanes: gridPlanes,
        activationExponents,
        activationVectors: 16,
        activationZeros: 0,
        seed: 0,
      })),
    );
    const found = await Effect.runPromise(
      networkStatistics(network, requests, cache).pipe(
        Effect.provide(Layer.mergeAll(poolLayer(2), silentProgress)),
      ),
    );
    rmSync(cache, { recursive: true });
    return found.flat().reduce((sum, { cycleParts }) => sum + cycleParts.essential, 0);
  },
});

const values = network.layers[60].weights.values;
const bits = new Int32Array(values.buffer);
const counts = new Int32Array(gridPlanes);

/** Weights a second, each counted in four formats and four lane widths: divide 381 M by the rate for the seconds. */
const benchmark: Benchmark = {
  title: `profile of ${(weights / 1e6).toFixed(1)} M weights, 4 formats x 4 lane widths, 2 threads`,
  items: "weights",
  subjects: [
    profile("activations ignored", "ignore"),
    profile("16 activation vectors in float32", "distribution"),
  ],
  yardsticks: [
    {
      name: "counting bits, one thread",
      quantity: bits.length,
      work: () => {
        for (let index = 0; index < bits.length; index++) {
          for (let plane = 0; plane < gridPlanes; plane++) counts[plane] += (bits[index] >>> plane) & 1;
        }
        return counts[0];
      },
    },
  ],
};

export default benchmark;
