import { formatConfigurations } from "../../core/machines/layer-configuration.ts";
import { machines } from "../../core/machines/registry.ts";
import type { Point } from "../space/space.ts";

/** What is to be said of a design's results, a sentence each: of every format that its layers have. */
export const designCaveats = ({ machine, configuration }: Point): string[] => {
  const { parameters, caveats } = machines[machine];
  return [...new Set(formatConfigurations(parameters, configuration).flatMap(caveats))];
};
