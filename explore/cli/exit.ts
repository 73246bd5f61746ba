import * as Cause from "effect/Cause";
import * as Data from "effect/Data";
import * as Exit from "effect/Exit";

/** A verb that worked and whose answer is no, such as an empty front: it has printed it, and ends with status 1. */
export class AnswerIsNo extends Data.TaggedError("AnswerIsNo")<Record<never, never>> {}

/** A wrong use of the command line that its grammar cannot tell. */
export class UsageError extends Data.TaggedError("UsageError")<{ readonly message: string }> {}

/** Status of a process: 0 well, 1 the answer is no, 2 wrong use or input, 130 interrupted. */
export const exitStatus = (exit: Exit.Exit<unknown, unknown>): number => {
  if (Exit.isSuccess(exit)) return 0;
  if (Cause.hasInterruptsOnly(exit.cause)) return 130;
  const error = Cause.squash(exit.cause);
  if (error instanceof AnswerIsNo) return 1;
  return isHelp(error) ? 0 : 2;
};

/** What to tell the user of a failure; undefined where it has been told already. */
export const failureText = (exit: Exit.Exit<unknown, unknown>): string | undefined => {
  if (Exit.isSuccess(exit)) return undefined;
  if (Cause.hasInterruptsOnly(exit.cause))
    return "interrupted; a run goes on where it stopped when it is started again";
  const error = Cause.squash(exit.cause);
  if (error instanceof AnswerIsNo || isShowHelp(error)) return undefined;
  if (error instanceof Error) {
    // A tagged error is meant for the user; anything else is a defect, and its trace helps to report it.
    return "_tag" in error ? error.message : (error.stack ?? error.message);
  }
  return String(error);
};

const isShowHelp = (error: unknown): error is { readonly errors: readonly unknown[] } =>
  typeof error === "object" && error !== null && "_tag" in error && error._tag === "ShowHelp";

/** Help that was asked for, not help that follows an error. */
const isHelp = (error: unknown): boolean => isShowHelp(error) && error.errors.length === 0;
