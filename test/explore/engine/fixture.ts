import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Layer from "effect/Layer";
import * as Scope from "effect/Scope";
import { afterAll } from "vitest";
import { catalogInputs } from "../../../explore/engine/catalog-inputs.ts";
import { type Pool, poolLayer } from "../../../explore/engine/pool.ts";
import { silentProgress } from "../../../explore/engine/progress.ts";
import { type Run, type RunOptions, runSweep } from "../../../explore/engine/run.ts";
import { publish } from "../../../explore/report/publish.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { compiledFile } from "../../compiled-file.ts";

const folders: string[] = [];
const scope = Scope.makeUnsafe();
afterAll(async () => {
  await Effect.runPromise(Scope.close(scope, Exit.void));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A pool of threads of its own, which start from compiled sources. */
export const compiledPool = (workers: number): Layer.Layer<Pool> =>
  poolLayer(workers, { file: compiledFile("explore/engine/worker") });

let started: Promise<Layer.Layer<Pool>> | undefined;

/** Two threads, the same for all runs of a test file: starting and warming them takes longer than a small run. */
export const sharedPool = (): Promise<Layer.Layer<Pool>> => {
  started ??= Layer.buildWithScope(compiledPool(2), scope).pipe(
    Effect.map(Layer.succeedContext),
    Effect.runPromise,
  );
  return started;
};

/** An empty folder of its own for a test, gone when the test file is done. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "bitfront-test-"));
  folders.push(folder);
  return folder;
};

/** A small network with three layers of different kinds, drawn weights. */
export const networkText = `
version: 1
name: tiny
description: Three small layers for tests.
synthetic:
  seed: 5
  sigma: 0.05
  layers:
    - { name: first, kind: convolution, filters: 12, channels: 3, input: [16, 16], kernel: [3, 3] }
    - { name: depthwise, kind: convolution, filters: 12, channels: 12, groups: 12, input: [16, 16], kernel: [3, 3], stride: [2, 2] }
    - { name: last, kind: linear, filters: 10, channels: 100 }
`;

/** A sweep over it; extra lines are appended. */
export const sweepText = (extra = ""): string => `
version: 1
name: small
seed: 3
networks: [tiny]
machine: bitlet
parameters:
  pes: { pow2: [2, 16] }
  laneWidth: { choice: [16, 32] }
  precision: { choice: [float32, fixed8] }
  activationBuffer: { choice: [8, 32] }
  dataflow: { choice: [weight-stationary, output-stationary] }
  clock: { linear: [0.25, 1], steps: 4 }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }, { minimize: area_mm2 }]
baseline: { pes: 4, laneWidth: 32, activationBuffer: 32 }
${extra}`;

/** Writes the network and a sweep into a folder; answers with the sweep's path. */
export const writeSweep = (folder: string, text: string = sweepText()): string => {
  writeFileSync(join(folder, "tiny.yaml"), networkText);
  const file = join(folder, "small.sweep.yaml");
  writeFileSync(file, text);
  return file;
};

/** Runs a sweep text in a folder on the shared pool, with its front and plots left out unless asked for. */
export const runText = async (
  folder: string,
  text: string,
  options: Partial<RunOptions> & {
    readonly pool?: Layer.Layer<Pool>;
    readonly publish?: boolean;
  } = {},
): Promise<Run> => {
  const file = writeSweep(folder, text);
  const { pool = await sharedPool(), publish: published = false, ...rest } = options;
  const asked = {
    results: join(folder, "results"),
    fresh: false,
    failFast: false,
    storedOnly: false,
    ...rest,
  };
  const run = runSweep(parseSweep(text, { file }), { text, file }, asked);
  return await (published ? Effect.tap(run, publish) : run).pipe(
    Effect.provide(Layer.mergeAll(pool, catalogInputs(file), silentProgress)),
    Effect.runPromise,
  );
};
