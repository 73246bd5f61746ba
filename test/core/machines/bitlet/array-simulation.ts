import type { GroupStatistics } from "../../../../core/bit-interleaving/group-statistics.ts";
import type { Configuration } from "../../../../core/machines/parameter.ts";
import type { LayerShape } from "../../../../core/workloads/layer.ts";

/** Interval of a group and cycles after the last one, by the timing rules, written out once more. */
const interval = (configuration: Configuration, scan: number): number => {
  const float = configuration.precision === "float32";
  const lanes = Number(configuration.laneWidth);
  const beats = Math.ceil(lanes / Number(configuration.inputPorts));
  if (configuration.pipeline === "published") return (float ? 13 : 10) + scan;
  if (configuration.pipeline === "rtl") return beats + (float ? 15 : 12) + scan;
  return Math.max(beats, Math.ceil(lanes / Number(configuration.window)), scan);
};
const tail = (configuration: Configuration): number => {
  const beats = Math.ceil(Number(configuration.laneWidth) / Number(configuration.inputPorts));
  const depth = Math.ceil(Math.log2(Number(configuration.inputPorts)));
  const latency = beats + depth + (configuration.precision === "float32" ? 16 : 13);
  if (configuration.pipeline === "published") return 0;
  return configuration.pipeline === "rtl" ? latency - interval(configuration, 0) : latency;
};

/**
 * The array at work, one processing element at a time: every step of every round hands one group of one position to
 * each processing element that has one; a clock and a work counter each. Every position meets every activation vector,
 * position set s the one that lies s places behind that of set 0.
 */
export const simulateArray = (
  configuration: Configuration,
  layer: LayerShape,
  statistics: GroupStatistics,
) => {
  const pes = Number(configuration.pes);
  const batch = Number(configuration.batch);
  const inputs = layer.kind === "matmul" ? 1 : batch;
  const runs = layer.kind === "matmul" ? batch : 1;
  const perGroup = layer.filters / layer.groups;
  const f = Math.min(pes, perGroup);
  const positions: string[] = [];
  for (let input = 0; input < inputs; input++) {
    for (let p = 0; p < layer.outputHeight; p++) {
      for (let q = 0; q < layer.outputWidth; q++) positions.push(`${input}/${p}/${q}`);
    }
  }
  const worked = new Float64Array(pes);
  let lockstep = 0;
  for (let g = 0; g < layer.groups; g++) {
    for (let round = 0; round < Math.ceil(perGroup / f); round++) {
      const members: number[] = [];
      for (let m = 0; m < perGroup; m++) if (Math.floor(m / f) === round) members.push(m);
      const sets = configuration.spread === "filters" ? 1 : Math.floor(pes / members.length);
      for (let first = 0; first < positions.length; first += sets) {
        for (let group = 0; group < statistics.groups; group++) {
          for (let vector = 0; vector < statistics.vectors; vector++) {
            let slowest = 0;
            positions.slice(first, first + sets).forEach((_, set) => {
              for (const m of members) {
                const filter = g * perGroup + m;
                const met = (vector + set) % statistics.vectors;
                const scan =
                  configuration.distillation === "off"
                    ? Number(configuration.laneWidth)
                    : statistics.cycles[(met * layer.filters + filter) * statistics.groups + group];
                const time = interval(configuration, scan);
                worked[set * members.length + (m % f)] += time;
                slowest = Math.max(slowest, time);
              }
            });
            lockstep += slowest;
          }
        }
      }
    }
  }
  const mean = (sum: number): number => sum / statistics.vectors;
  const independent = Math.max(...worked);
  return {
    lockstep: runs * (mean(lockstep) + tail(configuration)),
    independent: runs * (mean(independent) + tail(configuration)),
    busy: runs * mean(worked.reduce((sum, cycles) => sum + cycles, 0)),
    activePes: worked.filter((cycles) => cycles > 0).length,
  };
};
