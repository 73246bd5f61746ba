import { join } from "node:path";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { isoBases } from "../compare/basis.ts";
import { json, results, sweep, workers } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** `bitfront break-even SWEEP`: which machine is fastest, by bit density, lane width and precision, on equal terms. */
export const breakEven = Command.make(
  "break-even",
  {
    sweep,
    basis: Flag.Literals("basis", isoBases).pipe(
      Flag.withDescription("What the machines are given alike; the first machine sets the budget"),
      Flag.withDefault("iso-area" as const),
    ),
    workers,
    results,
    json,
  },
  Effect.fnUntraced(function* (flags) {
    const { sweepSource } = yield* Effect.promise(() => import("./sweep-source.ts"));
    const { breakEvenMap } = yield* Effect.promise(() => import("../compare/break-even.ts"));
    const { poolLayer } = yield* Effect.promise(() => import("../engine/pool.ts"));
    const { catalogInputs } = yield* Effect.promise(() => import("../engine/catalog-inputs.ts"));
    const { terminalProgress } = yield* Effect.promise(() => import("./terminal-progress.ts"));
    const source = yield* sweepSource(flags.sweep);
    const { makeFolder } = yield* Effect.promise(() => import("../store/make-folder.ts"));
    // Before anything is computed: a folder that cannot be written to loses all of it.
    yield* Effect.tryPromise({ try: () => makeFolder(flags.results), catch: (error) => error as Error });
    const layers = Layer.mergeAll(poolLayer(flags.workers), catalogInputs(source.file), terminalProgress);
    const map = yield* breakEvenMap(source.sweep, flags.basis, join(flags.results, ".statistics")).pipe(
      Effect.provide(layers),
    );
    const { writeBreakEven } = yield* Effect.promise(() => import("../report/write-break-even.ts"));
    const written = yield* Effect.tryPromise({
      try: () => writeBreakEven(map, flags.results),
      catch: (error) => error as Error,
    });
    if (flags.json) return yield* answerJson(map);
    const { breakEvenText } = yield* Effect.promise(() => import("../report/break-even-text.ts"));
    yield* answer(`${breakEvenText(map)}\n\nPlot and break-even.json: ${written}`);
  }),
).pipe(
  Command.withDescription("Map which machine is fastest, by the bit density of weights and the lane width"),
);
