import * as Effect from "effect/Effect";
import { NetworkError } from "../../core/errors.ts";
import { UsageError } from "./exit.ts";

/** Reads `NAME=1,3,48,320`. */
export const readShape = (text: string): Effect.Effect<readonly [string, readonly number[]], UsageError> => {
  const [, name, list] = /^(.+)=([0-9]+(?:,[0-9]+)*)$/.exec(text) ?? [];
  return name === undefined
    ? Effect.fail(
        new UsageError({ message: `--input ${text}: expected NAME and sizes, such as x=1,3,48,320` }),
      )
    : Effect.succeed([name, list.split(",").map(Number)] as const);
};

/** An error of loading a network, which says how an open input is bound here: network files bind it another way. */
export const loadError = (error: unknown): Error =>
  error instanceof NetworkError && error.problem.includes("inputs:")
    ? new UsageError({ message: `${error.message}; here: --input NAME=1,3,48,320` })
    : (error as Error);
