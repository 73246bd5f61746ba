import type { LayerShape } from "../workloads/layer.ts";

/** A way to cut the output rows of one input. */
export interface RowTiling {
  readonly tileRows: number;
  readonly tiles: number;
  /** Input rows that a tile's buffer must hold. */
  readonly capacityRows: number;
  /** Input rows read over all tiles of an input: shared ones for each tile, padding and rows under no kernel never. */
  readonly readRows: number;
}

/** The output rows of a layer in tiles of so many, the last one shorter. */
export const rowTiling = (layer: LayerShape, tileRows: number): RowTiling => {
  const kernelRows = layer.dilationHeight * (layer.kernelHeight - 1) + 1;
  let readRows = 0;
  for (let first = 0; first < layer.outputHeight; first += tileRows) {
    const end = Math.min(first + tileRows, layer.outputHeight);
    let read = 0;
    for (let row = first; row < end; row++) {
      const top = row * layer.strideHeight - layer.paddingTop;
      const bottom = Math.min(layer.inputHeight, top + kernelRows);
      readRows += Math.max(0, bottom - Math.max(read, top));
      read = Math.max(read, bottom);
    }
  }
  return {
    tileRows,
    tiles: Math.ceil(layer.outputHeight / tileRows),
    capacityRows: (tileRows - 1) * layer.strideHeight + kernelRows,
    readRows,
  };
};
