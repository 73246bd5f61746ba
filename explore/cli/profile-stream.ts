import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { NetworkError } from "../../core/errors.ts";
import { parseFormat } from "../../core/numerics/formats.ts";
import { checkStoredPrecision } from "../../core/numerics/stored-precision.ts";
import { tensorPlace } from "../../core/workloads/decode/safetensors.ts";
import type { Phase } from "../../core/workloads/training.ts";
import { nameOf } from "../catalog/load-network.ts";
import { readTensorHeaders } from "../catalog/safetensors-stream.ts";
import type { NetworkRequest } from "../engine/network-statistics.ts";
import { poolLayer } from "../engine/pool.ts";
import { streamStatistics } from "../engine/stream-profile.ts";
import { distillationText } from "../report/distillation-text.ts";
import { isMatrix, weightsProfile } from "../report/weights-profile.ts";
import { weightsProfileText } from "../report/weights-profile-text.ts";
import { writeBitDensity } from "../report/write-bit-density.ts";
import { UsageError } from "./exit.ts";
import { answer, answerJson } from "./output.ts";
import { terminalProgress } from "./terminal-progress.ts";

/** A picture with a row for each of more tensors would be beyond 5 MB, and beyond what can be looked at. */
const mostDrawn = 1000;

/** What of the flags of `profile` tells how a file of weights is profiled. */
interface StreamFlags {
  readonly network: string;
  readonly allowUpcast: boolean;
  readonly input: readonly string[];
  readonly phase: Phase;
  readonly workers: number;
  readonly results: string;
  readonly json: boolean;
}

/**
 * `bitfront profile FILE.safetensors` and `… model.safetensors.index.json`: the weights of files of any size, read as a
 * stream. They say nothing of inputs, so that flags about these are refused.
 */
export const profileStream = Effect.fnUntraced(function* (flags: StreamFlags, settings: NetworkRequest) {
  const { network: use, results } = flags;
  if (flags.input.length > 0) {
    return yield* new UsageError({ message: `--input has no effect on ${use}, which has weights alone` });
  }
  if (flags.phase !== "forward") {
    return yield* new UsageError({ message: `--phase has no effect on ${use}, which has weights alone` });
  }
  if (settings.activationExponents === "captured") {
    return yield* new UsageError({
      message: `--activation-exponents captured: ${use} has weights alone, no activations`,
    });
  }
  const name = nameOf(use.replace(/\.index\.json$/, ""));
  const tensors = yield* Effect.tryPromise({
    try: async () => {
      const tensors = await readTensorHeaders(use, process.cwd());
      const matrices = tensors.filter(isMatrix);
      if (matrices.length === 0) {
        throw new NetworkError(name, "has no tensor of two or more dimensions to profile");
      }
      const format = parseFormat(settings.format);
      for (const { name: own, stored } of matrices) {
        checkStoredPrecision(format, stored, `${name}, ${tensorPlace(own)}`, flags.allowUpcast);
      }
      return tensors;
    },
    catch: (error) => error as Error,
  });
  const statistics = yield* streamStatistics(tensors.filter(isMatrix), settings).pipe(
    Effect.provide(Layer.mergeAll(poolLayer(flags.workers), terminalProgress)),
  );
  const profiled = weightsProfile(name, tensors, settings, statistics);
  const drawn = profiled.layers.length <= mostDrawn;
  const picture = yield* Effect.tryPromise({
    try: async () => (drawn ? writeBitDensity(profiled, results) : `not drawn of more than ${mostDrawn}`),
    catch: (error) => error as Error,
  });
  if (flags.json) return yield* answerJson(profiled);
  yield* answer(
    `${weightsProfileText(profiled, use)}\n\n${distillationText(profiled)}\nBit density of all tensors: ${picture}`,
  );
});
