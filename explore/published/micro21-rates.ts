import { groupStatistics } from "../../core/bit-interleaving/group-statistics.ts";
import {
  groupInterval,
  groupLatency,
  publishedOverhead,
  type TimingShape,
} from "../../core/bit-interleaving/timing.ts";
import type { Configuration } from "../../core/machines/parameter.ts";
import { normal, uniformStream } from "../../core/random.ts";
import type { Published, PublishedCheck, PublishedNumbers } from "./published-check.ts";

const unpublished = "the weights of the networks are not published";

/** A network of Table 2: its work in 10⁹, and the kind of its precision in Table 8. */
interface Workload {
  readonly name: string;
  readonly work: number;
  readonly kind: "float" | "fixed";
}

/** The networks of Table 2. */
export const workloadsOf = ({ rows }: PublishedNumbers): readonly Workload[] =>
  Object.entries(rows).flatMap(([precision, networks]) =>
    Object.entries(networks).map(([name, work]) => ({
      name,
      work,
      kind: precision === "float32" ? "float" : "fixed",
    })),
  );

/** The processing elements of the published machine, as far as the paper's formula knows them. */
interface Elements {
  readonly pes: number;
  readonly laneWidth: number;
  readonly inputPorts: number;
  readonly window: number;
  readonly clock_Hz: number;
}

const elementsOf = (configuration: Configuration): Elements => ({
  pes: Number(configuration.pes),
  laneWidth: Number(configuration.laneWidth),
  inputPorts: Number(configuration.inputPorts),
  window: Number(configuration.window),
  clock_Hz: Number(configuration.clock) * 1e9,
});

/** Frames a second where each element takes a group of `lanes` pairs every `interval` cycles: pes · clock · lanes / (interval · work). */
const frameRate = ({ pes, clock_Hz }: Elements, lanes: number, interval: number, work: number): number =>
  (pes * clock_Hz * lanes) / (interval * work * 1e9);

/** Cycles of a group of the paper's formula without distillation: L + D, where D is every lane of the group. */
const undistilled = (elements: Elements, kind: Workload["kind"], lanes: number): number =>
  groupInterval("published", { ...elements, kind, laneWidth: lanes }, lanes);

/** Table 8 without distillation, at 64 lanes and at one, from the work of Table 2. */
const ablationChecks = (
  elements: Elements,
  workloads: readonly Workload[],
  table: PublishedNumbers,
): PublishedCheck[] => {
  const { source, mark, unit, decimals, rows } = table;
  const common = { machine: "bitlet", unit, decimals, identity: true, source, mark } as const;
  return workloads.flatMap(({ name, work, kind }): PublishedCheck[] => {
    const whole = {
      ...common,
      what: `${name}, 64 lanes without distillation, by L + 64`,
      ours: frameRate(elements, elements.laneWidth, undistilled(elements, kind, elements.laneWidth), work),
      theirs: rows.noDistillation[name],
    };
    const single = {
      ...common,
      what: `${name}, one lane, by L + 1`,
      ours: frameRate(elements, 1, undistilled(elements, kind, 1), work),
      theirs: rows.bare[name],
    };
    const exact = { demand: "exact" } as const;
    return [
      name === "C3D"
        ? {
            ...whole,
            demand: "orientation",
            cause: "unknown; the formula meets the other eleven networks to the last digit",
          }
        : { ...whole, ...exact },
      kind === "float"
        ? {
            ...single,
            demand: "orientation",
            cause: `the formula has ${undistilled(elements, kind, 1)} cycles; 24 would meet all four networks in float32, a cycle a plane, which the paper does not say`,
          }
        : { ...single, ...exact },
    ];
  });
};

/** Rates with distillation, which depend on weights: nothing to compute, but for the plane counts that they imply. */
const distilledRows = (
  elements: Elements,
  workloads: readonly Workload[],
  table: PublishedNumbers,
  rates: Readonly<Record<string, number>>,
  kindOf: (workload: Workload) => Workload["kind"],
): PublishedCheck[] => {
  const printed = workloads.filter(({ name }) => rates[name] !== undefined);
  const implied = printed.map((workload) => {
    const interval = frameRate(elements, elements.laneWidth, 1, workload.work) / rates[workload.name];
    return { name: workload.name, count: interval - publishedOverhead(kindOf(workload)) };
  });
  const [least, most] = [Math.min, Math.max].map((pick) => {
    const count = pick(...implied.map((one) => one.count));
    return `${count.toFixed(1)} (${implied.find((one) => one.count === count)?.name})`;
  });
  return printed.map(({ name }) => ({
    machine: "bitlet",
    what: `${name}, ${kindOf === floatAlways ? "float32, " : ""}distilled`,
    unit: table.unit,
    ours: null,
    theirs: rates[name],
    decimals: table.decimals,
    demand: "orientation",
    cause: `${unpublished}; by L + D these rates imply a largest plane count from ${least} to ${most}, where ${elements.laneWidth} is the most there is`,
    source: table.source,
    mark: table.mark,
  }));
};

const floatAlways = (): "float" => "float";

/** Rows of Table 4 that are rates of Table 8 in another unit: cycles of the array at 1 GHz for 1000 operations. */
const cycleChecks = (
  workloads: readonly Workload[],
  cycles: PublishedNumbers,
  rates: PublishedNumbers,
): PublishedCheck[] =>
  [
    { machine: "bitlet", row: "Bitlet", rate: "bitlet", cause: undefined },
    {
      machine: "eyeriss",
      row: "Eyeriss",
      rate: "bare",
      cause: `the row is that of one lane in Table 8, 32 elements of one multiplier that take 11 cycles a product`,
    },
  ].flatMap(({ machine, row, rate, cause }) =>
    workloads
      .filter(({ name }) => cycles.rows[row][name] !== undefined)
      .map(
        ({ name, work }): PublishedCheck => ({
          machine,
          what: `${name}, from Table 8, ${rate === "bare" ? "one lane" : "distilled"}`,
          unit: cycles.unit,
          ours: 1000 / (work * rates.rows[rate][name]),
          theirs: cycles.rows[row][name],
          demand: "exact",
          decimals: cycles.decimals,
          identity: true,
          ...(cause !== undefined && { cause }),
          source: cycles.source,
          mark: cycles.mark,
        }),
      ),
  );

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Groups that the mean latency is taken over. */
const drawnGroups = 4096;

/** Mean latency of a float32 group in the timing of the RTL, on weights and activations from normal distributions. */
const meanLatency = (elements: Elements, activePlanes: number): number => {
  const uniform = uniformStream(7, 0);
  const weights = Float32Array.from({ length: drawnGroups * elements.laneWidth }, () => normal(uniform));
  const { cycles } = groupStatistics(weights, drawnGroups, {
    format: "float32",
    quantization: "per-tensor",
    laneWidth: elements.laneWidth,
    window: elements.window,
    activePlanes,
    activationExponents: "distribution",
    activationVectors: 16,
    activationZeros: 0,
    seed: 7,
    stream: 0,
  });
  const shape: TimingShape = { kind: "float", ...elements };
  return mean(Array.from(cycles, (scan) => groupLatency(shape, scan)));
};

/** Latency of a group as the manual of the processing element has it, beside the timing of the RTL. */
const groupRows = (elements: Elements, { rows, unit, source, mark }: PublishedNumbers): PublishedCheck[] =>
  [
    { row: "allPlanes", planes: 24 },
    { row: "eightPlanes", planes: 8 },
  ].map(({ row, planes }) => ({
    machine: "bitlet",
    what: `latency of a float32 group, ${planes} planes, mean`,
    unit,
    ours: meanLatency(elements, planes),
    theirs: mean(Object.values(rows[row])),
    demand: "orientation",
    cause:
      "their six groups are not published, nor what they count from; ours are drawn from normal distributions",
    source,
    mark,
  }));

/** Frame rates and cycles of MICRO 2021 (Tables 4 and 8, Fig. 7), and the latency of a group. */
export const micro21Rates = (published: Published, configuration: Configuration): PublishedCheck[] => {
  const { work, frameRate, cyclesPerWork, groupCycles } = published.numbers("micro21");
  const { frameRateFloat32 } = published.numbers("micro21-figures");
  const elements = elementsOf(configuration);
  const workloads = workloadsOf(work);
  return [
    ...ablationChecks(elements, workloads, frameRate),
    ...cycleChecks(workloads, cyclesPerWork, frameRate),
    ...groupRows(elements, groupCycles),
    ...distilledRows(elements, workloads, frameRate, frameRate.rows.bitlet, ({ kind }) => kind),
    ...distilledRows(elements, workloads, frameRateFloat32, frameRateFloat32.values, floatAlways),
  ];
};
