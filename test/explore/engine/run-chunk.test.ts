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
import type { ChunkTask } from "../../../explore/engine/worker.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
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
      statistics: () => Effect.succeed(false),
      chunk: (task) =>
        Effect.suspend(() => {
          attempts++;
          if (kills(task, attempts)) return Effect.fail(new WorkerError({ message: "out of memory" }));
          return Effect.promise(async () => {
            const rows = evaluateChunk(evaluator, task.pass, task.indices ?? []);
            await writePart(task.part, evaluator.layout(task.pass).names, rows);
            return rows;
          });
        }),
    }),
  );
  return { layer, attempts: () => attempts };
};

const chunkOf = (from: number, to: number): Omit<ChunkTask, "part"> => ({
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

describe("runChunk", () => {
  it("repeats a chunk whose worker died once", async () => {
    const evaluator = await evaluatorOf();
    const pool = dyingPool(evaluator, (_, attempt) => attempt === 1);
    const directory = folder();
    const { rows } = await Effect.runPromise(
      runChunk(evaluator, directory, chunkOf(0, 8)).pipe(Effect.provide(pool.layer)),
    );
    expect(rows).toHaveLength(8);
    expect(pool.attempts()).toBe(2);
    expect(readdirSync(join(directory, "points"))).toEqual(["cycle-000000000000-000000000008.parquet"]);
  });

  it("cuts a chunk that always kills down to the one point, which becomes a failed row", async () => {
    const evaluator = await evaluatorOf();
    // Index 105 at position 5 kills whatever it is part of.
    const pool = dyingPool(evaluator, ({ from, to }) => from <= 5 && 5 < to);
    const directory = folder();
    const { rows, errors } = await Effect.runPromise(
      runChunk(evaluator, directory, chunkOf(0, 8)).pipe(Effect.provide(pool.layer)),
    );
    expect(rows.map((row) => row[0])).toEqual([100, 101, 102, 103, 104, 105, 106, 107]);
    expect(errors.filter((error) => error.startsWith("worker-died"))).toEqual(["worker-died: out of memory"]);
    expect(errors[5]).toBe("worker-died: out of memory");
    expect(Number.isNaN(rows[5][1])).toBe(true);
    const parts = readdirSync(join(directory, "points")).sort();
    expect(parts).toEqual([
      "cycle-000000000000-000000000004.parquet",
      "cycle-000000000004-000000000005.parquet",
      "cycle-000000000005-000000000006.parquet",
      "cycle-000000000006-000000000008.parquet",
    ]);
    const stored = await readPart(join(directory, "points", parts[2]), evaluator.layout("cycle").names);
    expect(stored.errors).toEqual(["worker-died: out of memory"]);
    expect(stored.rows[0][0]).toBe(105);
  });

  it("ends with the StoreError of a part that cannot be written, and tries it no second time", async () => {
    const evaluator = await evaluatorOf();
    let attempts = 0;
    const full = Layer.succeed(
      Pool,
      Pool.of({
        workers: 1,
        statistics: () => Effect.succeed(false),
        chunk: ({ part }) =>
          Effect.suspend(() => {
            attempts++;
            return Effect.fail(new StoreError(part, "cannot be written: disk full"));
          }),
      }),
    );
    const run = runChunk(evaluator, folder(), chunkOf(0, 8)).pipe(Effect.provide(full), Effect.runPromise);
    await expect(run).rejects.toThrow(/disk full/);
    expect(attempts).toBe(1);
  });
});
