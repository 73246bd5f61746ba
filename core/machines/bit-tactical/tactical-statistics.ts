import { essentialDigits } from "../../numerics/encodings.ts";
import { parseFormat } from "../../numerics/formats.ts";
import { type QuantizationScheme, quantize } from "../../numerics/quantize.ts";
import type { Recoding } from "../../numerics/recoding.ts";
import { type LayerShape, positions, reductionLength } from "../../workloads/layer.ts";
import { type ActivationCodes, activationCodes } from "../activation-codes.ts";
import { columnCycles } from "../first-stage.ts";
import {
  type ActivationRequest,
  fieldStatistics,
  type LayerStatistics,
  type StatisticsRequest,
  shapeAlone,
} from "../layer-statistics.ts";
import { staggeredCycles } from "../staggered-columns.ts";
import { termTable } from "../term-words.ts";
import { laneIndices } from "../tile-organisation.ts";
import { setVariance } from "../window-sets.ts";
import type { BackEnd } from "./configuration.ts";
import { type Schedule, schedule } from "./schedule.ts";
import { type Search, searchMap } from "./search-map.ts";

/** Which statistics of a layer are asked for. */
export interface TacticalRequest extends StatisticsRequest, ActivationRequest, Search {
  readonly quantization: QuantizationScheme;
  readonly tiles: number;
  readonly filtersPerTile: number;
  readonly laneWidth: number;
  /** Columns that the steps of a layer with one output position take turns on. */
  readonly windows: number;
  readonly backEnd: BackEnd;
  readonly firstStageBits: number;
  readonly recoding: Recoding;
}

/** Windows that statistics tell apart: the most that a tile may have. */
const mostWindows = 256;

/** Entries of the histogram of the cycles that an activation takes by itself. */
const histogramLength = 32;

const fields = {
  windowCycles: mostWindows,
  usedCycles: mostWindows,
  staggered: 1,
  busyCycles: 1,
  essential: 1,
  weightDensity: 1,
  lone: histogramLength,
  blindLone: histogramLength,
} as const;

/** Sums over the passes of filters and the convolution groups of a layer, means over its activation vectors. */
export interface TacticalStatistics extends LayerStatistics {
  /** Entry w − 1: cycles of the steps of a set of w windows. */
  readonly windowCycles: Float64Array;
  /** The same, each pass weighted with the share of the tiles' filters that it has. */
  readonly usedCycles: Float64Array;
  /** Of a layer with one output position: cycles on staggered columns. 0 for other layers. */
  readonly staggered: Float64Array;
  /** Σ over the filters of the cycles in which they work on one window. */
  readonly busyCycles: Float64Array;
  /** Terms (TCLe) or bits (TCLp) of the activations that meet a weight, of one window and all filters. */
  readonly essential: Float64Array;
  /** Share of the weights that are not zero; 1 for weights that are not scheduled. */
  readonly weightDensity: Float64Array;
  /** How many activations take 0, 1, … cycles by themselves. */
  readonly lone: Float64Array;
  /** The same of activations of which nothing is known: each code of the format once. */
  readonly blindLone: Float64Array;
}

/**
 * Statistics of the schedule on the operands. Weights are quantized, then scheduled tile by tile; weights of a product of
 * two activations are not known in advance and run as they stand, zeros too [our decision]. Steps run in lockstep over the
 * tiles of a pass, step k of one with step k of all others [DNNsim], and last as long as their slowest filter and window.
 */
export const tacticalRule = fieldStatistics("bit-tactical", fields, {
  decides: shapeAlone,
  activationsOf: ({ activations }: TacticalRequest) => activations,
  compute: (operands, request: TacticalRequest): TacticalStatistics => {
    const { layer, weights } = operands;
    const format = parseFormat(request.format);
    const { codes, signalPower, noisePower } = quantize(weights, layer.filters, format, request.quantization);
    const activations = activationCodes(operands, request, format);
    const walk = startWalk(layer, codes, activations, request);
    const filters = layer.filters / layer.groups;
    const atOnce = request.tiles * request.filtersPerTile;
    for (let group = 0; group < layer.groups; group++) {
      if (group < activations.groups) walk.enter(group);
      for (let first = 0; first < filters; first += atOnce)
        walk.pass(group * filters + first, Math.min(atOnce, filters - first));
    }
    return { signalPower, noisePower, ...walk.result() };
  },
});

/**
 * What each activation is to the back end: TCLe takes its terms, a word with a 1 at each of their significances. TCLp takes
 * its bits from the lowest to the leading one and, of a negative one, the sign bit beside it [DNNsim], at least one: a word
 * of as many ones.
 */
const wordsOf = (codes: Int32Array, bits: number, { backEnd, recoding }: TacticalRequest): Int32Array => {
  if (backEnd === "TCLp")
    return codes.map((code) => 2 ** Math.max(1, 32 - Math.clz32(Math.abs(code)) + (code < 0 ? 1 : 0)) - 1);
  const { words } = termTable(bits, recoding);
  return codes.map((code) => words[Math.abs(code)]);
};

/** Ones of each word. */
const sizesOf = (words: Int32Array): Uint8Array =>
  essentialDigits({ positive: words, negative: new Int32Array(words.length) });

const histogramOf = (sizes: Uint8Array): Float64Array => {
  const histogram = new Float64Array(histogramLength);
  for (const size of sizes) histogram[size]++;
  return histogram;
};

/** Every code of a format. */
const everyCode = (bits: number): Int32Array =>
  Int32Array.from({ length: 2 ** bits - 1 }, (_, index) => index + 1 - 2 ** (bits - 1));

interface Walk {
  /** Takes the activations of a convolution group. */
  enter(group: number): void;
  /** Runs `here` filters from `first` on, over all groups. */
  pass(first: number, here: number): void;
  result(): Omit<TacticalStatistics, "signalPower" | "noisePower">;
}

const startWalk = (
  layer: LayerShape,
  weights: Int32Array,
  activations: ActivationCodes,
  request: TacticalRequest,
): Walk => {
  const { tiles, filtersPerTile, laneWidth: lanes, windows, backEnd, firstStageBits, lookahead } = request;
  const { vectors, groups, length } = activations;
  const map = searchMap(request);
  const scheduled = layer.kind !== "matmul";
  const indices = laneIndices(layer, lanes);
  const size = indices.length;
  const rows = size / lanes;
  const { bits } = parseFormat(request.format);
  const words = wordsOf(activations.codes, bits, request);
  const sizes = sizesOf(words);
  // The words in the order of places: shape [vectors, rows, lanes].
  const inLanes = new Int32Array(vectors * size);
  const sizesInLanes = new Float64Array(size);
  const enter = (group: number): void => {
    sizesInLanes.fill(0);
    for (let vector = 0; vector < vectors; vector++) {
      const base = (vector * groups + group) * length;
      for (let place = 0; place < size; place++) {
        const index = indices[place];
        inLanes[vector * size + place] = index < 0 ? 0 : words[base + index];
        if (index >= 0) sizesInLanes[place] += sizes[base + index] / vectors;
      }
    }
  };
  const nonZero = new Uint8Array(Math.min(filtersPerTile, layer.filters / layer.groups) * size);
  const taken = new Int32Array(lanes);
  const column = new Int32Array(lanes);
  const longest = new Uint8Array(vectors);
  const whole = new Uint8Array(vectors);
  const cycles = new Uint8Array(rows * vectors);
  // Sets of 1, 2, … windows, as far as they differ: from `vectors` windows on all vectors are in the set.
  const columns = Math.min(windows, vectors);
  const inSet = new Uint8Array(vectors);
  const windowCycles = new Float64Array(mostWindows);
  const usedCycles = new Float64Array(mostWindows);
  // Of sets as large as the layer has them: cycles by the vector that they begin with, and by step for the first.
  const deciding = Math.min(columns, positions(layer));
  const setCycles = new Float64Array(vectors);
  const stepCycles: number[] = [];
  // Of a layer with one output position, the cycles of all its steps, pass by pass: shape [steps, vectors].
  const passes: Uint8Array[] | undefined = positions(layer) === 1 ? [] : undefined;
  let busy = 0;
  let essential = 0;
  let counted = 0;

  /** Takes the filters of a tile to `nonZero`, in the order of places. */
  const fill = (first: number, filters: number): void => {
    for (let filter = 0; filter < filters; filter++) {
      const base = (first + filter) * length;
      const row = filter * size;
      for (let place = 0; place < size; place++) {
        const index = indices[place];
        const used = index >= 0 && (!scheduled || weights[base + index] !== 0) ? 1 : 0;
        nonZero[row + place] = used;
        counted += used;
        essential += used * sizesInLanes[place];
      }
    }
  };

  /** Puts the cycles of a tile's steps into `cycles`, where they are the longest so far. */
  const runTile = ({ rows: steps, places }: Schedule, filters: number): void => {
    for (let step = 0; step < steps.length; step++) {
      const home = steps[step] * lanes;
      longest.fill(1);
      let working = 0;
      let wholeRows = 0;
      for (let filter = 0; filter < filters; filter++) {
        const first = (step * filters + filter) * lanes;
        let used = 0;
        let atHome = 0;
        for (let lane = 0; lane < lanes; lane++) {
          const place = places[first + lane];
          if (place < 0) continue;
          taken[used++] = place;
          if (place === home + lane) atHome++;
        }
        if (used === 0) continue;
        working++;
        // Of the filters that have a weight in every place of the row, one stands for all.
        const isWhole = atHome === lanes;
        if (isWhole && ++wholeRows > 1) {
          if (backEnd === "TCLe") for (const own of whole) busy += own;
          continue;
        }
        for (let vector = 0; vector < vectors; vector++) {
          const base = vector * size;
          for (let at = 0; at < used; at++) column[at] = inLanes[base + taken[at]];
          const own =
            backEnd === "TCLe" ? columnCycles(column, 0, used, firstStageBits) : widest(column, used);
          if (isWhole) whole[vector] = own;
          if (own > longest[vector]) longest[vector] = own;
          if (backEnd === "TCLe") busy += own;
        }
      }
      for (let vector = 0; vector < vectors; vector++) {
        const own = longest[vector];
        if (backEnd === "TCLp") busy += working * own;
        const at = step * vectors + vector;
        if (own > cycles[at]) cycles[at] = own;
      }
    }
  };

  const pass = (first: number, here: number): void => {
    cycles.fill(0);
    let steps = 0;
    for (let tile = 0; tile < here; tile += filtersPerTile) {
      const filters = Math.min(filtersPerTile, here - tile);
      fill(first + tile, filters);
      const tileWeights = { nonZero: nonZero.subarray(0, filters * size), filters, rows, lanes };
      const plan = scheduled ? schedule(tileWeights, map, lookahead) : asTheyStand(tileWeights);
      runTile(plan, filters);
      steps = Math.max(steps, plan.rows.length);
    }
    passes?.push(cycles.slice(0, steps * vectors));
    const share = here / (tiles * filtersPerTile);
    for (let step = 0; step < steps; step++) {
      inSet.fill(0);
      for (let width = 1; width <= columns; width++) {
        let sum = 0;
        for (let start = 0; start < vectors; start++) {
          const own = cycles[step * vectors + ((start + width - 1) % vectors)];
          if (own > inSet[start]) inSet[start] = own;
          sum += inSet[start];
        }
        windowCycles[width - 1] += sum / vectors;
        usedCycles[width - 1] += (share * sum) / vectors;
        if (width !== deciding) continue;
        for (let start = 0; start < vectors; start++) setCycles[start] += inSet[start];
        stepCycles.push(inSet[0]);
      }
    }
  };

  const result: Walk["result"] = () => {
    for (const cyclesOf of [windowCycles, usedCycles]) cyclesOf.fill(cyclesOf[columns - 1], columns);
    const staggered = passes === undefined ? undefined : staggeredOf(passes, vectors, windows);
    const variance =
      staggered === undefined
        ? setVariance(setCycles, deciding, stepCycles)
        : setVariance(staggered, 1, stepCycles);
    const mean = staggered === undefined ? windowCycles[deciding - 1] : meanOf(staggered);
    return {
      windowCycles,
      usedCycles,
      staggered: Float64Array.of(staggered === undefined ? 0 : mean),
      busyCycles: Float64Array.of(busy / vectors),
      essential: Float64Array.of(essential),
      weightDensity: Float64Array.of(counted / (layer.filters * reductionLength(layer))),
      lone: histogramOf(sizes),
      blindLone: histogramOf(sizesOf(wordsOf(everyCode(bits), bits, request))),
      standardError: Math.sqrt(variance) / mean,
    };
  };
  return { enter, pass, result };
};

/** Every row a step, every weight in its own place. */
const asTheyStand = ({ nonZero, filters, rows, lanes }: Parameters<typeof schedule>[0]): Schedule => {
  const places = new Int32Array(rows * filters * lanes).fill(-1);
  for (let row = 0; row < rows; row++) {
    for (let filter = 0; filter < filters; filter++) {
      for (let lane = 0; lane < lanes; lane++) {
        const place = row * lanes + lane;
        if (nonZero[filter * rows * lanes + place] !== 0)
          places[(row * filters + filter) * lanes + lane] = place;
      }
    }
  }
  return { rows: Array.from({ length: rows }, (_, row) => row), places };
};

/** Ones of the longest word; all words are ones from the lowest bit up. */
const widest = (words: Int32Array, used: number): number => {
  let any = 0;
  for (let at = 0; at < used; at++) any |= words[at];
  return 32 - Math.clz32(any);
};

/** Cycles of all steps of all passes on staggered columns, by vector. */
const staggeredOf = (passes: readonly Uint8Array[], vectors: number, columns: number): Float64Array => {
  const cycles = new Uint8Array(passes.reduce((sum, pass) => sum + pass.length, 0));
  let at = 0;
  for (const pass of passes) {
    cycles.set(pass, at);
    at += pass.length;
  }
  return Float64Array.from({ length: vectors }, (_, vector) =>
    staggeredCycles(columns, cycles.length / vectors, (step) => cycles[step * vectors + vector]),
  );
};

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
