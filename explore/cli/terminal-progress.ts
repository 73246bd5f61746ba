import { SingleBar } from "cli-progress";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { type FrontSoFar, type Phase, Progress } from "../engine/progress.ts";
import { type PhaseState, progressLine } from "./progress-line.ts";

const phases = {
  statistics: { label: ["bit statistics", "statistics"], unit: "weights" },
  analytical: { label: ["analytical model", "analytical"], unit: "designs" },
  cycle: { label: ["cycle model", "cycle"], unit: "designs" },
  stream: { label: ["bit statistics", "statistics"], unit: "bytes" },
} as const;

/** The front is found anew so often at most: it takes time that the run could use. */
const frontEvery_ms = 500;

/** Draws phases one after another on standard error. */
const drawing = () => {
  let bar: SingleBar | undefined;
  let state: PhaseState;
  let began = 0;
  let first = 0;
  let frontAt = 0;
  return {
    begin: (phase: Phase, total: number, done: number): void => {
      began = performance.now();
      first = done;
      frontAt = -Infinity;
      state = { ...phases[phase], done, total, rate: 0, front: undefined };
      bar = new SingleBar({
        format: (_options, { maxWidth }) => progressLine(state, maxWidth),
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
      });
      bar.start(total, done);
    },
    advance: (steps: number, frontSoFar?: () => FrontSoFar): void => {
      if (bar === undefined) return;
      const now = performance.now();
      const done = state.done + steps;
      const rate = ((done - first) * 1000) / Math.max(1, now - began);
      const anew = frontSoFar !== undefined && now - frontAt >= frontEvery_ms;
      state = { ...state, done, rate, front: anew ? frontSoFar() : state.front };
      if (anew) frontAt = performance.now();
      bar.update(done);
    },
    end: (): void => {
      bar?.stop();
      bar = undefined;
    },
  };
};

/**
 * Draws a line on standard error with rate, time left and the front so far, if that is a terminal; says nothing
 * otherwise. A run that fails or is interrupted leaves the terminal as it was, too.
 */
export const terminalProgress: Layer.Layer<Progress> = Layer.effect(
  Progress,
  Effect.map(
    Effect.acquireRelease(Effect.sync(drawing), ({ end }) => Effect.sync(end)),
    ({ begin, advance, end }) =>
      Progress.of({
        begin: (phase, total, done) =>
          Effect.sync(() => {
            if (process.stderr.isTTY && done < total) begin(phase, total, done);
          }),
        advance: (steps, front) => Effect.sync(() => advance(steps, front)),
        end: Effect.sync(end),
      }),
  ),
);
