import fc from "fast-check";
import { bitletParameters } from "../../../core/machines/bitlet/parameters.ts";
import { metrics } from "../../../core/model/metrics.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { type SyntheticLayer, syntheticNetwork } from "../../../core/workloads/synthetic.ts";
import { phaseNetwork } from "../../../core/workloads/training.ts";
import {
  createSpace,
  type SpaceDescription,
  SpaceError,
  type SweptParameter,
} from "../../../explore/space/space.ts";
import type { Expression } from "../../../explore/spec/expression.ts";
import { type Names, parseExpression } from "../../../explore/spec/parse-expression.ts";
import type { Sweep } from "../../../explore/spec/sweep.ts";
import { configurationWith } from "../../core/machines/configurations.ts";

const bitlet = { name: "bitlet", parameters: bitletParameters };

const parameterNames: Names = Object.fromEntries(
  bitletParameters.map((parameter) => [
    parameter.name,
    parameter.kind === "choice" ? parameter.choices : "number",
  ]),
);
const metricNames: Names = Object.fromEntries(metrics.map(({ name }) => [name, "number"]));

const read = (source: string, names: Names, type: "number" | "boolean"): Expression => {
  const parsed = parseExpression(source, names, type);
  if ("faults" in parsed) throw new Error(`${source}: ${JSON.stringify(parsed.faults)}`);
  return parsed.expression;
};

const convolution = (name: string, filters: number, channels: number, size: number): SyntheticLayer => ({
  kind: "convolution",
  name,
  filters,
  channels,
  groups: 1,
  input: [size, size],
  kernel: [3, 3],
  stride: [1, 1],
  dilation: [1, 1],
  padding: "same",
});
const linear = (name: string, filters: number, channels: number): SyntheticLayer => ({
  kind: "linear",
  name,
  filters,
  channels,
  vectors: 1,
});
const drawn = (name: string, layers: readonly SyntheticLayer[]): Network =>
  syntheticNetwork(name, { seed: 3, sigma: 0.05, layers });

/** Networks that differ in what bounds them; the last one has nothing to do. */
const networks: readonly Network[] = [
  drawn("mixed", [convolution("wide", 6, 5, 7), linear("last", 9, 70), convolution("narrow", 2, 3, 4)]),
  {
    ...drawn("moving", [linear("only", 20, 33), convolution("small", 3, 2, 12)]),
    movements: [{ name: "pool", operation: "pool", readElements: 400, writtenElements: 90 }],
  },
  phaseNetwork(drawn("loading", [linear("light", 20, 30), linear("heavy", 60, 90)]), "training"),
];
const idle: Network = { ...drawn("idle", []), layers: [] };

const values: Readonly<Record<string, readonly (string | number)[]>> = {
  pes: [2, 5, 40],
  laneWidth: [16, 32],
  precision: [
    "float32",
    "fixed8",
    "fixed3",
    '{"default":"fixed8","wide|heavy":"float32"}',
    '{"default":"fixed16","(only|last|light)(/.*)?":"fixed3"}',
  ],
  quantization: ["per-channel", "per-tensor"],
  activationVectors: [2, 3],
  activePlanes: [24, 5],
  pipeline: ["published", "rtl"],
  window: [2, 8],
  sync: ["lockstep", "fifo", "independent"],
  fifoDepth: [1, 3],
  // Five magnitudes of fixed8 do not fit, nor do two of float32.
  packing: [1, 5],
  spread: ["filters", "filters+positions"],
  dataflow: ["output-stationary", "weight-stationary"],
  batch: [1, 3],
  // The highest one is beyond the voltage at any lane width.
  clock: [0.3, 1, 0.01, 0.7, 1.2],
  // The lower ones are too small for some designs, and in four banks beyond the reach of the table.
  weightBuffer: [4, 1, 64],
  activationBuffer: [4, 2, 64],
  outputBuffer: [4, 16],
  bufferBandwidth: [0.5, 25.6, 7.9],
  bufferPort: [64, 128],
  sram: ["hp", "lop"],
  dram: ["hbm2", "ddr3", "custom"],
  dramBandwidth: [3, 12.8],
  dramEnergy: [1, 20],
  dramBackground: [0, 0.4],
  residency: ["chained", "dram"],
  tileFilters: [0, 3],
  tileRows: [0, 2],
  loopOrder: ["best", "cpm"],
  node: [65, 28, 40],
  layout: ["netlist", "post-layout"],
  inputPorts: [8, 16],
  idleShare: [0.2, 0.9, 0.5],
};

const conditions = [
  "clock > 0.5",
  "pes == 2",
  "dataflow == 'weight-stationary'",
  "sync != 'lockstep'",
  "dram == 'hbm2' || bufferBandwidth > 1",
  "pes * laneWidth <= 100",
  "batch == 1 || node == 28",
  "weightBuffer >= activationBuffer",
  "fifoDepth + window > 4",
] as const;

const objectiveSources = [
  "throughput_ips",
  "latency_s",
  "energy_J",
  "area_mm2",
  "energy_J * latency_s",
  "power_W",
];
const requirements = [
  "area_mm2 <= 1.5",
  "latency_s < 0.001 && 1e-6 < energy_J",
  "utilization >= 0.2 || sqnr_dB > 30",
  "throughput_ips > 1000",
];

const swept = (names: readonly string[]): fc.Arbitrary<SweptParameter[]> =>
  fc.tuple(
    ...names.map((name) =>
      fc
        .record({
          taken: fc.shuffledSubarray([...values[name]], { minLength: 2 }),
          when: fc.oneof(
            { weight: 3, arbitrary: fc.constant(undefined) },
            { weight: 1, arbitrary: fc.constantFrom(...conditions) },
          ),
        })
        .map(({ taken, when }) => ({
          name,
          values: taken,
          ...(when === undefined ? {} : { when: read(when, parameterNames, "boolean") }),
        })),
    ),
  );

const design = fc
  .record({
    pes: fc.constantFrom(2, 7),
    clock: fc.constantFrom(0.3, 0.77, 1.2),
    precision: fc.constantFrom("float32", "fixed8"),
    weightBuffer: fc.constantFrom(1, 64),
    packing: fc.constantFrom(1, 5),
  })
  .map((changes) => ({
    machine: "bitlet",
    configuration: configurationWith(changes.precision === "float32" ? { ...changes, packing: 1 } : changes),
  }));

/** Spaces of a few hundred indices at most, parameters in any order, whose conditions do not go round in a circle. */
const spaces: fc.Arbitrary<SpaceDescription> = fc
  .shuffledSubarray(Object.keys(values), { minLength: 4, maxLength: 8 })
  // With these two, some networks fit the buffers and others do not.
  .chain((names) => fc.constantFrom(names, [...new Set([...names.slice(2), "weightBuffer", "pes"])]))
  .chain((names) =>
    fc.record({
      // A machine that stands there twice is two machines to the space.
      machines: fc.constantFrom([bitlet], [bitlet], [bitlet, bitlet]),
      parameters: swept(names),
      constraints: fc
        .subarray([...conditions], { maxLength: 2 })
        .map((sources) => sources.map((source) => read(source, parameterNames, "boolean"))),
      baseline: design,
      points: fc.array(design, { maxLength: 2 }),
    }),
  )
  .filter((space) => {
    try {
      return createSpace(space).total <= 700;
    } catch (error) {
      if (error instanceof SpaceError) return false;
      throw error;
    }
  });

/** A sweep with its networks. */
export interface RandomSweep {
  readonly sweep: Sweep;
  readonly networks: readonly Network[];
}

/** Small sweeps of every kind: networks, aggregates, fidelities, objectives, conditions and designs that fail. */
export const randomSweeps: fc.Arbitrary<RandomSweep> = fc
  .record({
    space: spaces,
    networks: fc
      .tuple(fc.shuffledSubarray([...networks], { minLength: 1 }), fc.integer({ min: 0, max: 9 }))
      .map(([some, lot]) => (lot === 0 ? [...some, idle] : some)),
    weights: fc.array(fc.constantFrom(1, 2.5, 0.3), { minLength: 4, maxLength: 4 }),
    aggregate: fc.constantFrom("geomean" as const, "sum" as const, "worst" as const, "each" as const),
    fidelity: fc.constantFrom("analytical" as const, "cycle" as const, "staged" as const),
    objectives: fc.subarray(objectiveSources, { minLength: 1 }),
    maximized: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    require: fc.subarray(requirements, { maxLength: 2 }),
  })
  .map(({ space, networks: chosen, weights, aggregate, fidelity, objectives, maximized, require }) => ({
    networks: chosen,
    sweep: {
      name: "random",
      seed: 11,
      networks: chosen.map(({ name }, index) => ({
        use: name,
        weight: weights[index],
        inputs: {},
        allowUpcast: true,
        phase: "forward" as const,
      })),
      aggregate,
      space,
      require: require.map((source) => ({ source, expression: read(source, metricNames, "boolean") })),
      objectives: objectives.map((source, index) => ({
        name: source,
        direction: maximized[index] ? ("maximize" as const) : ("minimize" as const),
        expression: read(source, metricNames, "number"),
      })),
      referencePoint: {},
      technology: [],
      components: {},
      fidelity,
      search: { method: "exhaustive" as const },
    },
  }));
