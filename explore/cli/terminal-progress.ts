import { Presets, SingleBar } from "cli-progress";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { Progress } from "../engine/progress.ts";

const labels = {
  statistics: "bit statistics",
  analytical: "analytical model",
  cycle: "cycle model",
} as const;

/** Draws a bar on standard error with rate and time left, if that is a terminal; says nothing otherwise. */
export const terminalProgress: Layer.Layer<Progress> = Layer.sync(Progress, () => {
  let bar: SingleBar | undefined;
  let began = 0;
  let first = 0;
  return Progress.of({
    begin: (phase, total, done) =>
      Effect.sync(() => {
        if (!process.stderr.isTTY || done >= total) return;
        bar = new SingleBar(
          {
            format: `${labels[phase].padEnd(16)} {bar} {percentage} % | {value}/{total} | {rate}/s | {eta_formatted} left`,
            stream: process.stderr,
            hideCursor: true,
            clearOnComplete: true,
          },
          Presets.shades_classic,
        );
        began = performance.now();
        first = done;
        bar.start(total, done, { rate: "–" });
      }),
    advance: (steps) =>
      Effect.sync(() => {
        if (bar === undefined) return;
        const value = bar.getProgress() * bar.getTotal() + steps;
        const rate = ((value - first) * 1000) / (performance.now() - began);
        bar.increment(steps, { rate: rate.toFixed(rate < 10 ? 1 : 0) });
      }),
    end: Effect.sync(() => {
      bar?.stop();
      bar = undefined;
    }),
  });
});
