/**
 * A process that gives a decoder damaged files: `child NAME SEED FROM SECONDS ITERATIONS FOLDER`. It keeps the number of the
 * input that it is at in the file `progress` of the folder, so that whoever started it knows what it hangs at or died of,
 * and writes a line of JSON for what is wrong, at most one of each kind.
 */
import { openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { choicesOf } from "./choices.ts";
import { decoders } from "./decoders.ts";
import type { Files } from "./fuzzed-decoder.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

/** What the process writes. */
export type Report =
  | { readonly iteration: number; readonly problem: string }
  | { readonly decoded: number; readonly refused: number; readonly grown_MiB: number };

/** Growth of the resident memory that no damaged file of some KiB may cause. */
const mostGrowth_MiB = 768;

const [name, ...rest] = process.argv.slice(2);
const folder = rest.pop()!;
const [seed, from, seconds, iterations] = rest.map(Number);
const decoder = decoders.find((candidate) => candidate.name === name)!;

const report = (what: Report): void => {
  process.stdout.write(`${JSON.stringify(what)}\n`);
};

const progress = openSync(join(folder, "progress"), "w");
const begin = (iteration: number): void => {
  writeSync(progress, String(iteration).padEnd(16), 0);
};

const tried = (files: Files): Promise<Verdict> => {
  for (const [file, bytes] of files) writeFileSync(join(folder, file), bytes);
  return verdictOf(() => decoder.decode(join(folder, [...files.keys()][0])));
};

/** What is wrong is of one kind where it was thrown at the same place, or begins alike but for numbers. */
const kindOf = (problem: string): string =>
  /\n\s*at (.*)/.exec(problem)?.[1] ?? problem.replace(/\d+/g, "").slice(0, 60);

const peak_MiB = (): number => process.resourceUsage().maxRSS / 1024;

for (const [position, files] of decoder.valid.entries()) {
  const { error, problem } = await tried(files);
  const wrong = problem ?? (error === undefined ? undefined : `is refused: ${error}`);
  if (wrong !== undefined) report({ iteration: -1, problem: `valid file ${position}: ${wrong}` });
}

const start_MiB = peak_MiB();
const end = performance.now() + 1000 * seconds;
const counts = { decoded: 0, refused: 0 };
const kinds = new Set<string>();
let grown_MiB = 0;
for (let iteration = from; iteration < from + iterations && performance.now() < end; iteration++) {
  begin(iteration);
  const { error, problem } = await tried(decoder.damaged(choicesOf(seed, iteration)));
  counts[error === undefined ? "decoded" : "refused"]++;
  const wrong = problem === undefined ? [] : [problem];
  const before = grown_MiB;
  grown_MiB = Math.round(peak_MiB() - start_MiB);
  if (grown_MiB > mostGrowth_MiB && before <= mostGrowth_MiB) wrong.push(`memory grew by ${grown_MiB} MiB`);
  for (const each of wrong) {
    if (!kinds.has(kindOf(each))) report({ iteration, problem: each });
    kinds.add(kindOf(each));
  }
}
report({ ...counts, grown_MiB });
