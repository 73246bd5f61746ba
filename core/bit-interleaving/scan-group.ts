/**
 * The scan of one group, bit-sliced: every machine word carries one bit of state for each of the 24 planes, so that a
 * lane is processed for all planes at once. Slow twin: `distill`.
 *
 * State a plane: the distance of the current lane from the window's start (6 bits, so windows up to 64), whether the
 * window has seen a one, whether the next lane starts a window, and the count of windows (9 bits: up to 511).
 *
 * `words[0 … lanes)` are aligned magnitudes, the group is padded with zeros up to `laneWidth` ≤ 256 lanes; `mask`
 * enables planes. Returns the largest cycle count over the enabled planes.
 */
export const scanGroup = (
  words: Int32Array,
  lanes: number,
  laneWidth: number,
  window: number,
  mask: number,
): number => {
  // A window ends where its distance equals window − 1: bit by bit, distance XOR flip is all ones.
  const last = window - 1;
  const flip0 = last & 1 ? 0 : -1;
  const flip1 = last & 2 ? 0 : -1;
  const flip2 = last & 4 ? 0 : -1;
  const flip3 = last & 8 ? 0 : -1;
  const flip4 = last & 16 ? 0 : -1;
  const flip5 = last & 32 ? 0 : -1;
  let distance0 = 0;
  let distance1 = 0;
  let distance2 = 0;
  let distance3 = 0;
  let distance4 = 0;
  let distance5 = 0;
  let seen = 0;
  let fresh = -1;
  let count0 = 0;
  let count1 = 0;
  let count2 = 0;
  let count3 = 0;
  let count4 = 0;
  let count5 = 0;
  let count6 = 0;
  let count7 = 0;
  let count8 = 0;
  for (let lane = 0; lane < laneWidth; lane++) {
    const bit = lane < lanes ? words[lane] : 0;
    const restart = fresh | (bit & seen);
    // count += restart
    let carry = restart;
    let sum = count0 ^ carry;
    carry &= count0;
    count0 = sum;
    sum = count1 ^ carry;
    carry &= count1;
    count1 = sum;
    sum = count2 ^ carry;
    carry &= count2;
    count2 = sum;
    sum = count3 ^ carry;
    carry &= count3;
    count3 = sum;
    if (carry !== 0) {
      sum = count4 ^ carry;
      carry &= count4;
      count4 = sum;
      sum = count5 ^ carry;
      carry &= count5;
      count5 = sum;
      sum = count6 ^ carry;
      carry &= count6;
      count6 = sum;
      sum = count7 ^ carry;
      carry &= count7;
      count7 = sum;
      count8 ^= carry;
    }
    // distance = restart ? 0 : distance + 1
    carry = distance0;
    distance0 = ~distance0 & ~restart;
    sum = distance1 ^ carry;
    carry &= distance1;
    distance1 = sum & ~restart;
    sum = distance2 ^ carry;
    carry &= distance2;
    distance2 = sum & ~restart;
    sum = distance3 ^ carry;
    carry &= distance3;
    distance3 = sum & ~restart;
    sum = distance4 ^ carry;
    carry &= distance4;
    distance4 = sum & ~restart;
    distance5 = (distance5 ^ carry) & ~restart;
    seen = (seen & ~restart) | bit;
    fresh =
      (distance0 ^ flip0) &
      (distance1 ^ flip1) &
      (distance2 ^ flip2) &
      (distance3 ^ flip3) &
      (distance4 ^ flip4) &
      (distance5 ^ flip5);
    seen &= ~fresh;
  }
  // The largest count, from its top bit down: keep the planes that still can be the largest.
  let candidates = mask;
  let largest = 0;
  const counts = [count0, count1, count2, count3, count4, count5, count6, count7, count8];
  for (let bit = 8; bit >= 0; bit--) {
    const set = counts[bit] & candidates;
    if (set !== 0) {
      candidates = set;
      largest |= 1 << bit;
    }
  }
  return largest;
};
