import { parseFormat } from "../../numerics/formats.ts";
import { type QuantizationScheme, quantize } from "../../numerics/quantize.ts";
import { type Recoding, recodings } from "../../numerics/recoding.ts";
import { type LayerShape, reductionLength } from "../../workloads/layer.ts";
import { activationCodes } from "../activation-codes.ts";
import {
  type ActivationRequest,
  fieldStatistics,
  type StatisticsRequest,
  shapeAlone,
} from "../layer-statistics.ts";
import { staggeredCycles } from "../staggered-columns.ts";
import { termPlaces, termTable } from "../term-words.ts";
import { laneIndices } from "../tile-organisation.ts";
import { setVariance, windowPlan } from "../window-sets.ts";
import { workingLanes } from "../working-lanes.ts";
import { termShares } from "./term-shares.ts";

/** What the cycles of steps of term products are taken from. */
export interface StepRequest extends StatisticsRequest, ActivationRequest {
  readonly quantization: QuantizationScheme;
  readonly laneWidth: number;
  readonly windows: number;
  readonly batch: number;
  /** Filters of all tiles together. */
  readonly filtersAtOnce: number;
  readonly recoding: Recoding;
}

/** The statistics of one layer, run once: sums over convolution groups and passes over filters, means over vectors. */
export type StepStatistics = ReturnType<(typeof stepStatistics)["compute"]>;

/**
 * Products that the processing elements' own cycles are taken from: as many of the first vectors as come to so many, at
 * least one [our decision: they decide energy, not time].
 */
const busyProducts = 2 ** 22;

/** Terms of the operands of one convolution group in the lanes of each step; 0 where a lane has no channel. */
interface GroupTerms {
  readonly steps: number;
  /** Shape [filters, steps, laneWidth]. */
  readonly weights: Uint8Array;
  /** Shape [vectors, steps, laneWidth]. */
  readonly activations: Uint8Array;
}

/**
 * Largest entry of each lane over `count` of the operands from `first` on, around the end of all `of` of them.
 * Shape [steps, laneWidth].
 */
const mostOf = (terms: Uint8Array, lanes: number, first: number, count: number, of: number): Uint8Array => {
  const most = new Uint8Array(lanes);
  for (let operand = first; operand < first + count; operand++) {
    const start = (operand % of) * lanes;
    for (let lane = 0; lane < lanes; lane++)
      if (terms[start + lane] > most[lane]) most[lane] = terms[start + lane];
  }
  return most;
};

/** Largest product of two operands' terms in a lane of the step that begins there, and no less than one. */
const stepOf = (
  weights: Uint8Array,
  weight: number,
  activations: Uint8Array,
  activation: number,
  laneWidth: number,
): number => {
  let most = 1;
  for (let lane = 0; lane < laneWidth; lane++) {
    const product = weights[weight + lane] * activations[activation + lane];
    if (product > most) most = product;
  }
  return most;
};

/** One way to run a convolution group: sets of `columns` windows, or a single window on staggered columns. */
interface Run {
  /** Cycles of the set that begins with each vector, and of each step of the first set, in all passes over the filters. */
  readonly setCycles: Float64Array;
  readonly stepCycles: Float64Array;
  /** Σ over passes and steps of the filters of the pass, times the step's cycles, times the share of lanes with a channel. */
  readonly filterWork: number;
  /** Σ over filters and steps of the cycles in which the filter's own processing element has products left. */
  readonly busyCycles: number;
  /** Cycles of each step of each vector, pass by pass: shape [vectors, passes, steps]. */
  readonly durations: Uint8Array;
}

const runOf = (
  { weights, activations, steps }: GroupTerms,
  channels: Int32Array,
  vectors: number,
  columns: number,
  { laneWidth, filtersAtOnce }: StepRequest,
): Run => {
  const lanes = steps * laneWidth;
  const busyVectors = Math.ceil(busyProducts / weights.length);
  const filters = weights.length / lanes;
  const passes = Math.ceil(filters / filtersAtOnce);
  const widest = Array.from({ length: passes }, (_, pass) => {
    const first = pass * filtersAtOnce;
    return mostOf(weights, lanes, first, Math.min(filtersAtOnce, filters - first), filters);
  });
  const durations = new Uint8Array(vectors * passes * steps);
  const setCycles = new Float64Array(vectors);
  const stepCycles = new Float64Array(steps);
  let filterWork = 0;
  let filterCycles = 0;
  let busy = 0;
  let lockstep = 0;
  for (let vector = 0; vector < vectors; vector++) {
    const set = mostOf(activations, lanes, vector, Math.min(columns, vectors), vectors);
    for (let pass = 0; pass < passes; pass++) {
      const first = pass * filtersAtOnce;
      const here = Math.min(filtersAtOnce, filters - first);
      for (let step = 0; step < steps; step++) {
        const cycles = stepOf(widest[pass], step * laneWidth, set, step * laneWidth, laneWidth);
        durations[(vector * passes + pass) * steps + step] = cycles;
        setCycles[vector] += cycles;
        if (vector === 0) stepCycles[step] += cycles;
        filterCycles += here * cycles;
        filterWork += (here * cycles * channels[step]) / laneWidth;
        if (vector >= busyVectors) continue;
        lockstep += here * cycles;
        const own = vector * lanes + step * laneWidth;
        for (let filter = first; filter < first + here; filter++) {
          busy += stepOf(weights, filter * lanes + step * laneWidth, activations, own, laneWidth);
        }
      }
    }
  }
  return {
    setCycles,
    stepCycles,
    filterWork: filterWork / vectors,
    busyCycles: (filterCycles / vectors) * (busy / lockstep),
    durations,
  };
};

/** Terms of codes in the lanes of the steps of one convolution group: shape [operands, steps, laneWidth]. */
const inLanes = (
  terms: Uint8Array,
  operands: number,
  startOf: (operand: number) => number,
  indices: Int32Array,
): Uint8Array => {
  const lanes = new Uint8Array(operands * indices.length);
  for (let operand = 0; operand < operands; operand++) {
    const start = startOf(operand);
    for (let lane = 0; lane < indices.length; lane++) {
      if (indices[lane] >= 0) lanes[operand * indices.length + lane] = terms[start + indices[lane]];
    }
  }
  return lanes;
};

/**
 * Steps of a layer whose lanes multiply terms by terms. The vectors of the request stand for the windows of a set: the set
 * that begins with vector v has the vectors from v on, around the end.
 */
export const stepStatistics = fieldStatistics(
  "laconic",
  {
    /** Of a full set of windows, of the incomplete one, and of a single window on staggered columns; 0 where there is none. */
    cycles: 3,
    filterWork: 3,
    busyCycles: 3,
    /** Σ over filters and lanes of the products of terms of one window. */
    products: 1,
    /** Shares of weights and of activations by their terms. */
    weightTerms: termPlaces + 1,
    activationTerms: termPlaces + 1,
    /** Bits of an operand, and which recoding. */
    word: 2,
  },
  {
    decides: shapeAlone,
    activationsOf: ({ activations }: StepRequest) => activations,
    compute: ({ layer, weights, activations }, request: StepRequest) => {
      const format = parseFormat(request.format);
      const { counts } = termTable(format.bits, request.recoding);
      const termsOf = (codes: Int32Array) => {
        const terms = new Uint8Array(codes.length);
        for (let index = 0; index < codes.length; index++) terms[index] = counts[Math.abs(codes[index])];
        return terms;
      };
      const { codes, signalPower, noisePower } = quantize(
        weights,
        layer.filters,
        format,
        request.quantization,
      );
      const drawn = activationCodes({ layer, activations }, request, format);
      const weightTerms = termsOf(codes);
      const activationTerms = termsOf(drawn.codes);
      const runs = runsOf(layer, weightTerms, activationTerms, drawn, request);
      return {
        signalPower,
        noisePower,
        ...runs,
        weightTerms: termShares(weightTerms),
        activationTerms: termShares(activationTerms),
        word: Float64Array.of(format.bits, recodings.indexOf(request.recoding)),
      };
    },
  },
);

const runsOf = (
  layer: LayerShape,
  weightTerms: Uint8Array,
  activationTerms: Uint8Array,
  { vectors, groups }: { readonly vectors: number; readonly groups: number },
  request: StepRequest,
) => {
  const { laneWidth, windows, batch } = request;
  const indices = laneIndices(layer, laneWidth);
  const steps = indices.length / laneWidth;
  const channels = workingLanes(layer, laneWidth);
  const length = reductionLength(layer);
  const filters = layer.filters / layer.groups;
  const { fullSets, lastColumns } = windowPlan(layer, batch, windows);
  const staggered = fullSets * windows + lastColumns === 1;
  // Columns of a full set, of the incomplete one, and of staggered columns, which each have a window's step of their own.
  const widths = staggered ? [0, 0, 1] : [fullSets > 0 ? windows : 0, lastColumns, 0];
  const setCycles = widths.map(() => new Float64Array(vectors));
  const stepCycles = widths.map(() => new Float64Array(steps));
  const filterWork = new Float64Array(3);
  const busyCycles = new Float64Array(3);
  const inTurn: Uint8Array[] = [];
  for (let group = 0; group < layer.groups; group++) {
    const terms: GroupTerms = {
      steps,
      weights: inLanes(weightTerms, filters, (filter) => (group * filters + filter) * length, indices),
      activations: inLanes(
        activationTerms,
        vectors,
        (vector) => (vector * groups + (group % groups)) * length,
        indices,
      ),
    };
    for (const [index, columns] of widths.entries()) {
      if (columns === 0) continue;
      const run = runOf(terms, channels, vectors, columns, request);
      addTo(setCycles[index], run.setCycles);
      addTo(stepCycles[index], run.stepCycles);
      filterWork[index] += run.filterWork;
      busyCycles[index] += run.busyCycles;
      if (staggered) inTurn.push(run.durations);
    }
  }
  if (staggered)
    setCycles[2] = setCycles[2].map((_, vector) => staggeredRun(inTurn, vectors, vector, windows));
  const cycles = Float64Array.from(setCycles, (sets) => sets.reduce((sum, each) => sum + each, 0) / vectors);
  // The standard error is that of the full sets, where there are any.
  const deciding = widths.findIndex((columns) => columns > 0);
  const variance = setVariance(setCycles[deciding], widths[deciding], stepCycles[deciding]);
  return {
    cycles,
    filterWork,
    busyCycles,
    standardError: Math.sqrt(variance) / cycles[deciding],
    products: Float64Array.of(productsOf(layer, weightTerms, activationTerms, vectors, groups)),
  };
};

const addTo = (sums: Float64Array, values: Float64Array): void => {
  for (let index = 0; index < sums.length; index++) sums[index] += values[index];
};

/** Cycles of all steps of one vector, group after group and pass after pass, on staggered columns. */
const staggeredRun = (
  groups: readonly Uint8Array[],
  vectors: number,
  vector: number,
  columns: number,
): number => {
  const each = groups[0].length / vectors;
  return staggeredCycles(
    columns,
    groups.length * each,
    (step) => groups[Math.floor(step / each)][vector * each + (step % each)],
  );
};

/** Σ over filters and reduction of a weight's terms times the mean terms of the activations that it meets. */
const productsOf = (
  layer: LayerShape,
  weightTerms: Uint8Array,
  activationTerms: Uint8Array,
  vectors: number,
  groups: number,
): number => {
  const length = reductionLength(layer);
  const perGroup = layer.filters / layer.groups;
  const met = new Float64Array(groups * length);
  for (let vector = 0; vector < vectors; vector++) {
    for (let index = 0; index < met.length; index++)
      met[index] += activationTerms[vector * met.length + index];
  }
  let products = 0;
  for (let filter = 0; filter < layer.filters; filter++) {
    const start = (Math.floor(filter / perGroup) % groups) * length;
    for (let index = 0; index < length; index++) {
      products += weightTerms[filter * length + index] * met[start + index];
    }
  }
  return products / vectors;
};
