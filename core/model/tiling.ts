import { ModelError } from "../errors.ts";
import { type OperandWidths, partialSumBytes } from "../machines/machine.ts";
import { type LoopOrder, loopOrders } from "../machines/system-parameters.ts";
import type { Bits, Bytes } from "../units.ts";
import { batched } from "../workloads/batch.ts";
import { inputRowElements, kernelElements, type LayerShape, outputRowElements } from "../workloads/layer.ts";
import { type RowTiling, rowTiling } from "./row-tiling.ts";
import { tileSizes } from "./tile-sizes.ts";

/** Capacities of the three buffers. */
export interface Buffers {
  readonly weight: Bytes;
  readonly activation: Bytes;
  readonly output: Bytes;
}

/** The loops over tiles: filters, channels, output rows. */
export type TileLoop = "m" | "c" | "p";

/** What of a tiling is given: sizes of a tile, 0 where they are free, and the loop order. */
export interface GivenTiling {
  readonly filters: number;
  readonly channels: number;
  readonly rows: number;
  readonly order: LoopOrder | "best";
}

/** Widths of the operands in memory, and of the outputs, which are those of the layer that takes them. */
export interface TiledWidths extends OperandWidths {
  readonly output: Bits;
}

/** Nothing is given. */
const freeTiling: GivenTiling = { filters: 0, channels: 0, rows: 0, order: "best" };

/** How often a tile of each operand is moved between DRAM and its buffer; spills one way. */
export interface TileTransfers {
  readonly weights: number;
  readonly activations: number;
  readonly outputs: number;
  readonly spills: number;
}

/** How a layer is cut into tiles and what that moves to and from DRAM for a batch of inputs. */
export interface Tiling {
  /** Filters, channels and output rows of a tile, within a convolution group and an input. */
  readonly tileFilters: number;
  readonly tileChannels: number;
  readonly tileRows: number;
  /** Loop order over tiles, outermost first. */
  readonly order: readonly TileLoop[];
  /** Tiles in all, over convolution groups and the batch. */
  readonly tiles: number;
  readonly weightBytes: Bytes;
  readonly activationBytes: Bytes;
  readonly outputBytes: Bytes;
  /** Partial sums that do not fit the output buffer: bytes written, and as many read back. */
  readonly spilledBytes: Bytes;
  readonly transfers: TileTransfers;
  /** How often all weights pass by: more than once where they do not fit and rows are outside of them. */
  readonly weightPasses: number;
  /** Partial sums that the output buffer holds at once: all of them, or two tiles of them. */
  readonly partialSumBytes: Bytes;
  /** All inputs of the layer, over convolution groups and the batch. */
  readonly inputBytes: Bytes;
}

/** Every order of the tile loops, with each loop's depth (0 outermost). */
const allOrders = loopOrders.map((name) => ({
  name,
  loops: [...name] as TileLoop[],
  m: name.indexOf("m"),
  c: name.indexOf("c"),
  p: name.indexOf("p"),
}));
type Order = (typeof allOrders)[number];

/**
 * The tiling with the least DRAM traffic [our decision]. A tile is (filters, channels, output rows) with all
 * of the kernel, of the output width and of the depth. Tiles are double-buffered: weights of a tile ≤ half the weight buffer, its
 * input rows ≤ half the activation buffer, its 32-bit partial sums ≤ half the output buffer; an operand that fits its
 * buffer whole needs no halving and is moved once. Otherwise an operand is read again for each iteration of the loops
 * outside its innermost relevant loop (loops of one iteration are no loops). Partial sums spill when the channel loop
 * is not innermost and what is live inside it exceeds half the output buffer. Input rows that two tiles share are read
 * twice; rows of padding, and rows that a long stride passes over, are never read. Ties: fewer tiles, then larger
 * tileFilters.
 *
 * Tile sizes are searched over ⌈size / i⌉. For given channels and rows the largest filter tile is best, except where a
 * smaller one keeps the partial sums of (m, c, p) from spilling; both are tried. Sizes and the order that are `given`
 * are taken as they are, sizes at most those of the layer.
 * Throws ModelError `buffer-too-small` where the given tile, or not even one of one filter, channel and row, fits.
 */
export const tileLayer = (
  layer: LayerShape,
  batch: number,
  widths: TiledWidths,
  buffers: Buffers,
  given: GivenTiling = freeTiling,
): Tiling => {
  const problem = tilingProblem(layer, batch, widths, buffers, given);
  const orders = given.order === "best" ? allOrders : allOrders.filter(({ name }) => name === given.order);
  let best: Candidate | undefined;
  for (const tileChannels of givenOr(given.channels, problem.channels)) {
    for (const rows of problem.rows) {
      if (
        !problem.inputWhole &&
        rows.capacityRows * problem.inputRowBytes * tileChannels > buffers.activation / 2
      ) {
        continue;
      }
      for (const tileFilters of filterTiles(problem, tileChannels, rows.tileRows, given.filters)) {
        for (const order of orders) {
          const candidate = weigh(problem, tileFilters, tileChannels, rows, order);
          if (best === undefined || isBetter(candidate, best)) best = candidate;
        }
      }
    }
  }
  if (best === undefined) throw misfit(problem, given);
  const { tiles, order, rows, weightBytes, activationBytes, spilledBytes } = best;
  return {
    tileFilters: best.tileFilters,
    tileChannels: best.tileChannels,
    tileRows: rows.tileRows,
    order: order.loops,
    tiles,
    weightBytes,
    activationBytes,
    outputBytes: problem.outputs * problem.outputElementBytes,
    spilledBytes,
    transfers: best.transfers,
    weightPasses: best.weightPasses,
    partialSumBytes:
      (problem.partialSumsWhole
        ? problem.outputs / problem.repeats
        : 2 * best.tileFilters * rows.tileRows * outputRowElements(layer)) * partialSumBytes,
    inputBytes:
      problem.repeats * problem.images * layer.inputHeight * problem.inputRowBytes * problem.channels,
  };
};

/** The size that is given, at most all there is; otherwise every ⌈size / i⌉. */
const givenOr = (given: number, size: number): number[] =>
  given > 0 ? [Math.min(given, size)] : tileSizes(size);

/** What the least tile, or the given one, needs. */
const misfit = (problem: Problem, given: GivenTiling): ModelError => {
  const { layer, filters, channels, kernelBytes, inputRowBytes, rows } = problem;
  const least = (wanted: number, size: number): number => (wanted > 0 ? Math.min(wanted, size) : 1);
  const tile = {
    filters: least(given.filters, filters),
    channels: least(given.channels, channels),
    rows: least(given.rows, layer.outputHeight),
  };
  const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  const size = [
    counted(tile.filters, "filter"),
    counted(tile.channels, "channel"),
    counted(tile.rows, "output row"),
  ];
  const capacityRows = Math.min(...rows.map((one) => one.capacityRows));
  return new ModelError(
    "buffer-too-small",
    `layer ${layer.name}: a tile of ${size.join(", ")} does not fit the buffers; it needs ` +
      `${Math.ceil(2 * tile.filters * tile.channels * kernelBytes)} B for weights, ` +
      `${Math.ceil(2 * capacityRows * inputRowBytes * tile.channels)} B for activations, ` +
      `${2 * tile.filters * tile.rows * outputRowElements(layer) * partialSumBytes} B for outputs`,
  );
};

/** What the search needs of a layer; sizes are those of one convolution group. */
interface Problem {
  readonly layer: LayerShape;
  readonly filters: number;
  readonly channels: number;
  readonly images: number;
  readonly repeats: number;
  readonly buffers: Buffers;
  /** Weights of one filter and channel. */
  readonly kernelBytes: Bytes;
  /** One input row of one channel. */
  readonly inputRowBytes: Bytes;
  readonly outputElementBytes: Bytes;
  /** All weights, and outputs of a batch, over all convolution groups. */
  readonly weightBytes: Bytes;
  readonly outputs: number;
  readonly weightsWhole: boolean;
  readonly inputWhole: boolean;
  readonly partialSumsWhole: boolean;
  readonly rows: readonly RowTiling[];
  /** Input rows under any kernel, once each. */
  readonly touchedRows: number;
}

const tilingProblem = (
  layer: LayerShape,
  batch: number,
  widths: TiledWidths,
  buffers: Buffers,
  given: GivenTiling,
): Problem => {
  const filters = layer.filters / layer.groups;
  const channels = layer.channels / layer.groups;
  const { repeats } = batched(layer, batch);
  const images = batch / repeats;
  const kernelBytes = (kernelElements(layer) * widths.weight) / 8;
  const inputRowBytes = (inputRowElements(layer) * widths.activation) / 8;
  const outputs = filters * images * layer.outputHeight * outputRowElements(layer);
  return {
    layer,
    filters,
    channels,
    images,
    repeats: repeats * layer.groups,
    buffers,
    kernelBytes,
    inputRowBytes,
    outputElementBytes: widths.output / 8,
    weightBytes: repeats * layer.filters * channels * kernelBytes,
    outputs: repeats * layer.groups * outputs,
    weightsWhole: filters * channels * kernelBytes <= buffers.weight,
    inputWhole: images * layer.inputHeight * inputRowBytes * channels <= buffers.activation,
    partialSumsWhole: outputs * partialSumBytes <= buffers.output,
    rows: givenOr(given.rows, layer.outputHeight).map((tileRows) => rowTiling(layer, tileRows)),
    touchedRows: rowTiling(layer, layer.outputHeight).readRows,
  };
};

/** Filter tiles worth trying for the given channels and rows, `given` alone unless it is 0: see `tileLayer`. */
const filterTiles = (problem: Problem, tileChannels: number, tileRows: number, given: number): number[] => {
  const { filters, images, layer, buffers } = problem;
  const half = buffers.output / 2;
  const rowBytes = outputRowElements(layer) * partialSumBytes;
  const byWeights = problem.weightsWhole
    ? filters
    : Math.floor(buffers.weight / 2 / (tileChannels * problem.kernelBytes));
  const byOutputs = problem.partialSumsWhole ? filters : Math.floor(half / (tileRows * rowBytes));
  if (given > 0) {
    const tile = Math.min(given, filters);
    return tile <= byWeights && tile <= byOutputs ? [tile] : [];
  }
  const withoutSpill = Math.floor(half / (images * layer.outputHeight * rowBytes));
  const largest = atMost(filters, Math.min(byWeights, byOutputs));
  const unspilled = atMost(filters, Math.min(largest, withoutSpill));
  return [...new Set([largest, unspilled])].filter((tile) => tile >= 1);
};

/** The largest ⌈size / i⌉ that does not exceed `limit`; 0 if there is none. */
const atMost = (size: number, limit: number): number => {
  if (limit >= size) return size;
  return limit < 1 ? 0 : Math.ceil(size / Math.ceil(size / limit));
};

/** One way to tile, and what it moves beside the outputs, which are written once in any case. */
interface Candidate {
  readonly tileFilters: number;
  readonly tileChannels: number;
  readonly rows: RowTiling;
  readonly order: Order;
  readonly tiles: number;
  readonly weightBytes: Bytes;
  readonly activationBytes: Bytes;
  readonly spilledBytes: Bytes;
  readonly movedBytes: Bytes;
  readonly transfers: TileTransfers;
  readonly weightPasses: number;
}

const weigh = (
  problem: Problem,
  tileFilters: number,
  tileChannels: number,
  rows: RowTiling,
  order: Order,
): Candidate => {
  const { filters, channels, images, layer } = problem;
  const filterTrips = Math.ceil(filters / tileFilters);
  const channelTrips = Math.ceil(channels / tileChannels);
  const rowTrips = rows.tiles * images;
  // Depth of each loop; one of a single iteration is no loop, as if outside all others.
  const m = filterTrips > 1 ? order.m : -1;
  const c = channelTrips > 1 ? order.c : -1;
  const p = rowTrips > 1 ? order.p : -1;

  const weightPasses = !problem.weightsWhole && p >= 0 && p < Math.max(m, c) ? rowTrips : 1;
  const inputPasses = m >= 0 && m < Math.max(c, p) ? filterTrips : 1;
  const inputRows = problem.inputWhole ? problem.touchedRows : rows.readRows * inputPasses;

  // Partial sums that live across an iteration of the channel loop: those of all tiles inside it.
  const liveFilters = m > c ? filters : tileFilters;
  const liveRows = p > c ? images * layer.outputHeight : rows.tileRows;
  const liveBytes = liveFilters * liveRows * outputRowElements(layer) * partialSumBytes;
  const revisits = c >= 0 && (m > c || p > c);
  const spills = revisits && !problem.partialSumsWhole && liveBytes > problem.buffers.output / 2;

  const weightBytes = problem.weightBytes * weightPasses;
  const activationBytes = problem.repeats * images * inputRows * problem.inputRowBytes * channels;
  const spilledBytes = spills ? (channelTrips - 1) * problem.outputs * partialSumBytes : 0;
  return {
    tileFilters,
    tileChannels,
    rows,
    order,
    tiles: problem.repeats * filterTrips * channelTrips * rowTrips,
    weightBytes,
    activationBytes,
    spilledBytes,
    movedBytes: weightBytes + activationBytes + 2 * spilledBytes,
    weightPasses,
    transfers: {
      weights: problem.repeats * filterTrips * channelTrips * weightPasses,
      activations: problem.repeats * channelTrips * rowTrips * (problem.inputWhole ? 1 : inputPasses),
      outputs: problem.repeats * filterTrips * rowTrips,
      spills: spills ? problem.repeats * filterTrips * rowTrips * (channelTrips - 1) : 0,
    },
  };
};

const isBetter = (candidate: Candidate, best: Candidate): boolean => {
  if (candidate.movedBytes !== best.movedBytes) return candidate.movedBytes < best.movedBytes;
  if (candidate.tiles !== best.tiles) return candidate.tiles < best.tiles;
  return candidate.tileFilters > best.tileFilters;
};
