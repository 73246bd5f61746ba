import { type GroupRequest, groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { floatFields } from "../../../core/numerics/float-fields.ts";
import { gridPlanes } from "../../../core/numerics/formats.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import type { Benchmark, Work } from "../../bench/measure.ts";

const filters = 256;
const reductionLength = 1152;
const uniform = uniformStream(7, 0);
const weights = Float32Array.from({ length: filters * reductionLength }, () => 0.05 * normal(uniform));
const words = floatFields(weights).magnitudes;

const request: GroupRequest = {
  format: "float32",
  quantization: "per-tensor",
  laneWidth: 64,
  window: 8,
  activePlanes: gridPlanes,
  activationExponents: "ignore",
  activationVectors: 16,
  activationZeros: 0,
  seed: 7,
  stream: 0,
};

const statistics = (name: string, changes: Partial<GroupRequest>): Work => ({
  name,
  quantity: weights.length,
  work: () => groupStatistics(weights, filters, { ...request, ...changes }).cycles[0],
});

const counts = new Int32Array(gridPlanes);

/** Weights a second through the distillation of a layer's groups, 64 lanes, window 8. */
const benchmark: Benchmark = {
  title: "groupStatistics, 256 x 1152 weights",
  items: "weights",
  subjects: [
    statistics("fixed8", { format: "fixed8" }),
    statistics("fixed16", { format: "fixed16" }),
    statistics("float32, activations ignored", {}),
    statistics("float32, 16 activation vectors", { activationExponents: "distribution" }),
  ],
  yardsticks: [
    {
      name: "counting bits",
      quantity: words.length,
      work: () => {
        for (let index = 0; index < words.length; index++) {
          for (let plane = 0; plane < gridPlanes; plane++) counts[plane] += (words[index] >>> plane) & 1;
        }
        return counts[0];
      },
    },
    {
      name: "adding up",
      quantity: weights.length,
      work: () => {
        let sum = 0;
        for (let index = 0; index < weights.length; index++) sum += weights[index];
        return sum;
      },
    },
  ],
};

export default benchmark;
