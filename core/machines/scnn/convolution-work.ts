import type { LayerShape } from "../../workloads/layer.ts";
import { vectorWidth } from "./configuration.ts";
import type { LayerWork } from "./layer-work.ts";
import { type DrawnInputs, drawError, markNonZero } from "./nonzero-inputs.ts";
import {
  emptyQueues,
  emptyVectors,
  fillQueues,
  fillVectors,
  inputPlaces,
  phasesOf,
  tapsOfPhases,
} from "./phase-queues.ts";
import { type ProductTally, productCycles } from "./product-cycles.ts";
import { type TiledPlane, tilesOf } from "./tiles.ts";

/** Pairs of vectors of a layer up to which every product is looked at [our decision]. */
export const mostPairs = 2 ** 22;

/** Groups of filters whose products are looked at at least, where not all are. */
const leastItems = 4;

/** What a layer's products are walked with. */
interface Walk {
  readonly layer: LayerShape;
  readonly plane: TiledPlane;
  /** Shape [filters, taps, channels of a convolution group]. */
  readonly codes: Int32Array;
  readonly inputs: DrawnInputs;
  /** Filters of a group. */
  readonly groupFilters: number;
}

/**
 * The products of a convolution: in each convolution group and group of filters, for every channel and stride phase, each
 * processing element multiplies the non-zero inputs of its tile with the non-zero weights. Inputs are one drawn plane a
 * channel. Pairs of vectors are counted exactly. Up to `budget` of them, so are the cycles of every pair. Beyond,
 * [our decision] an even sample of the items (channel, group of filters), as large as the budget allows, is looked at
 * product by product: the cycles of a processing element are its pairs times the mean cycles of a pair in the tiles of the
 * sample at the same border of the plane; those of the slowest one of an item, which decides behind a barrier after every channel, are corrected by what
 * they are in the sample. The larger of the standard errors of these two ratios, over the sample as if it were random, is
 * added to that of the draw.
 */
export const convolutionWork = (walk: Walk, budget: number): LayerWork => {
  const { layer, plane, inputs } = walk;
  const perGroup = layer.channels / layer.groups;
  const filters = layer.filters / layer.groups;
  const sets = Math.ceil(filters / walk.groupFilters);
  const counts = countVectors(walk, sets);
  const items = layer.channels * sets;
  const take = Math.min(
    items,
    Math.max(leastItems, Math.floor((items * budget) / Math.max(1, counts.pairs))),
  );
  const sampled = take < items ? sampledRatios(walk, sets, counts, take) : undefined;

  const tiles = tilesOf(plane);
  const independent = new Float64Array(tiles);
  const tally = { products: 0 };
  const cyclesOf = sampled === undefined ? itemCycles(walk, tally) : undefined;
  const cycles = new Float64Array(tiles);
  let groupBarrier = 0;
  let channelBarrier = 0;
  for (let group = 0; group < layer.groups; group++) {
    const sums = new Float64Array(sets * tiles);
    for (let channel = group * perGroup; channel < (group + 1) * perGroup; channel++) {
      for (let set = 0; set < sets; set++) {
        if (sampled === undefined) cyclesOf?.(channel, set, cycles);
        else {
          counts.pairsOf(channel, set, cycles);
          for (let tile = 0; tile < tiles; tile++) cycles[tile] *= sampled.ofTile[tile];
        }
        let slowest = 0;
        for (let tile = 0; tile < tiles; tile++) {
          sums[set * tiles + tile] += cycles[tile];
          if (cycles[tile] > slowest) slowest = cycles[tile];
        }
        channelBarrier += slowest;
      }
    }
    for (let set = 0; set < sets; set++) {
      const ofSet = sums.subarray(set * tiles, (set + 1) * tiles);
      groupBarrier += largest(ofSet);
      for (let tile = 0; tile < tiles; tile++) independent[tile] += ofSet[tile];
    }
  }
  const tileInputs = plane.vertical.tile * plane.horizontal.tile;
  return {
    independent: largest(independent),
    groupBarrier,
    channelBarrier: Math.max(groupBarrier, channelBarrier * (sampled?.ofSlowest ?? 1)),
    busy: independent.reduce((sum, own) => sum + own, 0),
    vectorPairs: counts.pairs,
    products: sampled?.products ?? tally.products,
    standardError: Math.hypot(
      sampled?.standardError ?? 0,
      drawError(inputs.activationZeros, tileInputs * layer.channels, tiles),
    ),
  };
};

const largest = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, value), 0);

/** How many vectors the queues of a layer fill. */
interface VectorCounts {
  /** Pairs of vectors in all. */
  readonly pairs: number;
  /** Pairs of a channel and group of filters, by tile. */
  readonly pairsOf: (channel: number, set: number, into: Float64Array) => void;
}

const countVectors = ({ layer, plane, codes, inputs, groupFilters }: Walk, sets: number): VectorCounts => {
  const perGroup = layer.channels / layer.groups;
  const filters = layer.filters / layer.groups;
  const phases = phasesOf(plane);
  const tiles = tilesOf(plane);
  const places = inputPlaces(plane);

  const inputVectors = new Int32Array(layer.channels * places.queues);
  const marks = new Uint8Array(places.queue.length);
  for (let channel = 0; channel < layer.channels; channel++) {
    const own = inputVectors.subarray(channel * places.queues, (channel + 1) * places.queues);
    markNonZero(marks, inputs, channel);
    for (let index = 0; index < marks.length; index++) own[places.queue[index]] += marks[index];
  }
  toVectors(inputVectors);

  // Shape [channels, sets, phases].
  const weightVectors = new Int32Array(layer.channels * sets * phases);
  const taps = tapsOfPhases(plane);
  const phaseOf = new Int32Array(plane.vertical.kernel * plane.horizontal.kernel);
  taps.forEach((ofPhase, phase) => {
    for (const { index } of ofPhase) phaseOf[index] = phase;
  });
  for (let filter = 0, at = 0; filter < layer.filters; filter++) {
    const set = Math.floor((filter % filters) / groupFilters);
    const firstChannel = Math.floor(filter / filters) * perGroup;
    for (const phase of phaseOf) {
      for (let channel = firstChannel; channel < firstChannel + perGroup; channel++, at++) {
        if (codes[at] !== 0) weightVectors[(channel * sets + set) * phases + phase]++;
      }
    }
  }
  toVectors(weightVectors);

  const pairsOf = (channel: number, set: number, into: Float64Array): void => {
    const weights = (channel * sets + set) * phases;
    for (let tile = 0, queue = channel * places.queues; tile < tiles; tile++) {
      let pairs = 0;
      for (let phase = 0; phase < phases; phase++, queue++) {
        pairs += inputVectors[queue] * weightVectors[weights + phase];
      }
      into[tile] = pairs;
    }
  };
  let pairs = 0;
  const own = new Float64Array(tiles);
  for (let channel = 0; channel < layer.channels; channel++) {
    for (let set = 0; set < sets; set++) {
      pairsOf(channel, set, own);
      for (let tile = 0; tile < tiles; tile++) pairs += own[tile];
    }
  }
  return { pairs, pairsOf };
};

/** Non-zero operands → the vectors that they fill, the last of which may be incomplete. */
const toVectors = (counts: Int32Array): void => {
  for (let index = 0; index < counts.length; index++) counts[index] = Math.ceil(counts[index] / vectorWidth);
};

/** The cycles of a channel and group of filters, by tile, product by product. Fast where channels come in their order. */
const itemCycles = (
  { layer, plane, codes, inputs, groupFilters }: Walk,
  tally: ProductTally,
): ((channel: number, set: number, into: Float64Array) => void) => {
  const perGroup = layer.channels / layer.groups;
  const filters = layer.filters / layer.groups;
  const phases = phasesOf(plane);
  const tiles = tilesOf(plane);
  const places = inputPlaces(plane);
  const taps = tapsOfPhases(plane);
  const marks = new Uint8Array(places.queue.length);
  const queues = emptyQueues(places);
  const vectors = emptyVectors(phases, groupFilters * plane.vertical.kernel * plane.horizontal.kernel);
  let queued = -1;
  return (channel, set, into) => {
    if (channel !== queued && (queued < 0 || inputs.activationZeros > 0)) {
      markNonZero(marks, inputs, channel);
      fillQueues(places, marks, queues);
    }
    queued = channel;
    const group = Math.floor(channel / perGroup);
    const firstOfSet = set * groupFilters;
    const count = Math.min(groupFilters, filters - firstOfSet);
    fillVectors(codes, taps, perGroup, channel % perGroup, group * filters + firstOfSet, count, vectors);
    for (let tile = 0; tile < tiles; tile++) {
      let cycles = 0;
      for (let phase = 0; phase < phases; phase++) {
        cycles += productCycles(
          queues,
          tile * phases + phase,
          vectors,
          phase,
          plane.horizontal.output,
          plane.vertical.output,
          tally,
        );
      }
      into[tile] = cycles;
    }
  };
};

/** What a sample of (channel, group of filters) says of a layer. */
interface SampledRatios {
  /** Cycles of a pair of vectors, by tile. */
  readonly ofTile: Float64Array;
  /** Cycles of the slowest tile of an item, as a multiple of those that `ofTile` gives it. */
  readonly ofSlowest: number;
  readonly products: number;
  readonly standardError: number;
}

const sampledRatios = (
  walk: Walk,
  sets: number,
  { pairs, pairsOf }: VectorCounts,
  take: number,
): SampledRatios => {
  const tiles = tilesOf(walk.plane);
  const tally = { products: 0 };
  const cyclesOf = itemCycles(walk, tally);
  const items = walk.layer.channels * sets;
  const isTaken = evenSample(items, take);
  const taken = [...isTaken.keys()].filter((item) => isTaken[item] === 1);
  const own = new Float64Array(tiles);
  const ofTile = { pairs: new Float64Array(tiles), cycles: new Float64Array(tiles) };
  const all = { expected: new Float64Array(take), cycles: new Float64Array(take) };
  const slowest = { expected: new Float64Array(take), cycles: new Float64Array(take) };
  taken.forEach((item, index) => {
    const channel = Math.floor(item / sets);
    pairsOf(channel, item % sets, own);
    for (let tile = 0; tile < tiles; tile++) {
      ofTile.pairs[tile] += own[tile];
      all.expected[index] += own[tile];
    }
    cyclesOf(channel, item % sets, own);
    for (let tile = 0; tile < tiles; tile++) {
      ofTile.cycles[tile] += own[tile];
      all.cycles[index] += own[tile];
    }
    slowest.cycles[index] = largest(own);
  });
  const seen = sum(all.expected);
  if (seen === 0) return { ofTile: own.fill(1), ofSlowest: 1, products: 0, standardError: 0 };
  const ratio = sum(all.cycles) / seen;
  const ratios = pooledRatios(walk.plane, ofTile, ratio);
  taken.forEach((item, index) => {
    pairsOf(Math.floor(item / sets), item % sets, own);
    for (let tile = 0; tile < tiles; tile++) own[tile] *= ratios[tile];
    slowest.expected[index] = largest(own);
  });
  return {
    ofTile: ratios,
    ofSlowest: sum(slowest.cycles) / sum(slowest.expected),
    products: (tally.products * pairs) / seen,
    standardError: Math.sqrt(1 - take / items) * Math.max(ratioError(all), ratioError(slowest)),
  };
};

/**
 * Cycles of a pair by tile. Tiles at the same border of the plane are taken together, those inside of it too: a mean of
 * each tile alone would make the slowest look slower than it is.
 */
const pooledRatios = (
  { vertical, horizontal }: TiledPlane,
  { pairs, cycles }: { pairs: Float64Array; cycles: Float64Array },
  standard: number,
): Float64Array => {
  const border = (tile: number, tiles: number): number => (tile === 0 ? 0 : tile === tiles - 1 ? 2 : 1);
  const kind = Int32Array.from(
    pairs,
    (_, tile) =>
      3 * border(Math.floor(tile / horizontal.tiles), vertical.tiles) +
      border(tile % horizontal.tiles, horizontal.tiles),
  );
  const ofKind = { pairs: new Float64Array(9), cycles: new Float64Array(9) };
  kind.forEach((own, tile) => {
    ofKind.pairs[own] += pairs[tile];
    ofKind.cycles[own] += cycles[tile];
  });
  return Float64Array.from(kind, (own) =>
    ofKind.pairs[own] === 0 ? standard : ofKind.cycles[own] / ofKind.pairs[own],
  );
};

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);

/** Standard error of Σ cycles / Σ expected over a random sample of a large population, as a share of it. */
const ratioError = ({ expected, cycles }: { expected: Float64Array; cycles: Float64Array }): number => {
  const ratio = sum(cycles) / sum(expected);
  const squares = cycles.reduce((total, own, item) => total + (own - ratio * expected[item]) ** 2, 0);
  return Math.sqrt((cycles.length * squares) / (cycles.length - 1)) / sum(cycles);
};

/** Marks `take` of `items` with 1: the multiples of a step near the golden section of the items, without a period. */
export const evenSample = (items: number, take: number): Uint8Array => {
  let step = Math.max(1, Math.round(items * ((Math.sqrt(5) - 1) / 2)));
  while (greatestCommonDivisor(step, items) !== 1) step++;
  const taken = new Uint8Array(items);
  for (let index = 0, item = 0; index < take; index++, item = (item + step) % items) taken[item] = 1;
  return taken;
};

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);
