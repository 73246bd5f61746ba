/** Keys and positions that lead from the top of a sweep file to a part of it. */
export type Path = readonly (string | number)[];

/** Something wrong with a part of a sweep file, before its place in the text is known. */
export interface Fault {
  readonly path: Path;
  /** Point at the key instead of its value. */
  readonly atKey?: true;
  /** Characters into the text of the value, for a fault inside an expression. */
  readonly offset?: number;
  /** What is wrong, as the end of a sentence whose subject is the value. */
  readonly problem: string;
  /** What would have been right, as the end of "expected …". */
  readonly expected: string;
  /** The valid name that was probably meant. */
  readonly nearest?: string;
}

/** Something wrong with a sweep file, and where: line and column count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The path of the key, such as `parameters.pes.pow2`; empty for the file as a whole. */
  readonly key: string;
  /** The value as it is written, cut to 60 characters; empty where something is missing. */
  readonly value: string;
  readonly problem: string;
  readonly expected: string;
  readonly nearest?: string;
  /** The above as one line of text. */
  readonly message: string;
}

/** A sweep file that is not understood. It carries every problem found, in the order of the file. */
export class SpecError extends Error {
  readonly _tag = "SpecError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join("\n"));
    this.name = "SpecError";
    this.problems = problems;
  }
}

/** Joins names for "expected …": all of them up to a dozen, else the first eleven and how many there are. */
export const oneOf = (names: readonly string[]): string => {
  if (names.length === 1) return names[0]!;
  if (names.length <= 12) return `one of ${names.join(", ")}`;
  return `one of ${names.slice(0, 11).join(", ")}, … (${names.length} in all)`;
};
