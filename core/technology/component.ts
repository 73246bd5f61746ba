/** How far a number is to be trusted: from best to worst. */
export const marks = ["stated", "measured", "derived", "our decision", "remembered"] as const;
export type Mark = (typeof marks)[number];

/** Where a number comes from. */
export interface Evidence {
  readonly source: string;
  readonly mark: Mark;
}

/** The weaker of two marks: a result carries the weakest mark of what entered it. */
export const weakerMark = (first: Mark, second: Mark): Mark =>
  marks[Math.max(marks.indexOf(first), marks.indexOf(second))];

/** A part of a processing element. */
export interface Component extends Evidence {
  readonly name: string;
  readonly area_mm2: number;
  /** Energy of one processing element's busy cycle. */
  readonly busyCycle_J: number;
}
