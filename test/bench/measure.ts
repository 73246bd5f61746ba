/** Something to measure: `work` handles `quantity` items, and answers with a number that depends on all of them. */
export interface Work {
  readonly name: string;
  readonly quantity: number;
  readonly work: () => number;
}

/** Works on the same kind of items: those of bitfront, and plain loops that show what the machine can do. */
export interface Benchmark {
  readonly title: string;
  /** What `quantity` counts. */
  readonly items: string;
  readonly subjects: readonly Work[];
  readonly yardsticks: readonly Work[];
}

/** What a measurement found. */
export interface Rate {
  readonly name: string;
  /** Items a second, the median of seven rounds. */
  readonly rate: number;
  /** Whether two rounds before them agreed within 5 %; if not, the rate is not to be trusted. */
  readonly settled: boolean;
}

const roundSeconds = 0.1;
const warmUpRounds = 40;
const rounds = 7;

/** Keeps every result, so that no work can be left out for having none. */
let kept = 0;

/** Seconds that `repetitions` of the work take. */
const seconds = (work: () => number, repetitions: number): number => {
  const began = performance.now();
  for (let repetition = 0; repetition < repetitions; repetition++) kept += work();
  return (performance.now() - began) / 1000;
};

/** Measures a work: rounds of a tenth of a second or longer, until two agree within 5 %, and then seven more. */
export const measure = ({ name, quantity, work }: Work): Rate => {
  let repetitions = 1;
  while (seconds(work, repetitions) < roundSeconds) repetitions *= 2;
  const round = (): number => (quantity * repetitions) / seconds(work, repetitions);
  let previous = round();
  let settled = false;
  for (let count = 0; count < warmUpRounds && !settled; count++) {
    const rate = round();
    settled = Math.abs(rate - previous) <= 0.05 * previous;
    previous = rate;
  }
  const rates = Float64Array.from({ length: rounds }, round).sort();
  if (Number.isNaN(kept)) throw new Error(`${name}: a result is NaN`);
  return { name, rate: rates[(rounds - 1) / 2], settled };
};
