/**
 * Counts the essential bits of each plane in words[0 … lanes) and writes them to `slices` (see `groupCounts`): the
 * cycles of every channel without a check window. Eight words at a time go through a tree of carry-save adders, three
 * words of one weight into two. Reads on to the next multiple of eight, where `words` must hold zeros; at most 256
 * lanes. Slow twin: `planeCounts`.
 */
export const countOnes = (words: Int32Array, lanes: number, slices: Int32Array): void => {
  let ones = 0;
  let twos = 0;
  let fours = 0;
  let eights = 0;
  let sixteens = 0;
  let count5 = 0;
  let count6 = 0;
  let count7 = 0;
  let count8 = 0;
  for (let lane = 0; lane < lanes; lane += 8) {
    let second = words[lane];
    let third = words[lane + 1];
    let either = ones ^ second;
    let twosA = (ones & second) | (either & third);
    ones = either ^ third;

    second = words[lane + 2];
    third = words[lane + 3];
    either = ones ^ second;
    let twosB = (ones & second) | (either & third);
    ones = either ^ third;

    either = twos ^ twosA;
    const foursA = (twos & twosA) | (either & twosB);
    twos = either ^ twosB;

    second = words[lane + 4];
    third = words[lane + 5];
    either = ones ^ second;
    twosA = (ones & second) | (either & third);
    ones = either ^ third;

    second = words[lane + 6];
    third = words[lane + 7];
    either = ones ^ second;
    twosB = (ones & second) | (either & third);
    ones = either ^ third;

    either = twos ^ twosA;
    const foursB = (twos & twosA) | (either & twosB);
    twos = either ^ twosB;

    either = fours ^ foursA;
    let carry = (fours & foursA) | (either & foursB);
    fours = either ^ foursB;

    let both = eights & carry;
    eights ^= carry;
    carry = sixteens & both;
    sixteens ^= both;
    both = count5 & carry;
    count5 ^= carry;
    carry = count6 & both;
    count6 ^= both;
    both = count7 & carry;
    count7 ^= carry;
    count8 ^= both;
  }
  slices[0] = ones;
  if (slices.length > 1) slices[1] = twos;
  if (slices.length > 2) slices[2] = fours;
  if (slices.length > 3) slices[3] = eights;
  if (slices.length > 4) slices[4] = sixteens;
  if (slices.length > 5) slices[5] = count5;
  if (slices.length > 6) slices[6] = count6;
  if (slices.length > 7) slices[7] = count7;
  if (slices.length > 8) slices[8] = count8;
};
