import { parseFormat } from "../../numerics/formats.ts";
import { formatWeights } from "../../numerics/formatted-weights.ts";
import type { QuantizationScheme } from "../../numerics/quantize.ts";
import { type Recoding, recodings } from "../../numerics/recoding.ts";
import type { LayerShape } from "../../workloads/layer.ts";
import { activationCodes } from "../activation-codes.ts";
import { columnRegisters } from "../column-registers.ts";
import { columnCycles } from "../first-stage.ts";
import {
  type ActivationRequest,
  fieldStatistics,
  type StatisticsRequest,
  shapeAlone,
} from "../layer-statistics.ts";
import { staggeredCycles } from "../staggered-columns.ts";
import { termPlaces, termTable } from "../term-words.ts";
import { laneIndices } from "../tile-organisation.ts";
import { setStarts, setVariance, windowPlan } from "../window-sets.ts";
import { workingLanes } from "../working-lanes.ts";
import { intervalDoubles, termIntervals } from "./term-intervals.ts";

/** What the cycles of term-serial columns are taken from. */
export interface ColumnRequest extends StatisticsRequest, ActivationRequest {
  readonly quantization: QuantizationScheme;
  readonly laneWidth: number;
  readonly windows: number;
  readonly batch: number;
  /** Filters of all tiles together; 0 where no step is longer than there are columns (see `staggeredWaits`). */
  readonly filtersAtOnce: number;
  readonly firstStageBits: number;
  readonly columnRegisters: number;
  readonly recoding: Recoding;
}

/**
 * Whether a step on staggered columns may find its column taken: then the passes over the filters decide how long all
 * steps take. Otherwise a step enters each cycle, and every further pass adds as many cycles as it has steps.
 */
export const staggeredWaits = (windows: number): boolean => windows < termPlaces;

/** The statistics of one layer, of one pass over its filters: sums over the convolution groups, means over vectors. */
export type ColumnStatistics = ReturnType<(typeof columnStatistics)["compute"]>;

/** What the columns of one convolution group take for its activation vectors. */
interface GroupColumns {
  readonly vectors: number;
  readonly steps: number;
  /** Cycles of each step, shape [vectors, steps]. */
  readonly durations: Uint8Array;
}

/** Cycles of each set of `columns` windows, one after another, and of each step of the first: sums over the groups. */
const setsOf = (
  groups: readonly GroupColumns[],
  columns: number,
  registers: number,
): { readonly setCycles: Float64Array; readonly stepCycles: Float64Array } => {
  const [{ vectors, steps }] = groups;
  const setCycles = new Float64Array(vectors);
  const stepCycles = new Float64Array(steps);
  const starts = setStarts(vectors, columns);
  for (const { durations } of groups) {
    const run = columnRegisters(columns, registers);
    let end = 0;
    starts.forEach((start, set) => {
      for (let step = 0; step < steps; step++) {
        const stepEnd = run((column) => durations[((start + column) % vectors) * steps + step]);
        setCycles[set] += stepEnd - end;
        if (set === 0) stepCycles[step] += stepEnd - end;
        end = stepEnd;
      }
    });
  }
  return { setCycles, stepCycles };
};

/** Mean cycles of `passes` passes on staggered columns, group after group in each, and the variance of that mean. */
const staggeredOf = (
  columns: readonly GroupColumns[],
  groups: number,
  passes: number,
  windows: number,
): { readonly mean: number; readonly variance: number } => {
  const { vectors, steps } = columns[0];
  const cycles = Float64Array.from({ length: vectors }, (_, vector) =>
    staggeredCycles(windows, passes * groups * steps, (step) => {
      const group = Math.floor(step / steps) % columns.length;
      return columns[group].durations[vector * steps + (step % steps)];
    }),
  );
  return {
    mean: cycles.reduce((sum, each) => sum + each, 0) / vectors,
    variance: setVariance(cycles, 1, []),
  };
};

/** Cycles of every step of every vector of one convolution group, whose words begin at `group` · length in each vector. */
const durationsOf = (
  words: Int32Array,
  shape: { readonly vectors: number; readonly groups: number; readonly length: number },
  group: number,
  indices: Int32Array,
  { laneWidth, firstStageBits }: ColumnRequest,
): GroupColumns => {
  const { vectors, groups, length } = shape;
  const steps = indices.length / laneWidth;
  const durations = new Uint8Array(vectors * steps);
  const lanes = new Int32Array(indices.length);
  for (let vector = 0; vector < vectors; vector++) {
    const first = (vector * groups + group) * length;
    for (let lane = 0; lane < lanes.length; lane++)
      lanes[lane] = indices[lane] < 0 ? 0 : words[first + indices[lane]];
    for (let step = 0; step < steps; step++) {
      durations[vector * steps + step] = columnCycles(lanes, step * laneWidth, laneWidth, firstStageBits);
    }
  }
  return { vectors, steps, durations };
};

/**
 * Steps of a layer on columns that take activations term by term. The vectors of the request stand for the windows of a
 * set (see `setStarts`). Weights decide nothing but the powers of their rounding.
 */
export const columnStatistics = fieldStatistics(
  "pragmatic",
  {
    /** Cycles of a full set of windows, and of the incomplete one; 0 for a set that the layer does not have. */
    setCycles: 2,
    /** Cycles on staggered columns, of all passes where steps may wait, otherwise of one; 0 where there are more positions. */
    staggeredCycles: 1,
    /** Of one column: Σ over steps of its own cycles, of these times the share of lanes with a channel, and its terms. */
    column: 3,
    /** See `termIntervals`; over all groups and vectors. */
    intervals: intervalDoubles,
    /** Bits of an activation, and which recoding. */
    word: 2,
  },
  {
    decides: shapeAlone,
    activationsOf: ({ activations }: ColumnRequest) => activations,
    compute: ({ layer, weights, activations }, request: ColumnRequest) => {
      const format = parseFormat(request.format);
      const { signalPower, noisePower } = formatWeights(weights, layer.filters, format, request.quantization);
      const { codes, ...shape } = activationCodes({ layer, activations }, request, format);
      const table = termTable(format.bits, request.recoding);
      const words = codes.map((code) => table.words[Math.abs(code)]);
      const terms = codes.reduce((sum, code) => sum + table.counts[Math.abs(code)], 0);
      const indices = laneIndices(layer, request.laneWidth);
      const columns = Array.from({ length: shape.groups }, (_, group) =>
        durationsOf(words, shape, group, indices, request),
      );
      const cycles = cyclesOf(layer, columns, request);
      return {
        signalPower,
        noisePower,
        standardError: cycles.standardError,
        setCycles: cycles.setCycles,
        staggeredCycles: cycles.staggeredCycles,
        column: columnOf(layer, columns, workingLanes(layer, request.laneWidth), terms, request.laneWidth),
        intervals: termIntervals(words),
        word: Float64Array.of(format.bits, recodings.indexOf(request.recoding)),
      };
    },
  },
);

const cyclesOf = (
  layer: LayerShape,
  columns: readonly GroupColumns[],
  { batch, windows, filtersAtOnce, columnRegisters: registers }: ColumnRequest,
): { setCycles: Float64Array; staggeredCycles: Float64Array; standardError: number } => {
  const { fullSets, lastColumns } = windowPlan(layer, batch, windows);
  if (fullSets * windows + lastColumns === 1) {
    const passes = staggeredWaits(windows) ? Math.ceil(layer.filters / layer.groups / filtersAtOnce) : 1;
    const { mean, variance } = staggeredOf(columns, layer.groups, passes, windows);
    return {
      setCycles: new Float64Array(2),
      staggeredCycles: Float64Array.of(mean),
      standardError: Math.sqrt(variance) / mean,
    };
  }
  const alike = layer.groups / columns.length;
  const setCycles = new Float64Array(2);
  let standardError = 0;
  [fullSets > 0 ? windows : 0, lastColumns].forEach((width, index) => {
    if (width === 0) return;
    const sets = setsOf(columns, width, registers);
    const mean = sets.setCycles.reduce((sum, cycles) => sum + cycles, 0) / sets.setCycles.length;
    setCycles[index] = alike * mean;
    // That of the full sets, where there are any.
    if (standardError === 0)
      standardError = Math.sqrt(setVariance(sets.setCycles, width, sets.stepCycles)) / mean;
  });
  return { setCycles, staggeredCycles: new Float64Array(1), standardError };
};

const columnOf = (
  layer: LayerShape,
  columns: readonly GroupColumns[],
  lanes: Int32Array,
  terms: number,
  laneWidth: number,
): Float64Array => {
  const alike = layer.groups / columns.length;
  let busy = 0;
  let work = 0;
  for (const { durations, steps } of columns) {
    for (let index = 0; index < durations.length; index++) {
      busy += durations[index];
      work += (durations[index] * lanes[index % steps]) / laneWidth;
    }
  }
  return Float64Array.of(busy, work, terms).map((sum) => (alike * sum) / columns[0].vectors);
};
