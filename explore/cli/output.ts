import * as Effect from "effect/Effect";

/** Prints the answer of a verb: the only thing that goes to standard output. */
export const answer = (text: string): Effect.Effect<void> =>
  Effect.sync(() => {
    process.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  });

/** Prints an answer as JSON on one line. Infinities, which JSON lacks, become null. */
export const answerJson = (value: unknown): Effect.Effect<void> => answer(JSON.stringify(value));

/** Tells the user something beside the answer, on standard error. */
export const note = (text: string): Effect.Effect<void> =>
  Effect.sync(() => {
    process.stderr.write(`${text}\n`);
  });
