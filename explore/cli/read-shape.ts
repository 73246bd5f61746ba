import * as Effect from "effect/Effect";
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
