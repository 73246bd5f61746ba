import { readFileSync } from "node:fs";

/** One recorded group of the authors' RTL. */
export interface Vector {
  readonly id: string;
  readonly N_total: number;
  readonly N_input: number;
  readonly isfix: 0 | 1;
  readonly prune: string;
  readonly w: readonly string[];
  readonly a: readonly string[];
  readonly emax: number;
  readonly emax_cycle: number;
  readonly busy: readonly number[];
  readonly scan: number;
  readonly latency: number;
}

/** The 300 vectors, float32 first. Their format is described in test/golden/README.md. */
export const readVectors = (): Vector[] =>
  ["public-float32.jsonl", "public-fixed.jsonl"].flatMap((name) =>
    readFileSync(new URL(name, import.meta.url), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Vector),
  );
