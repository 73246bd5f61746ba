/** A name, path or package file that cannot be found or read: what was asked for, and why not. */
export class CatalogError extends Error {
  readonly _tag = "CatalogError";
  readonly subject: string;
  readonly problem: string;

  constructor(subject: string, problem: string) {
    super(`${subject}: ${problem}`);
    this.name = "CatalogError";
    this.subject = subject;
    this.problem = problem;
  }
}
