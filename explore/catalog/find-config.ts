import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { packageRoot } from "./package-root.ts";

/** A folder of configs/. */
export type ConfigKind = "networks" | "sweeps" | "weights";

const namePattern = /^[a-z0-9][a-z0-9._-]*$/;

/** Whether a text says that it is a YAML file. */
export const isYamlFile = (text: string): boolean => /\.ya?ml$/.test(text);

const sharedDirectories = (kind: ConfigKind): string[] =>
  [process.cwd(), packageRoot()].map((root) => join(root, "configs", kind));

/**
 * The path of a configuration, or undefined where there is none. A text that ends in .yaml or .yml is a path from the
 * base directory; a name is `<name>.yaml` in the base directory (that of the file which names it), in configs/ of the
 * working directory, or in configs/ of the package, in this order.
 */
export const findConfig = (named: string, kind: ConfigKind, baseDirectory: string): string | undefined => {
  if (isYamlFile(named)) {
    const path = resolve(baseDirectory, named);
    return existsSync(path) ? path : undefined;
  }
  if (!namePattern.test(named)) return undefined;
  return [baseDirectory, ...sharedDirectories(kind)]
    .map((directory) => resolve(directory, `${named}.yaml`))
    .find((path) => existsSync(path));
};

/** The names of all configurations of a kind in the working directory and the package, sorted. */
export const configNames = (kind: ConfigKind): string[] => {
  const files = sharedDirectories(kind).flatMap((directory) =>
    existsSync(directory) ? readdirSync(directory) : [],
  );
  return [...new Set(files.filter(isYamlFile).map((file) => file.replace(/\.ya?ml$/, "")))].sort();
};
