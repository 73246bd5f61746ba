import { shippedPublished } from "../../explore/published/published-numbers.ts";

/** A network of the ablation study. */
export interface AblationRow {
  readonly name: string;
  readonly precision: string;
  /** GFLOPS column of Table 2, as printed. */
  readonly work: number;
  /** Frames a second as printed: one lane (N = 1), and 64 lanes without distillation. */
  readonly bare: number;
  readonly noDistillation: number;
}

const { work, frameRate } = shippedPublished().numbers("micro21");

/** MICRO 2021 (doi 10.1145/3466752.3480123), Table 2 (precision, work) and Table 8 (frames a second), as printed. */
export const micro21Table8: readonly AblationRow[] = Object.entries(work.rows).flatMap(
  ([precision, networks]) =>
    Object.entries(networks).map(([name, work]) => ({
      name,
      precision,
      work,
      bare: frameRate.rows.bare[name],
      noDistillation: frameRate.rows.noDistillation[name],
    })),
);
