import { bitletParameters } from "../../../core/machines/bitlet/parameters.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";

/** The published machine with some parameters changed. */
export const configurationWith = (changes: Configuration = {}): Configuration => {
  const defaults = Object.fromEntries(
    bitletParameters.map((parameter) => [parameter.name, parameter.default]),
  );
  for (const name of Object.keys(changes)) {
    if (!(name in defaults)) throw new Error(`bitlet has no parameter ${name}`);
  }
  return { ...defaults, ...changes };
};
