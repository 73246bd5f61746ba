import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import { expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import { readTensorHeaders } from "../../../explore/catalog/safetensors-stream.ts";
import type { NetworkRequest } from "../../../explore/engine/network-statistics.ts";
import { Progress } from "../../../explore/engine/progress.ts";
import { streamStatistics } from "../../../explore/engine/stream-profile.ts";
import { streamTensor } from "../../../explore/engine/stream-tensor.ts";
import { safetensorsFile, writeSafetensors } from "../../fixtures/safetensors-writer.ts";
import { sharedPool, temporaryFolder } from "./fixture.ts";

const settings: NetworkRequest = {
  format: "float32",
  quantization: "per-tensor",
  laneWidth: 16,
  window: 8,
  activePlanes: 24,
  activationExponents: "distribution",
  activationVectors: 3,
  activationZeros: 0,
  seed: 7,
};

/** Notes what it is told; `onAdvance` is called when bytes were done. */
const notedProgress = (onAdvance: () => void = () => undefined) => {
  const told: (readonly [string, number])[] = [];
  const layer = Layer.succeed(
    Progress,
    Progress.of({
      begin: (phase, total) => Effect.sync(() => void told.push([phase, total])),
      advance: (steps) =>
        Effect.sync(() => {
          told.push(["advance", steps]);
          if (steps > 0) onAdvance();
        }),
      end: Effect.sync(() => void told.push(["end", 0])),
    }),
  );
  return { told, layer };
};

it("profiles tensors on threads, in their order and with a stream each, tells of every byte, and fails with an error as it was", async () => {
  const folder = temporaryFolder();
  const uniform = uniformStream(1, 2);
  const shapes = [
    [40, 90],
    [3, 700],
    [1, 16],
    [9, 3, 33],
    [2, 2],
  ];
  const tensors = shapes.map((shape, index) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const values = Array.from({ length }, () => normal(uniform));
    return { name: `t${index}`, dtype: "F32" as const, shape, values };
  });
  writeFileSync(join(folder, "m.safetensors"), writeSafetensors(tensors));
  const bad = { name: "w", dtype: "F32" as const, shape: [2, 2], values: [1, 2, 3, Number.NaN] };
  writeFileSync(join(folder, "bad.safetensors"), writeSafetensors([bad]));
  const found = await readTensorHeaders("m.safetensors", folder);
  const refused = await readTensorHeaders("bad.safetensors", folder);
  const { told, layer } = notedProgress();
  const program = Effect.gen(function* () {
    const statistics = yield* streamStatistics(found, settings, 256);
    const toldOfThese = told.splice(0);
    return { statistics, toldOfThese, error: yield* Effect.flip(streamStatistics(refused, settings)) };
  });
  const { statistics, toldOfThese, error } = await Effect.runPromise(
    program.pipe(Effect.provide(Layer.mergeAll(await sharedPool(), layer))),
  );

  const done = new SharedArrayBuffer(8);
  expect(statistics).toEqual(
    found.map((tensor, stream) =>
      streamTensor({ tensor, request: { ...settings, stream }, mostValues: 1e6, done }),
    ),
  );
  const bytes = found.reduce((sum, { begin, end }) => sum + end - begin, 0);
  expect(toldOfThese[0]).toEqual(["stream", bytes]);
  expect(toldOfThese.at(-1)).toEqual(["end", 0]);
  expect(toldOfThese.slice(1, -1).reduce((sum, [, steps]) => sum + steps, 0)).toBe(bytes);
  expect(error).toBeInstanceOf(ModelError);
  expect(error).toMatchObject({
    code: "not-finite",
    message: `${join(folder, "bad.safetensors")}: tensor "w": value 3 is NaN, expected finite values for float32`,
  });
});

it("ends when it is interrupted amid a tensor", async () => {
  const folder = temporaryFolder();
  // Zeros that take no room on the disk, and a minute to be profiled.
  const bytes = 2 ** 29;
  const start = safetensorsFile(
    JSON.stringify({ w: { dtype: "F32", shape: [2 ** 17, 2 ** 10], data_offsets: [0, bytes] } }),
  );
  const file = openSync(join(folder, "large.safetensors"), "w");
  writeSync(file, start);
  ftruncateSync(file, start.length + bytes);
  closeSync(file);
  const tensors = await readTensorHeaders("large.safetensors", folder);
  const abort = new AbortController();
  const { told, layer } = notedProgress(() => abort.abort());
  const exit = await Effect.runPromiseExit(
    streamStatistics(tensors, settings).pipe(Effect.provide(Layer.mergeAll(await sharedPool(), layer))),
    abort,
  );
  expect(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)).toBe(true);
  expect(told.at(-1)![1]).toBeLessThan(bytes / 4);
});
