/**
 * Least values over ranges of positions 0 … i, in a Fenwick tree (P. M. Fenwick, Software: Practice and Experience
 * 24(3), 1994): node k, from 1, holds the least value of the (k & −k) positions that end at k − 1. All start at infinity.
 */
export type MinimaTree = Float64Array;

/** A tree over so many positions. */
export const minimaTree = (positions: number): MinimaTree => new Float64Array(positions + 1).fill(Infinity);

/** The least value at positions up to and including this one. O(log positions). */
export const leastUpTo = (tree: MinimaTree, position: number): number => {
  let least = Infinity;
  for (let node = position + 1; node > 0; node &= node - 1) {
    const value = tree[node]!;
    if (value < least) least = value;
  }
  return least;
};

/** Lowers the value at a position; a value that is not lower changes nothing. O(log positions). */
export const lower = (tree: MinimaTree, position: number, value: number): void => {
  // A node's range lies within the next one's, whose value is therefore no higher.
  for (let node = position + 1; node < tree.length && tree[node]! > value; node += node & -node) {
    tree[node] = value;
  }
};

/** Puts infinity back wherever `lower` at this position may have put a value. O(log positions). */
export const forget = (tree: MinimaTree, position: number): void => {
  for (let node = position + 1; node < tree.length; node += node & -node) tree[node] = Infinity;
};
