import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { AnswerIsNo, UsageError } from "./exit.ts";
import { json } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

const validateFile = (vectors: string, asJson: boolean) =>
  Effect.gen(function* () {
    const { validateVectors, validationText } = yield* Effect.promise(
      () => import("../report/validate-vectors.ts"),
    );
    const found = yield* validateVectors(vectors);
    yield* asJson ? answerJson(found) : answer(validationText(found));
    if (found.mismatches > 0) return yield* new AnswerIsNo();
  });

const validateNumbers = (machine: string | undefined, calibration: boolean, asJson: boolean) =>
  Effect.gen(function* () {
    const { validatePublished, publishedText } = yield* Effect.promise(
      () => import("../report/validate-published.ts"),
    );
    const found = yield* validatePublished({ machine, calibration });
    yield* asJson ? answerJson(found) : answer(publishedText(found, { calibration }));
    if (found.failed > 0) return yield* new AnswerIsNo();
  });

/**
 * `bitfront validate --vectors FILE`: whether the model gives what a simulation of the RTL recorded;
 * `bitfront validate --published`: how the models compare with published numbers.
 */
export const validate = Command.make(
  "validate",
  {
    vectors: Flag.String("vectors").pipe(
      Flag.withDescription("Groups and what the RTL made of them, a JSON object a line"),
      Flag.optional,
    ),
    published: Flag.Boolean("published").pipe(
      Flag.withDescription("Compare the models with published numbers instead"),
      Flag.withDefault(false),
    ),
    machine: Flag.String("machine").pipe(
      Flag.withDescription("With --published: the numbers of one machine alone"),
      Flag.optional,
    ),
    calibration: Flag.Boolean("calibration").pipe(
      Flag.withDescription(
        "With --published: whether constants that are fitted to published numbers are in force; the answer names them, and there are none",
      ),
      Flag.optional,
    ),
    json,
  },
  Effect.fnUntraced(function* (flags) {
    if (flags.published === Option.isSome(flags.vectors)) {
      return yield* new UsageError({
        message: `validate takes ${flags.published ? "--vectors FILE or --published, not both" : "--vectors FILE, or --published"}`,
      });
    }
    if (Option.isNone(flags.vectors)) {
      const calibration = Option.getOrElse(flags.calibration, () => true);
      return yield* validateNumbers(Option.getOrUndefined(flags.machine), calibration, flags.json);
    }
    if (Option.isSome(flags.machine) || Option.isSome(flags.calibration)) {
      return yield* new UsageError({ message: "--machine and --no-calibration belong to --published" });
    }
    return yield* validateFile(flags.vectors.value, flags.json);
  }),
).pipe(
  Command.withDescription(
    "Compare the processing element with recorded outputs of the RTL, bit for bit, or the models with published numbers",
  ),
);
