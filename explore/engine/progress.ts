import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";

/**
 * What a run is doing. Statistics are counted in weights taken (once for each activation vector), models in designs, and
 * files that are profiled as a stream in bytes.
 */
export type Phase = "statistics" | "analytical" | "cycle" | "stream";

/** The front of a run as far as it has come. */
export interface FrontSoFar {
  /** Designs on it; over all fronts where networks have fronts of their own. */
  readonly designs: number;
  /** Measured from the sweep's reference point, else from the worst value so far; undefined with several fronts or four objectives. */
  readonly hypervolume: number | undefined;
}

/** Told how far a run is; the command line draws it, the library by default does not. */
export class Progress extends Context.Service<
  Progress,
  {
    /** A phase of `total` steps begins, `done` of which were finished by an earlier run. */
    begin(phase: Phase, total: number, done: number): Effect.Effect<void>;
    /** `front` is worth asking a few times a second, not more. */
    advance(steps: number, front?: () => FrontSoFar): Effect.Effect<void>;
    end: Effect.Effect<void>;
  }
>()("bitfront/engine/Progress") {}

/** Tells nobody. */
export const silentProgress: Layer.Layer<Progress> = Layer.succeed(
  Progress,
  Progress.of({ begin: () => Effect.void, advance: () => Effect.void, end: Effect.void }),
);
