/**
 * Sums of independent intervals, as distributions over whole cycles: `masses[i]` is the probability of `first + i`.
 */
export interface IntervalSum {
  readonly first: number;
  readonly masses: Float64Array;
}

/** Mass that either end of a distribution may lose, so that sums of many intervals stay short. */
const negligible = 1e-12;

/** The sum of no interval. */
export const noInterval: IntervalSum = { first: 0, masses: Float64Array.of(1) };

/**
 * Distribution of `interval(cycles)`, a rising function, where `cumulative[c]` is the probability of at most c cycles.
 */
export const intervalOf = (
  cumulative: ArrayLike<number>,
  interval: (cycles: number) => number,
): IntervalSum => {
  const first = interval(0);
  const masses = new Float64Array(interval(cumulative.length - 1) - first + 1);
  let below = 0;
  for (let count = 0; count < cumulative.length; count++) {
    masses[interval(count) - first] += cumulative[count] - below;
    below = cumulative[count];
  }
  return trimmed(first, masses);
};

/** The sum of two independent sums. */
export const plus = (left: IntervalSum, right: IntervalSum): IntervalSum => {
  const masses = new Float64Array(left.masses.length + right.masses.length - 1);
  left.masses.forEach((mass, index) => {
    for (let other = 0; other < right.masses.length; other++) {
      masses[index + other] += mass * right.masses[other];
    }
  });
  return trimmed(left.first + right.first, masses);
};

/** `count` times the same interval, each an independent draw. */
export const times = (interval: IntervalSum, count: number): IntervalSum => {
  let sum = noInterval;
  let power = interval;
  for (let rest = count; rest > 0; rest >>= 1) {
    if (rest & 1) sum = plus(sum, power);
    if (rest > 1) power = plus(power, power);
  }
  return sum;
};

const trimmed = (first: number, masses: Float64Array): IntervalSum => {
  let from = 0;
  let to = masses.length;
  for (let lost = masses[from]; lost < negligible && from < to - 1; lost += masses[from]) from++;
  for (let lost = masses[to - 1]; lost < negligible && to > from + 1; lost += masses[to - 1]) to--;
  return { first: first + from, masses: masses.slice(from, to) };
};

/**
 * Expected largest of `filters` draws, each the largest of `copies` independent draws from one of `sums`, which is
 * `sums[i]` with probability `shares[i]` (they add up to 1). Neither number need be whole.
 */
export const expectedLargest = (
  sums: readonly IntervalSum[],
  shares: readonly number[],
  filters: number,
  copies: number,
): number => {
  const first = Math.min(...sums.map((sum) => sum.first));
  const last = Math.max(...sums.map(lastOf));
  const atMost = new Float64Array(last - first + 1);
  sums.forEach((sum, index) => {
    const { masses } = sum;
    let cumulative = 0;
    for (let place = 0; place < masses.length - 1; place++) {
      cumulative += masses[place];
      atMost[sum.first - first + place] += shares[index] * raised(cumulative, copies);
    }
    // At the end everything is reached, also what was trimmed.
    for (let place = lastOf(sum) - first; place < atMost.length; place++) atMost[place] += shares[index];
  });
  let expected = last;
  for (let place = 0; place < atMost.length - 1; place++) expected -= raised(atMost[place], filters);
  return expected;
};

const lastOf = ({ first, masses }: IntervalSum): number => first + masses.length - 1;

/** A probability to a power; rounding may have taken it above 1. */
const raised = (probability: number, power: number): number =>
  power === 1 || probability === 0 ? probability : Math.min(1, probability) ** power;
