import { resolve } from "node:path";
import { findNpmFile } from "./npm-file.ts";

/** The path of a file from `npm:package/file` or a path from the base directory. */
export const locateFile = (use: string, baseDirectory: string, install?: string): string =>
  use.startsWith("npm:") ? findNpmFile(use, baseDirectory, install) : resolve(baseDirectory, use);
