import { expectedMaximum } from "../expected-maximum.ts";
import { termPlaces } from "../term-words.ts";
import { intervalStart } from "./term-intervals.ts";

const counts = termPlaces + 1;

/**
 * Shares of steps by the cycles that one column of `lanes` lanes takes, 0 … 16, from the terms that operands have in each
 * interval of places (see `termIntervals`), lanes being independent.
 *
 * The column rule has a closed form. F(s), the cycles until all terms up to place s are taken, is the largest of
 * F(b − 2^B) + M(b, s) over b ≤ s, with M(b, s) the most terms that a lane has in the places b … s: the lane that is last
 * took one term in each of the final cycles, the first of them at b, as soon as all terms up to b − 2^B were out of the way.
 * Left out is how the terms of different intervals hang together: the two summands are taken as independent, and of the
 * candidates b the one that is longest in distribution is taken for the maximum [our decision]. With four bits of the
 * first stage, and with none, nothing of that matters to the mean of one column.
 */
export const columnHistogram = (
  intervals: Float64Array,
  lanes: number,
  firstStageBits: number,
): Float64Array => {
  const reach = 2 ** firstStageBits;
  const upTo: Float64Array[] = [];
  for (let high = 0; high < termPlaces; high++) {
    const cumulative = new Float64Array(counts).fill(1);
    for (let low = 0; low <= high; low++) {
      let most = mostTerms(intervals, low, high, lanes);
      if (low >= reach) most = sumOf(upTo[low - reach], most);
      let share = 0;
      for (let count = 0; count < counts; count++) {
        share += most[count];
        cumulative[count] = Math.min(cumulative[count], share);
      }
    }
    upTo.push(differences(cumulative));
  }
  const histogram = upTo[termPlaces - 1];
  // A step without terms takes a cycle too.
  histogram[1] += histogram[0];
  histogram[0] = 0;
  return histogram;
};

/** Shares by the most terms that one of the lanes has in the places low … high. */
const mostTerms = (intervals: Float64Array, low: number, high: number, lanes: number): Float64Array => {
  const start = intervalStart(low, high);
  const cumulative = new Float64Array(counts);
  let share = 0;
  for (let count = 0; count < counts; count++) {
    share += intervals[start + count];
    cumulative[count] = Math.min(1, share) ** lanes;
  }
  return differences(cumulative);
};

const differences = (cumulative: Float64Array): Float64Array =>
  cumulative.map((share, count) => share - (count === 0 ? 0 : cumulative[count - 1]));

/** The distribution of the sum of two independent counts of at most 16 together. */
const sumOf = (first: Float64Array, second: Float64Array): Float64Array => {
  const sum = new Float64Array(counts);
  for (let left = 0; left < counts; left++) {
    for (let right = 0; left + right < counts; right++) sum[left + right] += first[left] * second[right];
  }
  return sum;
};

/** Steps of one kind: how many, and the cycles that one column takes for one. */
export interface StepKind {
  readonly steps: number;
  readonly histogram: Float64Array;
}

/**
 * Expected cycles of steps on `columns` columns with `registers` registers each (see `columnRegisters`), the steps of all
 * columns being independent. Without registers it is the expected longest column, step by step. With R registers a column
 * holds the others up once it lags R steps behind their pace of g cycles a step. That a column lags by more than y has a
 * probability that falls as e^(−θy), with θ from E[e^(θd)] = e^(θg) for a step of d cycles (Lundberg's exponent of the
 * random walk); g is the pace at which one column is expected that far behind: columns · e^(−θRg) = 1 [our decision], so
 * E[e^(θd)]^R = columns and g = ln(columns) / (θR), never more than without registers.
 */
export const expectedSteps = (kinds: readonly StepKind[], columns: number, registers: number): number => {
  const together = kinds.reduce(
    (sum, { steps, histogram }) => sum + steps * expectedMaximum(histogram, columns),
    0,
  );
  if (registers === 0 || columns === 1) return together;
  const steps = kinds.reduce((sum, kind) => sum + kind.steps, 0);
  const goal = Math.log(columns) / registers;
  let below = 0;
  // A step takes a cycle at least, so that ln E[e^(θd)] is no less than θ.
  let above = goal;
  for (let halving = 0; halving < 50; halving++) {
    const middle = (below + above) / 2;
    const logMoment = kinds.reduce((sum, kind) => sum + kind.steps * logMomentOf(kind.histogram, middle), 0);
    if (logMoment < steps * goal) below = middle;
    else above = middle;
  }
  return Math.min(together, (steps * goal) / above);
};

/** ln E[e^(θd)] */
const logMomentOf = (histogram: Float64Array, theta: number): number => {
  let moment = 0;
  for (let cycles = 0; cycles < histogram.length; cycles++)
    moment += histogram[cycles] * Math.exp(theta * cycles);
  return Math.log(moment);
};
