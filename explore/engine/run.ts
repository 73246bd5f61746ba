import { join } from "node:path";
import * as Duration from "effect/Duration";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Sweep } from "../spec/sweep.ts";
import { takeLock } from "../store/lock.ts";
import { type Manifest, writeManifest } from "../store/manifest.ts";
import { type Pass, runPaths } from "../store/run-directory.ts";
import { logToRun } from "../store/run-log.ts";
import { StoreError } from "../store/store-error.ts";
import { storing } from "../store/storing.ts";
import { version } from "../version.ts";
import type { StoredFronts } from "./certain-designs.ts";
import { compareModels, isAgreementOf, type ModelAgreement, readAgreement } from "./compare-models.ts";
import { createEvaluator, type Evaluator } from "./evaluator.ts";
import { type FrontEvidence, gatherEvidence, readEvidence } from "./evidence.ts";
import { fillStatistics } from "./fill-statistics.ts";
import type { Front } from "./fronts.ts";
import { type InputError, Inputs } from "./inputs.ts";
import { loadNetworks } from "./load-networks.ts";
import {
  forgetEarlier,
  forgetFront,
  makeRunFolder,
  type OpenedRun,
  openRun,
  openStored,
} from "./open-run.ts";
import {
  addSeconds,
  type FinishedPass,
  type PassOptions,
  type PassScope,
  type PointFailed,
  runPass,
} from "./pass.ts";
import { Pool, type WorkerError } from "./pool.ts";
import { type Prepared, prepare } from "./prepare.ts";
import type { Progress } from "./progress.ts";
import type { StageSeconds } from "./summary.ts";

/** How to run a sweep. */
export interface RunOptions {
  /** Folder of all runs; a run has the folder of its sweep's name in it. */
  readonly results: string;
  /** Discard what an earlier run of this name has stored. */
  readonly fresh: boolean;
  /** End at the first point that fails. */
  readonly failFast: boolean;
  /** Answer from what is stored; a run that is not finished is an error, and nothing is written. */
  readonly storedOnly: boolean;
}

/** A finished run. */
export interface Run {
  readonly directory: string;
  readonly evaluator: Evaluator;
  /** The pass that the fronts are taken over. */
  readonly pass: Pass;
  /** Designs of the space, excluded ones not counted. */
  readonly points: number;
  /** Designs evaluated now, and those that an earlier run had stored; failed ones are counted in both. */
  readonly evaluated: number;
  readonly stored: number;
  /** Runs of a model in the first pass: a design on a network each. An added network runs alone on stored designs. */
  readonly evaluations: number;
  /** Whether the folder held the same run finished, of the same sweep file. */
  readonly unchanged: boolean;
  /** Designs that could not be evaluated, and how many for which reason. */
  readonly failed: number;
  readonly errors: Readonly<Record<string, number>>;
  /** Designs that the cycle model evaluated. */
  readonly traced: number;
  /** Designs that were evaluated in the last pass; their rows are on disk (`visitDesigns`). */
  readonly compared: number;
  readonly fronts: readonly Front[];
  /** The baseline's row of the last pass; null where there is none or it failed. */
  readonly baseline: Float64Array | null;
  /** How far the two models differ on one design; null where no design could be evaluated. */
  readonly agreement: ModelAgreement | null;
  /** What is known of the designs on the fronts beyond their metrics; null where that was lost. */
  readonly evidence: FrontEvidence | null;
  /** What else the user has to know: damage that was repaired, statistics that could not be kept. A sentence each. */
  readonly notes: readonly string[];
  readonly seconds: number;
  /** Where the time went: of this thread until the first chunk, statistics not counted, and of all workers together. */
  readonly stages: StageSeconds & { readonly prepare: number; readonly statistics: number };
}

/** Indices of a chunk: small enough that an interruption loses little, large enough that parts are few. */
const chunkSize = (total: number): number => Math.min(65_536, Math.max(64, Math.ceil(total / 32)));

/** Tells plans apart in the workers of a process that runs several. */
let plans = 0;

/**
 * Runs a sweep, or goes on with it: what the run's folder already holds is not evaluated again, also where the sweep
 * has been given more values, networks or other objectives since. Fails with StoreError where the folder holds the run of
 * another sweep (unless `fresh`), is in use by another process, or cannot be used.
 */
export const runSweep = (
  sweep: Sweep,
  source: { readonly text: string; readonly file: string },
  options: RunOptions,
): Effect.Effect<Run, StoreError | InputError | WorkerError | PointFailed, Inputs | Pool | Progress> =>
  Effect.gen(function* () {
    const began = performance.now();
    const inputs = yield* Inputs;
    const networks = yield* loadNetworks(sweep);
    const technology = yield* inputs.technology(sweep);
    const directory = join(options.results, sweep.name);
    const prepared = prepare(sweep, networks, technology, join(options.results, ".statistics"));
    const evaluator = createEvaluator(prepared.plan, prepared.slab);
    const chunk = chunkSize(evaluator.space.total);
    const asked: Manifest = {
      name: sweep.name,
      spec: source.text,
      specFile: source.file,
      identity: { version, ...prepared.identity },
      node: process.version,
      points: evaluator.space.total,
      chunk,
      status: "running",
      counts: { evaluated: 0, failed: 0, front: 0 },
    };
    const { stored: before, earlier, repaired } = yield* open(directory, asked, sweep, options);
    const save = (manifest: Manifest): Effect.Effect<void, StoreError> =>
      options.storedOnly ? Effect.void : storing(() => writeManifest(runPaths(directory).manifest, manifest));
    const unchanged = before?.status === "finished" && before.spec === asked.spec;
    if (!unchanged) yield* save(asked);
    const log = (text: string): Effect.Effect<void, StoreError> =>
      options.storedOnly ? Effect.void : storing(() => logToRun(directory, text));
    const { workers } = yield* Pool;
    yield* log(
      `begin: bitfront ${version}, node ${process.version}, ${workers} workers, ${evaluator.space.total} indices`,
    );

    const notes: string[] = [];
    const tell = (text: string): Effect.Effect<void, StoreError> => {
      notes.push(text);
      return log(text);
    };
    for (const text of repaired) yield* tell(text);

    const plan = earlier === undefined ? prepared.plan : { ...prepared.plan, earlier };
    let statisticsSeconds = 0;
    const statistics: Ready = yield* Effect.cached(
      fillStatistics(prepared.statistics).pipe(
        Effect.timed,
        Effect.flatMap(([duration, unkept]) => {
          statisticsSeconds = Duration.toSeconds(duration);
          return unkept === undefined
            ? Effect.void
            : tell(`bit statistics are not kept for other runs: ${unkept}`);
        }),
      ),
    );
    const ready: Ready = options.storedOnly
      ? Effect.fail(new StoreError(directory, "is not finished; go on with bitfront run and the same sweep"))
      : statistics;
    const passOptions = {
      directory,
      chunk,
      failFast: options.failFast,
      storedOnly: options.storedOnly,
      tell,
    };
    const passes = passesOf({ ...prepared, plan }, evaluator, passOptions, ready);
    const prepareSeconds = (performance.now() - began) / 1000;
    const { last, errors, failed, evaluated, evaluations, stored, stages } = yield* passes.pipe(
      Effect.onInterrupt(() =>
        Effect.ignore(Effect.andThen(save({ ...asked, status: "interrupted" }), log("interrupted"))),
      ),
      Effect.tapError((error) => Effect.ignore(log(`failed: ${error.message}`))),
    );
    const { fronts, pass } = last;
    const { baselineIndex } = evaluator.space;
    const front = fronts.reduce((sum, { rows }) => sum + rows.length, 0);
    const compared = baselineIndex ?? fronts[0].rows[0]?.[0] ?? last.firstEvaluated;
    const agreement = yield* options.storedOnly || (unchanged && evaluated === 0)
      ? storing(() => readAgreement(directory))
      : agreementOn(evaluator, directory, compared, ready);
    const counts = { evaluated: evaluated + stored, failed, front };
    if (!unchanged && !options.storedOnly) yield* storing(() => forgetFront(directory));
    const evidence = yield* evidenceOf({ evaluator, directory, pass, fronts }, options.storedOnly, ready);
    yield* save({ ...asked, status: "finished", counts });
    if (earlier !== undefined) yield* storing(() => forgetEarlier(directory));
    yield* log(
      `end: ${evaluated} designs evaluated, ${stored} stored before, ${failed} failed, ${front} on the front`,
    );
    for (const [reason, count] of Object.entries(errors)) yield* log(`  ${count} x ${reason}`);
    return {
      agreement,
      evidence,
      directory,
      evaluator,
      pass,
      points: evaluated + stored,
      evaluated,
      evaluations,
      stored,
      unchanged,
      failed,
      errors,
      traced: pass === "cycle" ? last.evaluated : 0,
      compared: last.evaluated,
      fronts,
      notes,
      baseline: last.known.get(baselineIndex ?? -1) ?? null,
      seconds: (performance.now() - began) / 1000,
      stages: { prepare: prepareSeconds, statistics: statisticsSeconds, ...stages },
    };
  }).pipe(Effect.scoped);

/** Opens the run's folder, and keeps it locked for the scope where it is written. */
const open = (
  directory: string,
  asked: Manifest,
  sweep: Sweep,
  { fresh, storedOnly }: RunOptions,
): Effect.Effect<OpenedRun, StoreError, Scope.Scope> =>
  Effect.gen(function* () {
    if (storedOnly) return yield* storing(() => openStored(directory, asked));
    const { lock } = runPaths(directory);
    yield* storing(() => makeRunFolder(directory));
    yield* Effect.acquireRelease(
      storing(() => takeLock(lock)),
      (release) => Effect.promise(release),
    );
    return yield* storing(() => openRun(directory, asked, sweep, fresh, lock));
  });

/** How far the two models differ on the design with this index, if there is one: as an earlier run found, or found now. */
const agreementOn = (
  evaluator: Evaluator,
  directory: string,
  index: number | undefined,
  ready: Ready,
): Effect.Effect<ModelAgreement | null, StoreError | WorkerError, Pool | Progress> =>
  Effect.gen(function* () {
    if (index === undefined) return null;
    const kept = yield* storing(() => readAgreement(directory));
    if (kept !== null && isAgreementOf(kept, evaluator, index)) return kept;
    yield* ready;
    return yield* compareModels(evaluator, directory, index);
  });

/** What an earlier run kept of the designs on the fronts, or what is found now. */
const evidenceOf = (
  run: StoredFronts,
  storedOnly: boolean,
  ready: Ready,
): Effect.Effect<FrontEvidence | null, StoreError | WorkerError, Pool | Progress> =>
  Effect.gen(function* () {
    const kept = yield* storing(() => readEvidence(run));
    if (kept !== null || storedOnly) return kept;
    yield* ready;
    return yield* storing(() => gatherEvidence(run));
  });

/** What the passes of a run came to; the last one decides. */
interface Passed {
  readonly last: FinishedPass & { readonly pass: Pass };
  readonly failed: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly evaluated: number;
  readonly evaluations: number;
  readonly stored: number;
  readonly stages: StageSeconds;
}

/** Fills the statistics, unless that is done. */
type Ready = Effect.Effect<void, StoreError | WorkerError, Pool | Progress>;

/** The passes that the sweep's fidelity asks for; statistics are computed once, before the first missing point. */
const passesOf = (
  prepared: Prepared,
  evaluator: Evaluator,
  options: PassOptions,
  ready: Ready,
): Effect.Effect<Passed, StoreError | WorkerError | PointFailed, Pool | Progress> =>
  Effect.gen(function* () {
    const { fidelity } = prepared.plan.sweep;
    const shared = { plan: sharedJson(prepared.plan), planId: ++plans, slab: prepared.slab };
    const run = (scope: PassScope) => runPass(evaluator, options, scope, shared, ready);

    const pass = fidelity === "cycle" ? "cycle" : "analytical";
    const first = yield* run({ pass, total: evaluator.space.total });
    const counts = { evaluated: first.added, evaluations: first.evaluations, stored: first.stored };
    if (fidelity !== "staged") {
      const { failed, errors, seconds } = first;
      return { last: { ...first, pass }, failed, errors, stages: seconds, ...counts };
    }
    const indices = first.candidates;
    const second = yield* run({ pass: "cycle", total: indices.length, indices });
    return {
      last: { ...second, pass: "cycle" },
      failed: first.failed + second.failed,
      errors: { ...first.errors, ...second.errors },
      stages: addSeconds(first.seconds, second.seconds),
      ...counts,
    };
  });

/** A value as JSON text in shared memory: sending it to a worker copies nothing. */
const sharedJson = (value: unknown): SharedArrayBuffer => {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return shared;
};
