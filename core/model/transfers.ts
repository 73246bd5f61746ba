import type { Bytes } from "../units.ts";
import type { LayerShape } from "../workloads/layer.ts";
import type { Buffers, Tiling } from "./tiling.ts";

/** What a tiled layer moves to and from DRAM, in whole bursts; the tiling says what its buffers are filled with. */
export interface LayerTransfers {
  readonly tiling: Tiling;
  readonly weightBytes: Bytes;
  readonly activationBytes: Bytes;
  readonly outputBytes: Bytes;
  /** Partial sums that are written; as many are read. */
  readonly spilledBytes: Bytes;
}

/** What DRAM reads for a layer beside its weights, and what it writes. */
export const activationLoads = ({ activationBytes, spilledBytes }: LayerTransfers): Bytes =>
  activationBytes + spilledBytes;
export const stores = ({ outputBytes, spilledBytes }: LayerTransfers): Bytes => outputBytes + spilledBytes;

/**
 * DRAM transfers of all layers of a network. Every operand of a tile is one piece in DRAM, moved in whole bursts; tiles
 * are taken as equal parts [our decision]. With `chained`, layers are a chain in their order [our decision: branches
 * are not known]: outputs that fit the output buffer beside the partial sums, before a layer that takes as many inputs
 * and has room for all of them, go there on the chip, without DRAM and without time. Of other size are inputs behind a
 * pooling, and those of attention products: they come by way of DRAM.
 */
export const networkTransfers = (
  layers: readonly LayerShape[],
  tilings: readonly Tiling[],
  burstBytes: Bytes,
  chained: boolean,
  buffers: Pick<Buffers, "activation" | "output">,
): LayerTransfers[] => {
  /** Whether the outputs of a layer stay on the chip for the next one. */
  const stays = (layer: number): boolean =>
    chained &&
    layer >= 0 &&
    layer + 1 < layers.length &&
    layers[layer + 1].kind !== "matmul" &&
    tilings[layer].outputBytes === tilings[layer + 1].inputBytes &&
    tilings[layer].outputBytes + tilings[layer].partialSumBytes <= buffers.output &&
    tilings[layer + 1].inputBytes <= buffers.activation;
  return tilings.map((tiling, layer): LayerTransfers => {
    const { transfers } = tiling;
    const inBursts = (bytes: Bytes, count: number): Bytes => wholeBursts(bytes, count, burstBytes);
    return {
      tiling,
      weightBytes: inBursts(tiling.weightBytes, transfers.weights),
      activationBytes: stays(layer - 1) ? 0 : inBursts(tiling.activationBytes, transfers.activations),
      outputBytes: stays(layer) ? 0 : inBursts(tiling.outputBytes, transfers.outputs),
      spilledBytes: inBursts(tiling.spilledBytes, transfers.spills),
    };
  });
};

/** `bytes` in `count` equal pieces, each rounded up to whole bursts. */
const wholeBursts = (bytes: Bytes, count: number, burstBytes: Bytes): Bytes =>
  // Pieces of exactly so many bursts may come out a digit larger.
  count === 0 ? 0 : count * Math.ceil(bytes / count / burstBytes - 1e-9) * burstBytes;
