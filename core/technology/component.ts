/** How far a number is to be trusted: from best to worst. */
export const marks = ["stated", "measured", "derived", "our decision", "remembered"] as const;
export type Mark = (typeof marks)[number];

/** Where a number comes from. */
export interface Evidence {
  readonly source: string;
  readonly mark: Mark;
}

/** A number of a cost table. `range` says between which values it may lie, where that is known to matter. */
export interface Quantity extends Evidence {
  readonly value: number;
  readonly unit: string;
  readonly range?: readonly [number, number];
}

/** The weaker of two marks: a result carries the weakest mark of what entered it. */
export const weakerMark = (first: Mark, second: Mark): Mark =>
  marks[Math.max(marks.indexOf(first), marks.indexOf(second))];

/** The weakest mark of some evidence; `stated` of none. */
export const weakestMark = (evidence: readonly { readonly mark: Mark }[]): Mark =>
  evidence.reduce<Mark>((weakest, { mark }) => weakerMark(weakest, mark), "stated");

/** A part of one processing element, at the nominal supply voltage. */
export interface Component extends Evidence {
  readonly name: string;
  readonly area_mm2: number;
  /** Energy that a busy cycle adds to leakage. */
  readonly dynamicCycle_J: number;
  /** Power as long as it is supplied. */
  readonly leakage_W: number;
}
