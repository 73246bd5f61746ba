import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import { AnswerIsNo } from "./exit.ts";
import { json } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** `bitfront validate --vectors FILE`: whether the model gives what a simulation of the RTL recorded. */
export const validate = Command.make(
  "validate",
  {
    vectors: Flag.String("vectors").pipe(
      Flag.withDescription("Groups and what the RTL made of them, a JSON object a line"),
    ),
    json,
  },
  Effect.fnUntraced(function* (flags) {
    const { validateVectors, validationText } = yield* Effect.promise(
      () => import("../report/validate-vectors.ts"),
    );
    const found = yield* validateVectors(flags.vectors);
    yield* flags.json ? answerJson(found) : answer(validationText(found));
    if (found.mismatches > 0) return yield* new AnswerIsNo();
  }),
).pipe(
  Command.withDescription("Compare the processing element with recorded outputs of the RTL, bit for bit"),
);
