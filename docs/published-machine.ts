import type { Configuration } from "../core/machines/parameter.ts";
import { machines } from "../core/machines/registry.ts";

/** The configuration of the published machine with some parameters changed. */
export const publishedMachine = (changes: Configuration = {}): Configuration => ({
  ...Object.fromEntries(machines.bitlet.parameters.map((parameter) => [parameter.name, parameter.default])),
  ...changes,
});
