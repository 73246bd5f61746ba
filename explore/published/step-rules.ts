import type { GroupStatistics } from "../../core/bit-interleaving/group-statistics.ts";
import type { Machine } from "../../core/machines/machine.ts";
import type { Configuration } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { convolutionShape } from "../../core/workloads/build-layer.ts";
import { type Layer, type LayerShape, reductionLength } from "../../core/workloads/layer.ts";
import type { Published, PublishedCheck } from "./published-check.ts";
import { type LayerRun, runLayers } from "./run-layers.ts";

const { laconic, pragmatic, scnn } = machines;

/** Operands of which each machine's step rule can be followed on paper. */
interface StepTile {
  readonly machine: Machine;
  /** Its cycles have this name in the machine's section of configs/published/step-rules.yaml, with the arithmetic. */
  readonly name: string;
  readonly what: string;
  /** Parameters that are not named stand at their defaults. */
  readonly changes: Configuration;
  readonly layer: LayerShape;
  /** Filter by filter, channels innermost, or one for all; absent where no operand decides. */
  readonly weights?: readonly (readonly number[])[] | number;
  /** Captured activations, vector by vector: an output position reads one. */
  readonly activations?: readonly (readonly number[])[];
  /** What is compared; the traced cycles of the layer unless told otherwise. */
  readonly ours?: (run: LayerRun) => number;
}

interface TileShape {
  readonly filters: number;
  readonly channels: number;
  /** Height and width. */
  readonly output: readonly [number, number];
  /** Of a square kernel; 1 × 1 unless told otherwise. */
  readonly kernel?: number;
  readonly stride?: number;
  readonly padding?: number;
}

/** A convolution without groups, over the largest input that gives so many outputs. */
const convolution = (shape: TileShape): LayerShape => {
  const { filters, channels, output, kernel = 1, stride = 1, padding = 0 } = shape;
  const axis = (size: number) => ({
    input: size * stride + kernel - 1 - 2 * padding,
    output: size,
    kernel,
    stride,
    dilation: 1,
    before: padding,
  });
  const [vertical, horizontal] = output.map(axis);
  return convolutionShape({
    name: "tile",
    filters,
    channels,
    groups: 1,
    vertical,
    horizontal,
    biasParameters: 0,
  });
};

/** Operands that are zero but for those at the named places. */
const zerosBut = (length: number, others: Readonly<Record<number, number>>): number[] =>
  Array.from({ length }, (_, place) => others[place] ?? 0);

/** One filter at one position. */
const group = (channels: number): LayerShape => convolution({ filters: 1, channels, output: [1, 1] });

/** The paper's timing of a group, with equal exponents of the activations. */
const onePe = { pes: 1, pipeline: "published" };
const onePeFloat = { ...onePe, precision: "float32", activationExponents: "ignore", laneWidth: 8 };

const sixWeights = {
  machine: machines.bitlet,
  changes: onePeFloat,
  layer: group(6),
  weights: [[12.625, 5.15625, 9.75, 1.625, 0.25, 76.25]],
};

/** Plane 0 has five ones in lanes 8 … 12; 127 is the largest code. */
const fixedGroup = {
  machine: machines.bitlet,
  layer: group(16),
  weights: [zerosBut(16, { 8: 127, 9: 3, 10: 1, 11: 1, 12: -1, 13: 2 })],
};

/** The five small weights lie in plane 2⁻⁸ alone. */
const smallBits = {
  machine: machines["bitlet-x"],
  changes: onePeFloat,
  layer: group(7),
  weights: [[1.5, 1, 2 ** -8, 2 ** -8, 2 ** -8, 2 ** -8, 2 ** -8]],
};

/** Two filters, three windows and eight lanes in five bits: magnitudes up to 15. */
const smallSerial = { tiles: 1, filtersPerTile: 2, windows: 3, laneWidth: 8, precision: "fixed5" };
const smallStripes = { tiles: 1, filtersPerTile: 2, laneWidth: 8 };
const serialLayer = convolution({ filters: 3, channels: 10, output: [2, 2] });

/** Terms 0 and 3, 1 and 2, and 6; then all of 1111111. The other window has 11, then nothing. */
const twoSteps = {
  machine: pragmatic,
  layer: convolution({ filters: 3, channels: 16, output: [1, 2] }),
  weights: 1,
  activations: [zerosBut(16, { 0: 0b1001, 1: 0b110, 2: 0b1000000, 8: 0b1111111 }), zerosBut(16, { 0: 0b11 })],
};

/** One lane of each column at work: 1 and 3 terms beside 3 and 1. Both columns end together, so that the next set finds them free. */
const unevenColumns = {
  machine: pragmatic,
  layer: convolution({ filters: 1, channels: 16, output: [1, 2] }),
  weights: 1,
  activations: [zerosBut(16, { 0: 0b1, 8: 0b111 }), zerosBut(16, { 0: 0b111, 8: 0b1 })],
};
const twoWindows = { windows: 2, laneWidth: 8 };

/** Terms by lane: 7 1 0 2 and 1 3 0 0 of the filters; 1 2 7 0 and 0 4 0 3 of the windows. */
const termPairs = {
  machine: laconic,
  layer: convolution({ filters: 2, channels: 8, output: [1, 2] }),
  weights: [zerosBut(8, { 0: 127, 1: -1, 3: 3 }), zerosBut(8, { 0: 64, 1: 7 })],
  activations: [zerosBut(8, { 0: 2, 1: 3, 2: 127 }), zerosBut(8, { 1: -15, 3: 7 })],
};

/** Weights in row 0, lane 9 and in row 1, lanes 6 and 8: places 9, 22 and 24. 1111111 at place 0 meets a zero. */
const scheduled = {
  machine: machines["bit-tactical"],
  layer: convolution({ filters: 1, channels: 32, output: [1, 2] }),
  weights: [zerosBut(32, { 9: 127, 22: 1, 24: -3 })],
  activations: [
    zerosBut(32, { 9: 0b1001, 22: 0b110, 24: 0b1000000 }),
    zerosBut(32, { 0: 0b1111111, 9: 0b11 }),
  ],
};
const oneFilter = { tiles: 1, filtersPerTile: 1, windows: 2, precision: "fixed8" };

const strided = {
  machine: scnn,
  layer: convolution({ filters: 1, channels: 1, output: [2, 2], kernel: 3, stride: 2, padding: 1 }),
};
const oneElement = { arrayHeight: 1, arrayWidth: 1 };

/** 3 × 3 over 256 channels. */
const fused = {
  machine: machines["bit-fusion"],
  layer: convolution({ filters: 64, channels: 256, output: [14, 14], kernel: 3, padding: 1 }),
};

/** A group with 127, and one in which every filter has two weights of its own. */
const columnRow = (first: number, second: number): number[] => zerosBut(10, { 0: 127, 8: first, 9: second });

/** 93 and −65 in the first group; 127, the largest code, in the second. */
const flips = {
  machine: machines.bitwave,
  layer: group(16),
  weights: [zerosBut(16, { 0: 93, 1: -65, 8: 127 })],
};

const pruned = {
  machine: machines.bitvert,
  layer: convolution({ filters: 100, channels: 20, output: [6, 6], kernel: 3, padding: 1 }),
  weights: 1,
};

/**
 * The tiles. Fixed-point operands that decide cycles by their bits have the largest code among them, so that quantization
 * gives each back.
 */
export const stepTiles: readonly StepTile[] = [
  {
    ...sixWeights,
    name: "sixWeightsScan",
    what: "12.625, 5.15625, 9.75, 1.625, 0.25, 76.25 in float32: scan of the group",
    ours: ({ statistics }) => (statistics as GroupStatistics).cycles[0],
  },
  {
    ...sixWeights,
    name: "sixWeights",
    what: "12.625, 5.15625, 9.75, 1.625, 0.25, 76.25 in float32, paper's timing",
  },
  {
    ...fixedGroup,
    name: "fixed8",
    what: "0 0 0 0 0 0 0 0 127 3 1 1 −1 2 0 0 in fixed8, paper's timing",
    changes: { ...onePe, precision: "fixed8", laneWidth: 16 },
  },
  {
    ...fixedGroup,
    name: "fixed8Verilog",
    what: "the same group in the authors' Verilog, 8 input ports, check window of 8",
    changes: { pes: 1, precision: "fixed8", laneWidth: 16, inputPorts: 8 },
  },
  {
    ...smallBits,
    name: "eightPlanes",
    what: "1.5, 1 and five times 2⁻⁸ in float32, paper's timing",
  },
  {
    ...smallBits,
    name: "allPlanes",
    what: "1.5, 1 and five times 2⁻⁸ in float32, all 24 planes, paper's timing",
    changes: { ...onePeFloat, activePlanes: 24 },
  },
  {
    machine: machines.dadiannao,
    name: "convolution",
    what: "300 filters of 3 × 3 × 20 at 2 × 2 positions",
    changes: {},
    layer: convolution({ filters: 300, channels: 20, output: [2, 2], kernel: 3 }),
  },
  {
    machine: machines["mac-array"],
    name: "convolution",
    what: "40 filters of 3 × 3 × 100 at 5 × 5 positions",
    changes: {},
    layer: convolution({ filters: 40, channels: 100, output: [5, 5], kernel: 3 }),
  },
  {
    machine: machines["bit-serial"],
    name: "weights",
    what: "3 filters of 10 weights at 4 positions, 2 filters and 3 windows of 8 lanes, weight-serial",
    changes: smallSerial,
    layer: serialLayer,
    weights: [
      [1, 0, 0, -2, 0, 4, 0, 8, /**/ 3, 0],
      [15, 0, 1, 0, 0, 0, 0, 0, /**/ 0, 0],
      [0, 0, 0, 0, 0, 0, 0, 0, /**/ -7, 8],
    ],
  },
  {
    machine: machines["bit-serial"],
    name: "activations",
    what: "3 filters of 10 weights at 2 positions, 2 filters and 3 windows of 8 lanes, activation-serial",
    changes: { ...smallSerial, serial: "activations" },
    layer: convolution({ filters: 3, channels: 10, output: [1, 2] }),
    weights: 1,
    activations: [
      [1, 0, 0, 0, 0, 0, 0, 3, /**/ 0, 0],
      [0, 15, 0, 0, 0, 0, 0, 0, /**/ 7, 0],
    ],
  },
  {
    machine: machines["bit-serial"],
    name: "off",
    what: "3 filters of 10 weights at 4 positions, 2 filters and 3 windows of 8 lanes, without skipping",
    changes: { ...smallSerial, zeroSkipping: "off" },
    layer: serialLayer,
    weights: 1,
  },
  {
    machine: machines.stripes,
    name: "windows",
    what: "3 filters of 20 weights at 4 positions, 2 filters and 3 windows of 8 lanes, activations of 5 bits",
    changes: { ...smallStripes, windows: 3, activationBits: 5 },
    layer: convolution({ filters: 3, channels: 20, output: [2, 2] }),
  },
  {
    machine: machines.stripes,
    name: "staggered",
    what: "3 filters of 20 weights at one position, 2 filters and 4 columns of 8 lanes, activations of 16 bits",
    changes: { ...smallStripes, windows: 4, activationBits: 16 },
    layer: convolution({ filters: 3, channels: 20, output: [1, 1] }),
  },
  {
    ...twoSteps,
    name: "firstStage2",
    what: "activations 1001 110 1000000, then 1111111, beside 11, then none; first stage of 2 bits",
    changes: { ...twoWindows, precision: "fixed8" },
  },
  {
    ...twoSteps,
    name: "firstStage0",
    what: "the same activations without a first stage",
    changes: { ...twoWindows, precision: "fixed8", firstStageBits: 0 },
  },
  {
    ...unevenColumns,
    name: "noRegisters",
    what: "columns that take 1, 3 and 3, 1 cycles, no column registers",
    changes: { ...twoWindows, precision: "fixed4" },
  },
  {
    ...unevenColumns,
    name: "oneRegister",
    what: "columns that take 1, 3 and 3, 1 cycles, one column register",
    changes: { ...twoWindows, precision: "fixed4", columnRegisters: 1 },
  },
  {
    ...termPairs,
    name: "step",
    what: "lanes of 7, 1, 0, 2 and 1, 3, 0, 0 terms meet 1, 2, 7, 0 and 0, 4, 0, 3: two filters, two windows",
    changes: { ...twoWindows, precision: "fixed8" },
  },
  {
    ...termPairs,
    name: "filterByFilter",
    what: "the same operands, one filter at once",
    changes: { ...twoWindows, precision: "fixed8", filtersPerTile: 1 },
  },
  {
    ...scheduled,
    name: "TCLe",
    what: "weights in row 0, lane 9 and row 1, lanes 6 and 8, which meet 1001 110 1000000, beside 11; TCLe",
    changes: { ...oneFilter, backEnd: "TCLe" },
  },
  {
    ...scheduled,
    name: "TCLp",
    what: "the same operands, TCLp",
    changes: { ...oneFilter, backEnd: "TCLp" },
  },
  {
    machine: machines.eyeriss,
    name: "convolution",
    what: "10 filters of 3 × 3 × 7 at 13 × 13 positions, two inputs",
    changes: { batch: 2 },
    layer: convolution({ filters: 10, channels: 7, output: [13, 13], kernel: 3, padding: 1 }),
  },
  {
    ...strided,
    name: "allTaps",
    what: "3 × 3 kernel with stride 2 over 4 × 4 inputs, one element, no zeros",
    changes: oneElement,
    weights: 1,
  },
  {
    ...strided,
    name: "middleTap",
    what: "the same layer, all weights zero but the middle one",
    changes: oneElement,
    weights: [zerosBut(9, { 4: 1 })],
  },
  {
    ...strided,
    name: "denseTwin",
    what: "the same layer and weights on the dense twin",
    changes: { ...oneElement, zeroSkipping: "off" },
    weights: [zerosBut(9, { 4: 1 })],
  },
  {
    ...fused,
    name: "fixed8",
    what: "64 filters of 3 × 3 × 256 at 14 × 14 positions, fixed8",
    changes: { precision: "fixed8" },
  },
  {
    ...fused,
    name: "fixed4",
    what: "the same layer, weights of 4 bits and activations of 5",
    changes: { precision: "fixed4", activationBits: 5 },
  },
  {
    machine: machines.bitwave,
    name: "columns",
    what: "127 0 0 0 0 0 0 0, then 3 −1, 64 0 and 0 0 of three filters in lockstep",
    changes: { spatialUnrolling: "8x32x16" },
    layer: convolution({ filters: 3, channels: 10, output: [2, 2] }),
    weights: [columnRow(3, -1), columnRow(64, 0), columnRow(0, 0)],
  },
  {
    ...flips,
    name: "unflipped",
    what: "93 −65 0 0 0 0 0 0, then 127 0 0 0 0 0 0 0",
    changes: { spatialUnrolling: "8x32x16" },
  },
  {
    ...flips,
    name: "flipped",
    what: "the same weights, four columns zero in every group",
    changes: { spatialUnrolling: "8x32x16", bitFlip: 4 },
  },
  {
    ...pruned,
    name: "unpruned",
    what: "100 filters of 3 × 3 × 20 at 6 × 6 positions, no column pruned",
    changes: {},
  },
  {
    ...pruned,
    name: "moderate",
    what: "the same layer, moderate pruning",
    changes: { pruning: "moderate" },
  },
  {
    machine: machines["bitlet-bbs"],
    name: "lockstep",
    what: "127 127 −1 0, 127 −127 −127 1 and 127 0 0 0 at 4 positions, 2 filters and 3 positions at once",
    changes: { columns: 2, positions: 3 },
    layer: convolution({ filters: 3, channels: 4, output: [2, 2] }),
    weights: [
      [127, 127, -1, 0],
      [127, -127, -127, 1],
      [127, 0, 0, 0],
    ],
  },
  {
    machine: machines["stripes-bbs"],
    name: "convolution",
    what: "40 filters of 3 × 3 × 20 at 6 × 6 positions",
    changes: {},
    layer: convolution({ filters: 40, channels: 20, output: [6, 6], kernel: 3, padding: 1 }),
  },
];

/** Machines with a tile. */
export const stepRuleMachines: readonly string[] = [...new Set(stepTiles.map(({ machine }) => machine.name))];

/** The layer of a tile with its operands. */
const layerOf = ({ layer, weights, activations }: StepTile): LayerShape & Partial<Layer> => {
  const { filters, kernelHeight, kernelWidth, channels } = layer;
  const length = filters * reductionLength(layer);
  return {
    ...layer,
    ...(weights !== undefined && {
      weights: {
        shape: [filters, kernelHeight, kernelWidth, channels],
        values:
          typeof weights === "number"
            ? new Float32Array(length).fill(weights)
            : Float32Array.from(weights.flat()),
        stored: "float32",
        origin: "synthetic",
      },
    }),
    ...(activations !== undefined && {
      activations: {
        values: Float32Array.from(activations.flat()),
        vectors: activations.length,
        source: "tile",
      },
    }),
  };
};

/** The step rule of every machine on tiles that were worked by hand. */
export const stepRuleChecks = async (published: Published): Promise<readonly PublishedCheck[]> => {
  const numbers = published.numbers("step-rules");
  return stepTiles.map((tile): PublishedCheck => {
    const { machine, name, what, changes, activations, ours = ({ traced }) => traced.cycles } = tile;
    const { unit, source, mark, values } = numbers[machine.name];
    const captured: Configuration = activations === undefined ? {} : { activations: "captured" };
    const [run] = runLayers(machine, { ...captured, ...changes }, [layerOf(tile)]);
    return {
      machine: machine.name,
      what: `by hand: ${what}`,
      unit,
      ours: ours(run),
      theirs: values[name],
      demand: "exact",
      source,
      mark,
    };
  });
};
