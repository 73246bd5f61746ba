import { Presets, SingleBar } from "cli-progress";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { type FrontSoFar, Progress } from "../engine/progress.ts";
import { engineering } from "../table/engineering.ts";

const phases = {
  statistics: { label: "bit statistics", unit: "weights" },
  analytical: { label: "analytical model", unit: "designs" },
  cycle: { label: "cycle model", unit: "designs" },
} as const;

/** The front is found anew so often at most: it takes time that the run could use. */
const frontEvery_ms = 500;

/** Draws a bar on standard error with rate, time left and the front so far, if that is a terminal; says nothing otherwise. */
export const terminalProgress: Layer.Layer<Progress> = Layer.sync(Progress, () => {
  let bar: SingleBar | undefined;
  let began = 0;
  let first = 0;
  let reached = 0;
  let front = "";
  let frontAt = 0;
  const shown = (total: number) => {
    const rate = ((reached - first) * 1000) / Math.max(1, performance.now() - began);
    return { done: engineering(reached), all: engineering(total), rate: engineering(rate), front };
  };
  return Progress.of({
    begin: (phase, total, done) =>
      Effect.sync(() => {
        if (!process.stderr.isTTY || done >= total) return;
        const { label, unit } = phases[phase];
        began = performance.now();
        first = done;
        reached = done;
        front = "";
        frontAt = 0;
        bar = new SingleBar(
          {
            format: `${label.padEnd(16)} {bar} {percentage} % | {done} of {all} ${unit} | {rate}/s | {eta_formatted} left{front}`,
            barsize: 24,
            stream: process.stderr,
            hideCursor: true,
            clearOnComplete: true,
          },
          Presets.shades_classic,
        );
        bar.start(total, done, shown(total));
      }),
    advance: (steps, frontSoFar) =>
      Effect.sync(() => {
        if (bar === undefined) return;
        reached += steps;
        if (frontSoFar !== undefined && performance.now() - frontAt >= frontEvery_ms) {
          front = frontText(frontSoFar());
          frontAt = performance.now();
        }
        bar.update(reached, shown(bar.getTotal()));
      }),
    end: Effect.sync(() => {
      bar?.stop();
      bar = undefined;
    }),
  });
});

const frontText = ({ designs, hypervolume }: FrontSoFar): string =>
  ` | front ${designs}${hypervolume === undefined ? "" : `, hypervolume ${engineering(hypervolume)}`}`;
