/**
 * Something to measure: `work` handles `quantity` items, and answers with a number that depends on all of them. Work on
 * threads answers later.
 */
export interface Work {
  readonly name: string;
  readonly quantity: number;
  readonly work: () => number | Promise<number>;
}

/** Works on the same kind of items: those of bitfront, and plain loops that show what the machine can do. */
export interface Benchmark {
  readonly title: string;
  /** What `quantity` counts. */
  readonly items: string;
  readonly subjects: readonly Work[];
  readonly yardsticks: readonly Work[];
  /** Lines to print behind the table, once everything is measured. */
  readonly remarks?: () => readonly string[];
}

/** What a measurement found. */
export interface Rate {
  readonly name: string;
  /** Items a second, the median of the rounds. */
  readonly rate: number;
  /** Whether rounds agreed within 5 %; if not, the rate is not to be trusted. */
  readonly settled: boolean;
}

const roundSeconds = 0.1;
const warmUpRounds = 40;
const rounds = 7;

/** Work of more than this is long enough to need no warming up. */
const longSeconds = 1;

/** Keeps every result, so that no work can be left out for having none. */
let kept = 0;

/** Seconds that `repetitions` of the work take. */
const seconds = async (work: Work["work"], repetitions: number): Promise<number> => {
  const began = performance.now();
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const result = work();
    kept += typeof result === "number" ? result : await result;
  }
  return (performance.now() - began) / 1000;
};

/**
 * Measures a work: rounds of a tenth of a second or longer, until two agree within 5 %, and then seven more. Work of
 * more than a second is done three times.
 */
export const measure = async ({ name, quantity, work }: Work): Promise<Rate> => {
  let repetitions = 1;
  let first = await seconds(work, repetitions);
  while (first < roundSeconds) {
    repetitions *= 2;
    first = await seconds(work, repetitions);
  }
  const round = async (): Promise<number> => (quantity * repetitions) / (await seconds(work, repetitions));
  if (first > longSeconds) {
    const three = [quantity / first, await round(), await round()].sort((left, right) => left - right);
    return { name, rate: three[1], settled: three[2] - three[0] <= 0.05 * three[1] };
  }
  let previous = await round();
  let settled = false;
  for (let count = 0; count < warmUpRounds && !settled; count++) {
    const rate = await round();
    settled = Math.abs(rate - previous) <= 0.05 * previous;
    previous = rate;
  }
  const rates: number[] = [];
  while (rates.length < rounds) rates.push(await round());
  rates.sort((left, right) => left - right);
  if (Number.isNaN(kept)) throw new Error(`${name}: a result is NaN`);
  return { name, rate: rates[(rounds - 1) / 2], settled };
};
