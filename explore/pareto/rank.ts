const digitBits = 11;
const digits = 6;
const buckets = 1 << digitBits;
const lastBucket = buckets - 1;

/** Below this length, a comparing sort is faster than counting 6 × 2048 buckets. */
const comparedBelow = 256;

/** Where the word with the sign lies in a double. */
const highWord = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * Digit number `digit`, from the least, of the whole number that orders doubles as they are ordered: the bits of a
 * positive double with the sign bit set, the complement of the bits of a negative one.
 */
const digitOf = (high: number, low: number, digit: number): number => {
  const sign = high >> 31;
  const upper = high ^ (sign | 0x80000000);
  const lower = low ^ sign;
  const shift = digit * digitBits;
  if (shift >= 32) return (upper >>> (shift - 32)) & lastBucket;
  if (shift + digitBits <= 32) return (lower >>> shift) & lastBucket;
  return ((lower >>> shift) | (upper << (32 - shift))) & lastBucket;
};

/** The whole numbers below `count`. */
const ascending = (count: number): Int32Array<ArrayBuffer> => {
  const rows = new Int32Array(count);
  for (let row = 0; row < count; row++) rows[row] = row;
  return rows;
};

/**
 * The rows of a column by rising value; rows of equal value stay in the order of `rows` (all rows, ascending, where
 * that is left out). Assumes finite values without −0. A radix sort over digits of 11 bits, which passes over the
 * digits that all values share; O(n).
 */
export const sortRows = (column: Float64Array, rows?: Int32Array): Int32Array<ArrayBuffer> => {
  const count = column.length;
  let order = rows === undefined ? ascending(count) : Int32Array.from(rows);
  if (count < comparedBelow) return order.sort((left, right) => column[left]! - column[right]!);

  let keys = new Float64Array(count);
  for (let position = 0; position < count; position++) keys[position] = column[order[position]!]!;
  let words = new Int32Array(keys.buffer);
  const ends = new Int32Array(digits * buckets);
  for (let position = 0; position < count; position++) {
    const high = words[2 * position + highWord]!;
    const low = words[2 * position + 1 - highWord]!;
    for (let digit = 0; digit < digits; digit++) ends[digit * buckets + digitOf(high, low, digit)]!++;
  }
  let nextOrder = new Int32Array(count);
  let nextKeys = new Float64Array(count);
  for (let digit = 0; digit < digits; digit++) {
    const starts = ends.subarray(digit * buckets, (digit + 1) * buckets);
    if (starts.includes(count)) continue;
    let sum = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      const size = starts[bucket]!;
      starts[bucket] = sum;
      sum += size;
    }
    for (let position = 0; position < count; position++) {
      const bucket = digitOf(words[2 * position + highWord]!, words[2 * position + 1 - highWord]!, digit);
      const to = starts[bucket]!++;
      nextKeys[to] = keys[position]!;
      nextOrder[to] = order[position]!;
    }
    [keys, nextKeys] = [nextKeys, keys];
    [order, nextOrder] = [nextOrder, order];
    words = new Int32Array(keys.buffer);
  }
  return order;
};

/** Dense ranks: position of each row's value among the distinct values of its column, from 0, and their number. */
export interface Ranks {
  readonly ranks: Int32Array;
  readonly distinct: number;
}

/** The dense ranks of a column whose rows are sorted by value. Equal values, and only they, share a rank. */
export const denseRanks = (column: Float64Array, sorted: Int32Array): Ranks => {
  const ranks = new Int32Array(column.length);
  let rank = 0;
  for (let position = 1; position < sorted.length; position++) {
    const row = sorted[position]!;
    if (column[row] !== column[sorted[position - 1]!]) rank++;
    ranks[row] = rank;
  }
  return { ranks, distinct: sorted.length === 0 ? 0 : rank + 1 };
};
