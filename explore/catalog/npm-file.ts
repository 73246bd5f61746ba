import { existsSync, realpathSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, resolve, sep } from "node:path";
import { CatalogError } from "./catalog-error.ts";
import { packageRoot } from "./package-root.ts";

const reference = /^npm:((?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*)\/(.+)$/;

/** The installed directory of a package as seen from a directory, by the search path of Node, or undefined. */
const packageDirectory = (name: string, base: string): string | undefined => {
  const places = createRequire(join(resolve(base), "from-here.js")).resolve.paths(name) ?? [];
  return places.map((place) => join(place, name)).find((directory) => existsSync(directory));
};

/** Whether a path lies in a directory; both with symbolic links resolved. */
export const isInside = (directory: string, path: string): boolean => {
  const way = relative(directory, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && resolve(directory, way) === path;
};

/**
 * The path of a file of an installed package, from `npm:package/file`. The package is looked for from the base
 * directory, then from the working directory, then from bitfront. Its `exports` do not matter, since the file is data;
 * but the file must lie inside the package once symbolic links are resolved. Throws a CatalogError: for a package that
 * is not installed with the command that installs it (`install`, or the plain one).
 */
export const findNpmFile = (use: string, baseDirectory: string, install?: string): string => {
  const match = reference.exec(use);
  if (match === null) throw new CatalogError(use, "expected npm:package/file or npm:@scope/package/file");
  const [, name, file] = match;
  for (const base of [baseDirectory, process.cwd(), packageRoot()]) {
    const directory = packageDirectory(name, base);
    if (directory === undefined) continue;
    const root = realpathSync(directory);
    const path = resolve(root, file);
    if (!isInside(root, path)) throw new CatalogError(use, `the path leaves the package ${name}`);
    if (!existsSync(path)) throw new CatalogError(use, `the package ${name} has no file ${file}`);
    const real = realpathSync(path);
    if (!isInside(root, real)) throw new CatalogError(use, `the file is a link out of the package ${name}`);
    if (!statSync(real).isFile()) throw new CatalogError(use, `${file} is no file of the package ${name}`);
    return real;
  }
  throw new CatalogError(
    use,
    `the package ${name} is not installed; install it with: ${install ?? `npm install ${name}`}`,
  );
};
