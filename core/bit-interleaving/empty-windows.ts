/**
 * The scan of one group, bit-sliced: every machine word carries one bit of state for each of the 24 planes, so that a
 * lane is processed for all planes at once. State of a plane: the distance of the current lane from the window's start,
 * and whether the window has seen a one.
 *
 * Counts the windows without a one that the scan of words[0 … lanes) visits, for a check window of 1 … 64, and writes
 * them to `slices` (see `groupCounts`). With the essential bits of the plane they are its cycles, since every
 * other window takes exactly one of them. At most 256 lanes. Slow twin: `distill`.
 */
export const emptyWindows = (words: Int32Array, lanes: number, window: number, slices: Int32Array): void => {
  for (let level = 0; level < slices.length; level++) slices[level] = 0;
  if (window === 8) scanEight(words, lanes, slices);
  else scanAny(words, lanes, window, slices);
};

/** Adds a one to the counts of the planes in `carry`. */
const increment = (slices: Int32Array, planes: number): void => {
  let carry = planes;
  for (let level = 0; carry !== 0 && level < slices.length; level++) {
    const slice = slices[level];
    slices[level] = slice ^ carry;
    carry &= slice;
  }
};

/** The window of 8 that was built: a distance of three bits wraps around where the window ends. */
const scanEight = (words: Int32Array, lanes: number, slices: Int32Array): void => {
  let distance0 = -1;
  let distance1 = -1;
  let distance2 = -1;
  let seen = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const bit = words[lane];
    // A second one starts a window of its own; otherwise the distance grows by one.
    const goesOn = ~(bit & seen);
    const both = distance1 & distance0;
    distance1 = (distance1 ^ distance0) & goesOn;
    distance0 = ~distance0 & goesOn;
    distance2 = (distance2 ^ both) & goesOn;
    seen |= bit;
    const last = distance0 & distance1 & distance2;
    const empty = last & ~seen;
    if (empty !== 0) increment(slices, empty);
    seen &= ~last;
  }
  // A window that reaches past the last lane and is empty so far has been visited, too.
  increment(slices, ~(distance0 & distance1 & distance2) & ~seen);
};

const distance = new Int32Array(6);

/** Any window: the distance has six bits, and a plane in `fresh` starts a window at the next lane. */
const scanAny = (words: Int32Array, lanes: number, window: number, slices: Int32Array): void => {
  distance.fill(0);
  let seen = 0;
  let fresh = -1;
  for (let lane = 0; lane < lanes; lane++) {
    const bit = words[lane];
    const goesOn = ~(fresh | (bit & seen));
    let carry = -1;
    let last = -1;
    for (let level = 0; level < 6; level++) {
      const own = distance[level];
      const next = (own ^ carry) & goesOn;
      carry &= own;
      distance[level] = next;
      last &= ((window - 1) >>> level) & 1 ? next : ~next;
    }
    seen = (seen & goesOn) | bit;
    const empty = last & ~seen;
    if (empty !== 0) increment(slices, empty);
    seen &= ~last;
    fresh = last;
  }
  increment(slices, ~fresh & ~seen);
};
