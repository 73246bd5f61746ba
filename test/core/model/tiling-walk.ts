import type { Buffers, TiledWidths, TileLoop, TileTransfers } from "../../../core/model/tiling.ts";
import type { LayerShape } from "../../../core/workloads/layer.ts";

/** What a walk through all tiles moved. */
export interface Walk {
  readonly weightBytes: number;
  readonly activationBytes: number;
  readonly outputBytes: number;
  readonly spilledBytes: number;
  readonly tiles: number;
  readonly movedBytes: number;
  /** How often a tile of each operand was moved. */
  readonly transfers: TileTransfers;
}

export interface TileSizes {
  readonly filters: number;
  readonly channels: number;
  readonly rows: number;
}

/** Pieces [from, to) of a range, `size` each, the last as long as is left. */
const pieces = (length: number, size: number): [number, number][] => {
  const result: [number, number][] = [];
  for (let from = 0; from < length; from += size) result.push([from, Math.min(length, from + size)]);
  return result;
};

/**
 * Walks through every tile in loop order, holding the last tile of each operand (or, where it fits its buffer whole,
 * everything loaded so far), and counts what must be loaded and stored. Partial sums: if those begun and not finished
 * ever exceed half the output buffer, a tile of them is stored when left and loaded when it comes back.
 * Undefined where a tile does not fit.
 */
export const walkTiles = (
  layer: LayerShape,
  batch: number,
  widths: TiledWidths,
  buffers: Buffers,
  tile: TileSizes,
  order: readonly TileLoop[],
): Walk | undefined => {
  const filters = layer.filters / layer.groups;
  const channels = layer.channels / layer.groups;
  const images = layer.kind === "matmul" ? 1 : batch;
  const runs = layer.groups * (layer.kind === "matmul" ? batch : 1);
  // A third axis is not cut: each row and each kernel has all of it.
  const depth = layer.depth ?? { input: 1, output: 1, kernel: 1 };
  const rowOutputs = depth.output * layer.outputWidth;
  const kernel = (depth.kernel * layer.kernelHeight * layer.kernelWidth * widths.weight) / 8;
  const rowBytes = (depth.input * layer.inputWidth * widths.activation) / 8;
  const extent = layer.dilationHeight * (layer.kernelHeight - 1) + 1;
  const outputs = filters * images * layer.outputHeight * rowOutputs;

  const weightsWhole = filters * channels * kernel <= buffers.weight;
  const inputWhole = images * layer.inputHeight * channels * rowBytes <= buffers.activation;
  const sumsWhole = outputs * 4 <= buffers.output;
  const tileRows = (tile.rows - 1) * layer.strideHeight + extent;
  if (!weightsWhole && tile.filters * tile.channels * kernel > buffers.weight / 2) return undefined;
  if (!inputWhole && tileRows * tile.channels * rowBytes > buffers.activation / 2) return undefined;
  if (!sumsWhole && tile.filters * tile.rows * rowOutputs * 4 > buffers.output / 2) return undefined;

  const loops = {
    m: pieces(filters, tile.filters),
    c: pieces(channels, tile.channels),
    p: Array.from({ length: images }, (_, image) =>
      pieces(layer.outputHeight, tile.rows).map((rows) => ({ image, rows })),
    ).flat(),
  };
  const visits: { m: number; c: number; p: number }[] = [];
  const index = { m: 0, c: 0, p: 0 };
  for (index[order[0]] = 0; index[order[0]] < loops[order[0]].length; index[order[0]]++) {
    for (index[order[1]] = 0; index[order[1]] < loops[order[1]].length; index[order[1]]++) {
      for (index[order[2]] = 0; index[order[2]] < loops[order[2]].length; index[order[2]]++)
        visits.push({ ...index });
    }
  }
  const sumBytes = (m: number, p: number): number => {
    const [fromFilter, toFilter] = loops.m[m];
    const [fromRow, toRow] = loops.p[p].rows;
    return (toFilter - fromFilter) * (toRow - fromRow) * rowOutputs * 4;
  };

  let weightBytes = 0;
  let activationBytes = 0;
  const moved = { weights: 0, activations: 0, outputs: 0, spills: 0 };
  const seenInput = new Set<string>();
  let heldWeights = "";
  let heldInput = "";
  const loadedWeights = new Set<string>();
  const loadedInput = new Set<string>();
  const begun = new Map<string, number>();
  let live = 0;
  let mostLive = 0;
  let passed = 0;
  let lastSums = "";
  for (const { m, c, p } of visits) {
    const [fromFilter, toFilter] = loops.m[m];
    const [fromChannel, toChannel] = loops.c[c];
    const weightTile = `${m}/${c}`;
    if (weightsWhole ? !loadedWeights.has(weightTile) : heldWeights !== weightTile) {
      weightBytes += (toFilter - fromFilter) * (toChannel - fromChannel) * kernel;
      moved.weights++;
    }
    loadedWeights.add(weightTile);
    heldWeights = weightTile;

    const inputTile = `${c}/${p}`;
    if (heldInput !== inputTile) {
      if (!inputWhole || !seenInput.has(inputTile)) moved.activations++;
      seenInput.add(inputTile);
      const { image, rows } = loops.p[p];
      const needed = new Set<number>();
      for (let output = rows[0]; output < rows[1]; output++) {
        for (let row = 0; row < extent; row++) {
          const input = output * layer.strideHeight - layer.paddingTop + row;
          if (input >= 0 && input < layer.inputHeight) needed.add(input);
        }
      }
      for (const row of needed) {
        const key = `${c}/${image}/${row}`;
        if (!inputWhole || !loadedInput.has(key)) activationBytes += (toChannel - fromChannel) * rowBytes;
        loadedInput.add(key);
      }
    }
    heldInput = inputTile;

    const sums = `${m}/${p}`;
    const done = (begun.get(sums) ?? 0) + 1;
    if (done === 1) live += sumBytes(m, p);
    mostLive = Math.max(mostLive, live);
    if (done > 1 && lastSums !== sums) {
      passed += sumBytes(m, p);
      moved.spills++;
    }
    begun.set(sums, done);
    if (done === loops.c.length) {
      live -= sumBytes(m, p);
      moved.outputs++;
    }
    lastSums = sums;
  }
  const spilled = !sumsWhole && mostLive > buffers.output / 2 ? passed : 0;
  const outputBytes = (outputs * widths.output) / 8;
  return {
    weightBytes: runs * weightBytes,
    activationBytes: runs * activationBytes,
    outputBytes: runs * outputBytes,
    spilledBytes: runs * spilled,
    tiles: runs * visits.length,
    movedBytes: runs * (weightBytes + activationBytes + outputBytes + 2 * spilled),
    transfers: {
      weights: runs * moved.weights,
      activations: runs * moved.activations,
      outputs: runs * moved.outputs,
      spills: spilled > 0 ? runs * moved.spills : 0,
    },
  };
};

/** Every order of the tile loops. */
const tileOrders: readonly (readonly TileLoop[])[] = [
  ["m", "c", "p"],
  ["m", "p", "c"],
  ["c", "m", "p"],
  ["c", "p", "m"],
  ["p", "m", "c"],
  ["p", "c", "m"],
];

/** A tile and an order with what they move. */
export interface Found {
  readonly tile: TileSizes;
  readonly order: readonly TileLoop[];
  readonly walk: Walk;
}

/** What is tried instead of all sizes, or of all orders such as `mpc`. */
export interface Narrowed {
  readonly filters: (length: number) => readonly number[];
  readonly channels: (length: number) => readonly number[];
  readonly rows: (length: number) => readonly number[];
  readonly orders: readonly string[] | undefined;
}

/** Every tile of the given sizes in every order that fits. */
export const allTilings = (
  layer: LayerShape,
  batch: number,
  widths: TiledWidths,
  buffers: Buffers,
  sizes: (length: number) => readonly number[],
  narrowed: Narrowed = { filters: sizes, channels: sizes, rows: sizes, orders: undefined },
): Found[] => {
  const found: Found[] = [];
  const { orders } = narrowed;
  for (const filters of narrowed.filters(layer.filters / layer.groups)) {
    for (const channels of narrowed.channels(layer.channels / layer.groups)) {
      for (const rows of narrowed.rows(layer.outputHeight)) {
        for (const order of tileOrders) {
          if (orders !== undefined && !orders.includes(order.join(""))) continue;
          const tile = { filters, channels, rows };
          const walk = walkTiles(layer, batch, widths, buffers, tile, order);
          if (walk) found.push({ tile, order, walk });
        }
      }
    }
  }
  return found;
};
