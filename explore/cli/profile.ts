import { join } from "node:path";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";
import { NetworkError } from "../../core/errors.ts";
import type { NumberParameter } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { formatsInWords, parseFormat } from "../../core/numerics/formats.ts";
import { phaseNetwork, phases } from "../../core/workloads/training.ts";
import { isSafetensorsModel } from "../catalog/safetensors-stream.ts";
import { UsageError } from "./exit.ts";
import { json, results, workers } from "./flags.ts";
import { answer, answerJson } from "./output.ts";

/** A whole-number parameter of Bitlet, whose range and default the flag of the same meaning shares. */
const parameterOf = (name: string): NumberParameter => {
  const found = machines.bitlet.parameters.find((parameter) => parameter.name === name);
  if (found === undefined || found.kind === "choice") throw new Error(`no number parameter ${name}`);
  return found;
};

const defaultOf = (name: string): number => parameterOf(name).default;

const inRangeOf = (name: string) => {
  const { minimum, maximum } = parameterOf(name);
  return Schema.Int.check(Schema.isBetween({ minimum, maximum }));
};

/** `bitfront profile NETWORK`: layers, shapes, work, where the zero bits are, and what the format loses. */
export const profile = Command.make(
  "profile",
  {
    network: Argument.String("network").pipe(
      Argument.withDescription(
        "Name in configs/networks, path, or npm:package/file; .safetensors and .safetensors.index.json of any size are read as a stream",
      ),
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
    laneWidth: Flag.Int("lane-width").pipe(
      Flag.withDescription("Weights that a processing element takes as one group"),
      Flag.withSchema(inRangeOf("laneWidth")),
      Flag.withDefault(defaultOf("laneWidth")),
    ),
    window: Flag.Int("window").pipe(
      Flag.withDescription("Bits that a channel inspects in a cycle; 0 stands for no limit"),
      Flag.withSchema(inRangeOf("window")),
      Flag.withDefault(defaultOf("window")),
    ),
    activePlanes: Flag.Int("active-planes").pipe(
      Flag.withDescription("Most significant bit planes that are kept"),
      Flag.withSchema(inRangeOf("activePlanes")),
      Flag.withDefault(defaultOf("activePlanes")),
    ),
    activationExponents: Flag.Literals("activation-exponents", ["ignore", "distribution", "captured"]).pipe(
      Flag.withDescription(
        "What float weights are aligned with: equal exponents, drawn ones (the default), or those of the network file's activations",
      ),
      Flag.optional,
    ),
    phase: Flag.Literals("phase", phases).pipe(
      Flag.withDescription(
        "Product of every layer: forward, a gradient of training, or `training`, which is all three",
      ),
      Flag.withDefault("forward" as const),
    ),
    input: Flag.String("input").pipe(
      Flag.withDescription("NAME=1,3,48,320 binds the shape of an input; may be repeated"),
      Flag.atLeast(0),
    ),
    workers,
    results,
    json,
  },
  Effect.fnUntraced(function* (flags) {
    const { loadNetwork } = yield* Effect.promise(() => import("../catalog/load-network.ts"));
    const { profileNetwork } = yield* Effect.promise(() => import("../../core/workloads/profile.ts"));
    const { networkStatistics } = yield* Effect.promise(() => import("../engine/network-statistics.ts"));
    const { asStated } = yield* Effect.promise(() => import("../engine/stated-activations.ts"));
    const { poolLayer } = yield* Effect.promise(() => import("../engine/pool.ts"));
    const { terminalProgress } = yield* Effect.promise(() => import("./terminal-progress.ts"));
    const { distillationProfile } = yield* Effect.promise(() => import("../report/distillation-profile.ts"));
    const { loadError, readShape } = yield* Effect.promise(() => import("./read-shape.ts"));
    const inputs = Object.fromEntries(yield* Effect.forEach(flags.input, readShape));
    const scheme = flags.perChannel ? ("per-channel" as const) : ("per-tensor" as const);
    const format = yield* Effect.try({
      try: () => parseFormat(flags.precision),
      catch: (error) => error as Error,
    });
    const source = Option.getOrElse(flags.activationExponents, () => "distribution" as const);
    if (format.kind === "fixed" && Option.isSome(flags.activationExponents)) {
      return yield* new UsageError({
        message: `--activation-exponents has no effect on ${format.name}, whose weights are not aligned`,
      });
    }
    if (format.kind === "float" && flags.perChannel) {
      return yield* new UsageError({
        message: `--per-channel has no effect on ${format.name}, which has no scales`,
      });
    }
    const asked = {
      format: format.name,
      quantization: scheme,
      laneWidth: flags.laneWidth,
      window: flags.window,
      activePlanes: flags.activePlanes,
      activationExponents: source,
      activationVectors: defaultOf("activationVectors"),
      activationZeros: defaultOf("activationZeros"),
      seed: 0,
    };
    if (isSafetensorsModel(flags.network)) {
      const { profileStream } = yield* Effect.promise(() => import("./profile-stream.ts"));
      return yield* profileStream(flags, asked);
    }
    const { network, bits } = yield* Effect.tryPromise({
      try: async () => {
        const loaded = await loadNetwork(flags.network, { baseDirectory: process.cwd(), inputs });
        const network = phaseNetwork(loaded, flags.phase);
        if (network.layers.length === 0) {
          throw new NetworkError(network.name, "has no layer with multiply–accumulates to profile");
        }
        const bits = profileNetwork(network, { format, scheme, allowUpcast: flags.allowUpcast });
        return { network, bits };
      },
      catch: loadError,
    });
    if (source === "captured" && network.layers.some(({ activations }) => activations === undefined)) {
      return yield* new UsageError({
        message: `--activation-exponents captured: ${flags.network} names no file of activations (key activations of a network file)`,
      });
    }
    const settings = asStated(network, { kind: "groups", request: asked });
    const [statistics] = yield* networkStatistics(
      network,
      [settings],
      join(flags.results, ".statistics"),
    ).pipe(Effect.provide(Layer.mergeAll(poolLayer(flags.workers), terminalProgress)));
    const profiled = distillationProfile(bits, network, settings, statistics);
    const { writeBitDensity } = yield* Effect.promise(() => import("../report/write-bit-density.ts"));
    const picture = yield* Effect.tryPromise({
      try: () => writeBitDensity(profiled, flags.results),
      catch: (error) => error as Error,
    });
    if (flags.json) return yield* answerJson(profiled);
    const { profileText } = yield* Effect.promise(() => import("../report/profile-text.ts"));
    const { distillationText } = yield* Effect.promise(() => import("../report/distillation-text.ts"));
    yield* answer(
      `${profileText(profiled, network)}\n\n${distillationText(profiled)}\nBit density of all layers: ${picture}`,
    );
  }),
).pipe(
  Command.withDescription("Show a network: layers, shapes, work, bit sparsity and how its groups distil"),
);
