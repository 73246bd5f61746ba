import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { describe, expect, it } from "vitest";
import { loadTechnology } from "../../../explore/catalog/technology.ts";
import { evaluateChunk } from "../../../explore/engine/evaluate-chunk.ts";
import { createEvaluator, type Evaluator } from "../../../explore/engine/evaluator.ts";
import { readPart, writePart } from "../../../explore/engine/part.ts";
import { Pool, WorkerError } from "../../../explore/engine/pool.ts";
import { prepare } from "../../../explore/engine/prepare.ts";
import { runChunk } from "../../../explore/engine/run-chunk.ts";
import { summarize } from "../../../explore/engine/summary.ts";
import type { ChunkTask } from "../../../explore/engine/worker.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { storedParts } from "../../../explore/store/run-directory.ts";
import { StoreError } from "../../../explore/store/store-error.ts";
import { sweepText, temporaryFolder } from "./fixture.ts";

const evaluatorOf = async (): Promise<Evaluator> => {
  const sweep = parseSweep(sweepText(), { file: "small.yaml" });
  const network = { name: "tiny", source: "", inputs: {}, layers: [], movements: [], absorbed: {} };
  const networks = [{ ...network, foldedBatchNormalizations: 0 }];
  const { plan, slab } = prepare(sweep, networks, await loadTechnology(), "");
  return createEvaluator(plan, slab);
};

/** A pool without threads whose worker dies whenever `kills` says so; counts its tasks. */
const dyingPool = (evaluator: Evaluator, kills: (task: ChunkTask, attempt: number) => boolean) => {
  let attempts = 0;
  const layer = Layer.succeed(
    Pool,
    Pool.of({
      workers: 1,
      statistics: () => Effect.succeed(undefined),
      tensor: () => Effect.never,
      chunk: (task) =>
        Effect.suspend(() => {
          attempts++;
          if (kills(task, attempts)) return Effect.fail(new WorkerError({ message: "out of memory" }));
          return Effect.promise(async () => {
            const rows = evaluateChunk(evaluator, task.pass, task.indices ?? []);
            await writePart(task.directory, task.pass, task, evaluator.layout(task.pass).names, rows);
            return summarize(evaluator, task.pass, rows);
          });
        }),
    }),
  );
  return { layer, attempts: () => attempts };
};

const chunkOf = (directory: string, from: number, to: number): ChunkTask => ({
  directory,
  plan: new SharedArrayBuffer(0),
  planId: 1,
  slab: new SharedArrayBuffer(0),
  pass: "cycle",
  indices: Float64Array.from({ length: to - from }, (_, offset) => 100 + from + offset),
  from,
  to,
});

const folder = (): string => {
  const directory = temporaryFolder();
  mkdirSync(join(directory, "points"));
  return directory;
};

/** The ranges of the parts in a run's folder, in order. */
const rangesIn = (directory: string): string[] =>
  readdirSync(join(directory, "points"))
    .map((name) => /^cycle-(\d+-\d+)-/.exec(name)?.[1] ?? name)
    .sort();

describe("runChunk", () => {
  it("repeats a chunk whose worker died once", async () => {
    const evaluator = await evaluatorOf();
    const pool = dyingPool(evaluator, (_, attempt) => attempt === 1);
    const directory = folder();
    const summaries = await Effect.runPromise(
      runChunk(evaluator, chunkOf(directory, 0, 8)).pipe(Effect.provide(pool.layer)),
    );
    expect(summaries.map(({ rows }) => rows)).toEqual([8]);
    expect(pool.attempts()).toBe(2);
    expect(rangesIn(directory)).toEqual(["000000000000-000000000008"]);
  });

  it("cuts a chunk that always kills down to the one point, which becomes a failed row", async () => {
    const evaluator = await evaluatorOf();
    // Index 105 at position 5 kills whatever it is part of.
    const pool = dyingPool(evaluator, ({ from, to }) => from <= 5 && 5 < to);
    const directory = folder();
    const summaries = await Effect.runPromise(
      runChunk(evaluator, chunkOf(directory, 0, 8)).pipe(Effect.provide(pool.layer)),
    );
    expect(summaries.map(({ rows }) => rows)).toEqual([4, 1, 1, 2]);
    expect(summaries.map(({ errors }) => errors["worker-died: out of memory"])).toEqual([
      undefined,
      undefined,
      1,
      undefined,
    ]);
    expect(rangesIn(directory)).toEqual([
      "000000000000-000000000004",
      "000000000004-000000000005",
      "000000000005-000000000006",
      "000000000006-000000000008",
    ]);
    const [, , { path }] = await storedParts(directory, "cycle");
    const stored = await readPart(path, evaluator.layout("cycle").names);
    expect([...stored.errors]).toEqual([[0, "worker-died: out of memory"]]);
    expect(stored.columns[0]).toEqual(Float64Array.of(105));
    expect(stored.columns[1]).toEqual(Float64Array.of(Number.NaN));
  });

  it("ends with the StoreError of a part that cannot be written, and tries it no second time", async () => {
    const evaluator = await evaluatorOf();
    let attempts = 0;
    const full = Layer.succeed(
      Pool,
      Pool.of({
        workers: 1,
        statistics: () => Effect.succeed(undefined),
        tensor: () => Effect.never,
        chunk: (task) =>
          Effect.suspend(() => {
            attempts++;
            return Effect.fail(new StoreError(task.directory, "cannot be written: disk full"));
          }),
      }),
    );
    const run = runChunk(evaluator, chunkOf(folder(), 0, 8)).pipe(Effect.provide(full), Effect.runPromise);
    await expect(run).rejects.toThrow(/disk full/);
    expect(attempts).toBe(1);
  });
});
