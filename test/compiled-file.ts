import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inject } from "vitest";

/** The JavaScript that was made of a source when this run of the tests began, such as `explore/cli/main`. */
export const compiledFile = (source: string): URL => pathToFileURL(join(inject("compiled"), `${source}.js`));
