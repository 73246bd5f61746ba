/** A table that cannot be used: the file, the line where there is one (from 1), and what is wrong. */
export class TableError extends Error {
  readonly _tag = "TableError";
  readonly path: string;
  readonly line: number | undefined;
  readonly problem: string;

  constructor(path: string, line: number | undefined, problem: string) {
    super(`${path}${line === undefined ? "" : `:${line}`}: ${problem}`);
    this.name = "TableError";
    this.path = path;
    this.line = line;
    this.problem = problem;
  }
}
