import { availableParallelism } from "node:os";
import * as Argument from "effect/cli/Argument";
import * as Flag from "effect/cli/Flag";
import * as Schema from "effect/Schema";

/** The flags and arguments that several verbs share. */

export const json = Flag.Boolean("json").pipe(
  Flag.withDescription("Answer as one line of JSON"),
  Flag.withDefault(false),
);

export const results = Flag.String("results").pipe(
  Flag.withDescription("Folder of all runs; a run has its own folder in it"),
  Flag.withDefault("results"),
);

export const workers = Flag.Int("workers").pipe(
  Flag.withDescription("Threads that compute"),
  Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1024 }))),
  Flag.withDefault(availableParallelism()),
);

export const sweep = Argument.String("sweep").pipe(
  Argument.withDescription("Sweep file, name of one in configs/sweeps, or folder of a run"),
);
