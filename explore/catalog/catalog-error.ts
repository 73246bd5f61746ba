import { printable } from "../../core/errors.ts";

/** A name, path or package file that cannot be found or read: what was asked for, and why not. */
export class CatalogError extends Error {
  readonly _tag = "CatalogError";
  readonly subject: string;
  readonly problem: string;

  constructor(subject: string, problem: string) {
    const [name, text] = [printable(subject, 600), printable(problem, 1000)];
    super(`${name}: ${text}`);
    this.name = "CatalogError";
    this.subject = name;
    this.problem = text;
  }
}
