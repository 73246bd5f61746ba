import type { BufferTraffic } from "../../core/machines/machine.ts";
import type { LayerTransfers } from "../../core/model/transfers.ts";

/** Bytes that a layer moves at one level of memory for one operand, a batch of inputs. */
export interface LevelAccess {
  readonly level: "DRAM" | "weight buffer" | "activation buffer" | "output buffer";
  readonly operand: "weights" | "activations" | "partial sums" | "outputs";
  readonly readBytes: number;
  readonly writtenBytes: number;
}

/** The loop nest of a tiled layer and what it moves. */
export interface LayerNest {
  readonly tile: { readonly filters: number; readonly channels: number; readonly rows: number };
  readonly tiles: number;
  /** Loops over tiles that turn more than once, outermost first, such as `m 4, c 2`; g convolution groups, n inputs of a batch. */
  readonly loops: string;
  readonly accesses: readonly LevelAccess[];
}

/** The loop nest and the accesses of a layer at each level, by operand; what does not occur is left out. */
export const layerNest = (
  {
    filters,
    channels,
    groups,
    outputHeight,
  }: {
    readonly filters: number;
    readonly channels: number;
    readonly groups: number;
    readonly outputHeight: number;
  },
  { tiling, weightBytes, activationBytes, outputBytes, spilledBytes }: LayerTransfers,
  traffic: BufferTraffic,
): LayerNest => {
  const turns = {
    m: Math.ceil(filters / groups / tiling.tileFilters),
    c: Math.ceil(channels / groups / tiling.tileChannels),
    p: Math.ceil(outputHeight / tiling.tileRows),
  };
  const rows: readonly (readonly [LevelAccess["level"], LevelAccess["operand"], number, number])[] = [
    ["DRAM", "weights", weightBytes, 0],
    ["DRAM", "activations", activationBytes, 0],
    ["DRAM", "partial sums", spilledBytes, spilledBytes],
    ["DRAM", "outputs", 0, outputBytes],
    [
      "weight buffer",
      "weights",
      traffic.weightReads + traffic.weightRereads * (tiling.weightPasses - 1),
      tiling.weightBytes,
    ],
    ["activation buffer", "activations", traffic.activationReads, tiling.activationBytes],
    [
      "output buffer",
      "partial sums",
      traffic.partialSumReads + tiling.spilledBytes,
      traffic.partialSumWrites + tiling.spilledBytes,
    ],
    ["output buffer", "outputs", tiling.outputBytes, traffic.outputWrites],
  ];
  return {
    tile: { filters: tiling.tileFilters, channels: tiling.tileChannels, rows: tiling.tileRows },
    tiles: tiling.tiles,
    loops: [
      ["g", groups] as const,
      // Inputs of a batch, each with its tiles of rows.
      ["n", tiling.tiles / (groups * turns.m * turns.c * turns.p)] as const,
      ...tiling.order.map((loop) => [loop, turns[loop]] as const),
    ]
      .filter(([, count]) => count > 1)
      .map(([loop, count]) => `${loop} ${count}`)
      .join(", "),
    accesses: rows
      .filter(([, , read, written]) => read > 0 || written > 0)
      .map(([level, operand, readBytes, writtenBytes]) => ({ level, operand, readBytes, writtenBytes })),
  };
};
