import { bitletParameters } from "../../../core/machines/bitlet/parameters.ts";
import { type Configuration, configurationOf } from "../../../core/machines/parameter.ts";

/** The published machine with some parameters changed. */
export const configurationWith = (changes: Configuration = {}): Configuration =>
  configurationOf(bitletParameters, changes);
