import type { TiledAxis, TiledPlane } from "./tiles.ts";

/**
 * Cycles in which the processing elements hand each other the partial sums of one filter that lie outside their own tile:
 * the largest of the 8 regions around a tile, one sum a cycle [DNNsim]. Along an axis a tile's inputs reach dilation ·
 * (kernel − 1) − before positions back and `before` positions on; there is nothing to hand over along an axis with a
 * single tile. With a stride, lengths are divided by it and rounded up, since only every stride-th position has a sum
 * [our decision: DNNsim counts positions of the input].
 */
export const haloCycles = ({ vertical, horizontal }: TiledPlane): number => {
  const rows = reaches(vertical);
  const columns = reaches(horizontal);
  let largest = 0;
  rows.forEach((height, row) => {
    columns.forEach((width, column) => {
      if (row !== 1 || column !== 1) largest = Math.max(largest, height * width);
    });
  });
  return largest;
};

/** Lengths of the regions before, beside and behind a tile. */
const reaches = ({ kernel, dilation, before, stride, tile, tiles }: TiledAxis): readonly number[] => {
  const back = tiles > 1 ? Math.max(0, dilation * (kernel - 1) - before) : 0;
  const on = tiles > 1 ? before : 0;
  return [back, tile, on].map((length) => Math.ceil(length / stride));
};
