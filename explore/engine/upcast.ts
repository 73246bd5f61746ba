import { formatConfigurations } from "../../core/machines/layer-configuration.ts";
import { machines } from "../../core/machines/registry.ts";
import type { Point } from "../space/space.ts";
import type { EnginePlan } from "./plan.ts";

/**
 * The networks whose weights a design takes in more bits than they were stored in, which the sweep allowed: part of
 * their bit sparsity is the file's. Empty for a design in a fixed format, or in one that the files hold.
 */
export const upcastNetworks = (
  { workloads, sweep }: EnginePlan,
  { machine, configuration }: Point,
): string[] => {
  const formats = formatConfigurations(machines[machine].parameters, configuration).map(
    (own) => machines[machine].statistics(own, sweep.seed, 0).format,
  );
  return workloads
    .filter(({ upcasts }) => formats.some((format) => upcasts[format] !== undefined))
    .map(({ name }) => name);
};

/** The sentence that marks such results; empty where the plan has none. */
export const upcastSentence = ({ workloads }: EnginePlan): string => {
  const marked = workloads.flatMap(({ name, upcasts }) =>
    Object.entries(upcasts).map(([format, stored]) => `${name} (${stored.join(", ")} as ${format})`),
  );
  if (marked.length === 0) return "";
  return `Weights taken in more bits than they were stored in: ${marked.join(", ")}. Their low bits are zero because of the file.`;
};
