import { machines } from "../../core/machines/registry.ts";
import { parseFormat } from "../../core/numerics/formats.ts";
import type { Point } from "../space/space.ts";
import type { EnginePlan } from "./plan.ts";

/**
 * The networks whose weights a design takes as float although they were stored in fewer bits, which the sweep allowed:
 * part of their bit sparsity is the file's. Empty for a design in a fixed format.
 */
export const upcastNetworks = (
  { workloads, sweep }: EnginePlan,
  { machine, configuration }: Point,
): string[] => {
  const { format } = machines[machine].statistics(configuration, sweep.seed, 0);
  if (parseFormat(format).kind !== "float") return [];
  return workloads.filter(({ storedBelowFloat32 }) => storedBelowFloat32.length > 0).map(({ name }) => name);
};

/** The sentence that marks such results; empty where the plan has none. */
export const upcastSentence = ({ workloads }: EnginePlan): string => {
  const marked = workloads.filter(({ storedBelowFloat32 }) => storedBelowFloat32.length > 0);
  if (marked.length === 0) return "";
  const which = marked
    .map(({ name, storedBelowFloat32 }) => `${name} (${storedBelowFloat32.join(", ")})`)
    .join(", ");
  return `Weights stored in fewer bits than float32: ${which}. In float32 their low bits are zero because of the file.`;
};
