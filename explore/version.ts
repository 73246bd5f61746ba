import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "./catalog/package-root.ts";

/** The version of this package, as its package.json gives it. */
export const version: string = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")).version;
