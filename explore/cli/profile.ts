import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import { NetworkError } from "../../core/errors.ts";
import { formatsInWords, parseFormat } from "../../core/numerics/formats.ts";
import { UsageError } from "./exit.ts";
import { json } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** `bitfront profile NETWORK`: layers, shapes, work, where the zero bits are, and what the format loses. */
export const profile = Command.make(
  "profile",
  {
    network: Argument.String("network").pipe(
      Argument.withDescription("Name in configs/networks, path, or npm:package/file"),
    ),
    precision: Flag.String("precision").pipe(
      Flag.withDescription(`Format the weights are read in: ${formatsInWords}`),
      Flag.withDefault("float32"),
    ),
    perChannel: Flag.Boolean("per-channel").pipe(
      Flag.withDescription("Quantize each filter with a scale of its own"),
      Flag.withDefault(false),
    ),
    allowUpcast: Flag.Boolean("allow-upcast").pipe(
      Flag.withDescription(
        "Accept float statistics of weights that were stored in fewer bits than the format has",
      ),
      Flag.withDefault(false),
    ),
    input: Flag.String("input").pipe(
      Flag.withDescription("NAME=1,3,48,320 binds the shape of an input; may be repeated"),
      Flag.atLeast(0),
    ),
    json,
  },
  Effect.fnUntraced(function* (flags) {
    const { loadNetwork } = yield* Effect.promise(() => import("../catalog/load-network.ts"));
    const { profileNetwork } = yield* Effect.promise(() => import("../../core/workloads/profile.ts"));
    const { profileText } = yield* Effect.promise(() => import("../report/profile-text.ts"));
    const { readShape } = yield* Effect.promise(() => import("./read-shape.ts"));
    const inputs = Object.fromEntries(yield* Effect.forEach(flags.input, readShape));
    const profiled = yield* Effect.tryPromise({
      try: async () => {
        const format = parseFormat(flags.precision);
        const network = await loadNetwork(flags.network, { baseDirectory: process.cwd(), inputs });
        const scheme = flags.perChannel ? ("per-channel" as const) : ("per-tensor" as const);
        return {
          network,
          profile: profileNetwork(network, { format, scheme, allowUpcast: flags.allowUpcast }),
        };
      },
      catch: (error) =>
        error instanceof NetworkError && error.problem.includes("inputs:")
          ? new UsageError({ message: `${error.message}; here: --input NAME=1,3,48,320` })
          : (error as Error),
    });
    yield* flags.json
      ? answerJson(profiled.profile)
      : answer(profileText(profiled.profile, profiled.network));
  }),
).pipe(Command.withDescription("Show a network: layers, shapes, work and bit sparsity"));
