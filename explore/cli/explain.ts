import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import { json, sweep } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** `bitfront explain KEY SPEC`: takes one design apart, down to the component. */
export const explain = Command.make(
  "explain",
  {
    key: Argument.String("key").pipe(
      Argument.withDescription(
        "Key of a design (16 hex digits, as tables show it), its index, or `baseline`",
      ),
    ),
    sweep,
    fidelity: Flag.Literals("fidelity", ["analytical", "cycle"]).pipe(
      Flag.withDescription("Which model answers"),
      Flag.withDefault("cycle" as const),
    ),
    layers: Flag.Boolean("layers").pipe(
      Flag.withDescription(
        "Show every layer: cycles by cause, the loop nest over tiles, accesses by level and operand",
      ),
      Flag.withDefault(false),
    ),
    json,
  },
  Effect.fnUntraced(function* (flags) {
    const { sweepSource } = yield* Effect.promise(() => import("./sweep-source.ts"));
    const { catalogInputs } = yield* Effect.promise(() => import("../engine/catalog-inputs.ts"));
    const { evaluateDesign, findDesign } = yield* Effect.promise(() => import("../engine/one-design.ts"));
    const { explain, withoutNests } = yield* Effect.promise(() => import("../report/explain.ts"));
    const { explanationText } = yield* Effect.promise(() => import("../report/explanation-text.ts"));
    const source = yield* sweepSource(flags.sweep);
    const point = yield* findDesign(source.sweep, flags.key);
    const evaluator = yield* evaluateDesign(source.sweep, point).pipe(
      Effect.provide(catalogInputs(source.file)),
    );
    const explanation = yield* Effect.try({
      try: () => explain(evaluator, point, flags.fidelity),
      catch: (error) => error as Error,
    });
    yield* flags.json
      ? answerJson(flags.layers ? explanation : withoutNests(explanation))
      : answer(explanationText(explanation, flags.layers));
  }),
).pipe(
  Command.withDescription("Take one design apart: cycles, traffic, energy and area, with sources and marks"),
);
