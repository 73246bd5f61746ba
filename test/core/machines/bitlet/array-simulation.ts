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

/** The filters of convolution group `g` in the order in which they are handed out: the heaviest that is left, again and again. */
const handedOut = (
  configuration: Configuration,
  layer: LayerShape,
  { filters, groups, cycles }: GroupStatistics,
  g: number,
): number[] => {
  const perGroup = layer.filters / layer.groups;
  const left = Array.from({ length: perGroup }, (_, m) => g * perGroup + m);
  if (configuration.order === "index") return left;
  const work = (filter: number): number =>
    cycles.filter((_, index) => Math.floor(index / groups) % filters === filter).reduce((a, b) => a + b, 0);
  const works = new Map(left.map((filter) => [filter, work(filter)]));
  const result: number[] = [];
  while (left.length > 0) {
    let heaviest = 0;
    left.forEach((filter, index) => {
      if (Number(works.get(filter)) > Number(works.get(left[heaviest]))) heaviest = index;
    });
    result.push(...left.splice(heaviest, 1));
  }
  return result;
};

/**
 * The array at work, one processing element at a time: every step of every round hands one group of one position to
 * each processing element that has one, and it takes as long as the slowest of the filters packed on it; a clock and a
 * work counter each. Steps come in the order of the dataflow, and `fifo` keeps the time of every broadcast and start of
 * a round. All is done once for every activation vector to begin with; position set s has the one s places behind that
 * of set 0.
 */
export const simulateArray = (
  configuration: Configuration,
  layer: LayerShape,
  statistics: GroupStatistics,
) => {
  const pes = Number(configuration.pes);
  const batch = Number(configuration.batch);
  const packing = Number(configuration.packing);
  const depth = Number(configuration.fifoDepth);
  const beats =
    configuration.pipeline === "published"
      ? 0
      : Math.ceil(Number(configuration.laneWidth) / Number(configuration.inputPorts));
  const inputs = layer.kind === "matmul" ? 1 : batch;
  const runs = layer.kind === "matmul" ? batch : 1;
  const perGroup = layer.filters / layer.groups;
  const f = Math.min(pes * packing, perGroup);
  const positions: string[] = [];
  for (let input = 0; input < inputs; input++) {
    for (let p = 0; p < layer.outputHeight; p++) {
      for (let q = 0; q < layer.outputWidth; q++) positions.push(`${input}/${p}/${q}`);
    }
  }
  const worked = new Float64Array(pes);
  let lockstep = 0;
  let fifo = 0;
  /** Hands out the steps of a round and returns when the last processing element is done. */
  const runRound = (members: readonly number[], firstVector: number): number => {
    const side = Math.ceil(members.length / packing);
    const sets = configuration.spread === "filters" ? 1 : Math.floor(pes / side);
    const order: { step: number; group: number }[] = [];
    const stationary = configuration.dataflow === "weight-stationary";
    const steps = Math.ceil(positions.length / sets);
    for (let outer = 0; outer < (stationary ? statistics.groups : steps); outer++) {
      for (let inner = 0; inner < (stationary ? steps : statistics.groups); inner++) {
        order.push(stationary ? { step: inner, group: outer } : { step: outer, group: inner });
      }
    }
    const broadcasts: number[] = [];
    const largestStarts: number[] = [];
    const free = new Array<number>(pes).fill(0);
    for (const { step, group } of order) {
      const k = broadcasts.length;
      const broadcast = Math.max(
        k === 0 ? 0 : broadcasts[k - 1] + beats,
        k < depth ? 0 : largestStarts[k - depth],
      );
      let slowest = 0;
      let largestStart = 0;
      positions.slice(step * sets, (step + 1) * sets).forEach((_, set) => {
        for (let place = 0; place < side; place++) {
          const met = (firstVector + step + set) % statistics.vectors;
          const times = members.slice(place * packing, (place + 1) * packing).map((filter) => {
            const scan = statistics.cycles[(met * layer.filters + filter) * statistics.groups + group];
            const off = configuration.distillation === "off";
            return interval(configuration, off ? Number(configuration.laneWidth) : scan);
          });
          const time = Math.max(...times);
          const pe = set * side + place;
          worked[pe] += time;
          slowest = Math.max(slowest, time);
          const start = Math.max(broadcast, free[pe]);
          largestStart = Math.max(largestStart, start);
          free[pe] = start + time;
        }
      });
      lockstep += slowest;
      broadcasts.push(broadcast);
      largestStarts.push(largestStart);
    }
    return Math.max(...free);
  };
  for (let firstVector = 0; firstVector < statistics.vectors; firstVector++) {
    for (let g = 0; g < layer.groups; g++) {
      const members = handedOut(configuration, layer, statistics, g);
      for (let first = 0; first < perGroup; first += f) {
        fifo += runRound(members.slice(first, first + f), firstVector);
      }
    }
  }
  const mean = (sum: number): number => sum / statistics.vectors;
  const total = (sum: number): number => runs * (mean(sum) + tail(configuration));
  return {
    lockstep: total(lockstep),
    independent: total(Math.max(...worked)),
    fifo: total(fifo),
    busy: runs * mean(worked.reduce((sum, cycles) => sum + cycles, 0)),
    activePes: worked.filter((cycles) => cycles > 0).length,
  };
};
