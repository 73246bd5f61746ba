/** A set of ranks below a size that is fixed at the start. */
export interface RankSet {
  add(rank: number): void;
  remove(rank: number): void;
  /** The least member above a rank, −1 if there is none. */
  above(rank: number): number;
  /** The greatest member up to and including a rank, −1 if there is none. */
  upTo(rank: number): number;
}

const lowestBit = (word: number): number => 31 - Math.clz32(word & -word);
const highestBit = (word: number): number => 31 - Math.clz32(word);

/**
 * An empty set of ranks 0 … size − 1: a bit a rank, and above each level of words a bit for each word that is not 0.
 * Every operation takes O(log₃₂ size).
 */
export const rankSet = (size: number): RankSet => {
  const levels: Int32Array[] = [];
  let words = size;
  do {
    words = (words >>> 5) + 1;
    levels.push(new Int32Array(words));
  } while (words > 1);
  return {
    add: (rank) => {
      let bit = rank;
      for (const level of levels) {
        const word = bit >>> 5;
        level[word]! |= 1 << (bit & 31);
        bit = word;
      }
    },
    remove: (rank) => {
      let bit = rank;
      for (const level of levels) {
        const word = bit >>> 5;
        level[word]! &= ~(1 << (bit & 31));
        if (level[word] !== 0) return;
        bit = word;
      }
    },
    above: (rank) => {
      let bit = rank + 1;
      for (let height = 0; height < levels.length; height++) {
        const word = bit >>> 5;
        const found = word < levels[height]!.length ? levels[height]![word]! & (-1 << (bit & 31)) : 0;
        if (found !== 0) {
          let member = (word << 5) | lowestBit(found);
          for (let below = height - 1; below >= 0; below--) {
            member = (member << 5) | lowestBit(levels[below]![member]!);
          }
          return member;
        }
        bit = word + 1;
      }
      return -1;
    },
    upTo: (rank) => {
      let bit = rank + 1;
      for (let height = 0; height < levels.length; height++) {
        const word = bit >>> 5;
        const found = levels[height]![word]! & ((1 << (bit & 31)) - 1);
        if (found !== 0) {
          let member = (word << 5) | highestBit(found);
          for (let below = height - 1; below >= 0; below--) {
            member = (member << 5) | highestBit(levels[below]![member]!);
          }
          return member;
        }
        bit = word;
      }
      return -1;
    },
  };
};
