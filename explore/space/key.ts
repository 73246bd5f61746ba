import { createHash } from "node:crypto";
import type { Configuration } from "../../core/machines/parameter.ts";

/**
 * The key of a design, by which it is known outside its run: the first 16 hexadecimal digits of the SHA-256 of its
 * canonical JSON, that is `{"configuration":{…},"machine":"…"}` with names sorted by code unit and without white
 * space. It does not depend on the order in which parameters are given, nor on the sweep.
 */
export const configurationKey = (machine: string, configuration: Configuration): string => {
  const sorted = Object.fromEntries(
    Object.keys(configuration)
      .sort()
      .map((name) => [name, configuration[name]]),
  );
  const canonical = JSON.stringify({ configuration: sorted, machine });
  return createHash("sha256").update(canonical).digest("hex").slice(0, 16);
};
