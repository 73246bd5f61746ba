const bits = 11;
const buckets = 2 ** bits;
const mask = buckets - 1;

/**
 * The positions 0 … count − 1 in the order of their keys, whole numbers below 2³²; equal keys keep their order. Sorts by
 * eleven bits at a time, the least significant first, as far as the keys differ in them: several times faster than
 * comparing.
 */
export const radixOrder = (keys: Uint32Array, count: number): Uint32Array => {
  let order = new Uint32Array(count);
  for (let position = 0; position < count; position++) order[position] = position;
  let next = new Uint32Array(count);
  const ends = new Uint32Array(buckets);
  for (let shift = 0; shift < 32; shift += bits) {
    ends.fill(0);
    for (let position = 0; position < count; position++) ends[(keys[position] >>> shift) & mask]++;
    if (count === 0 || ends[(keys[0] >>> shift) & mask] === count) continue;
    let sum = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      const here = ends[bucket];
      ends[bucket] = sum;
      sum += here;
    }
    for (let place = 0; place < count; place++) {
      const position = order[place];
      next[ends[(keys[position] >>> shift) & mask]++] = position;
    }
    [order, next] = [next, order];
  }
  return order;
};
