/** The distinct values of ⌈size / i⌉, largest first. */
export const tileSizes = (size: number): number[] => {
  const sizes: number[] = [];
  for (let tiles = 1; tiles <= size; ) {
    const tile = Math.ceil(size / tiles);
    sizes.push(tile);
    if (tile === 1) break;
    // The fewest tiles that allow a smaller tile.
    tiles = Math.ceil(size / (tile - 1));
  }
  return sizes;
};
