/** A file or directory of a run that cannot be written, read or trusted: which one, and what is wrong with it. */
export class StoreError extends Error {
  readonly _tag = "StoreError";
  readonly path: string;
  readonly problem: string;

  constructor(path: string, problem: string) {
    super(`${path}: ${problem}`);
    this.name = "StoreError";
    this.path = path;
    this.problem = problem;
  }
}
