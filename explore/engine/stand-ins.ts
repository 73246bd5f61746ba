import { formatConfigurations } from "../../core/machines/layer-configuration.ts";
import { machines } from "../../core/machines/registry.ts";
import type { Point } from "../space/space.ts";
import type { EnginePlan } from "./plan.ts";
import { draws } from "./stated-activations.ts";

/**
 * What stands in for trained weights and captured activations in the results of a design, where a network says so, a text
 * each: `tiny: synthetic weights: all layers`, `tiny: activations relu, 50 % zeros`.
 */
export const standIns = ({ workloads, sweep }: EnginePlan, { machine, configuration }: Point): string[] => {
  const drawn = formatConfigurations(machines[machine].parameters, configuration).some((own) =>
    draws({
      kind: machines[machine].statisticsRule.kind,
      request: machines[machine].statistics(own, sweep.seed, 0),
    }),
  );
  return workloads.flatMap(({ name, syntheticWeights, statedActivations }) => [
    ...(syntheticWeights === undefined ? [] : [`${name}: ${syntheticWeights}`]),
    ...(statedActivations === undefined || !drawn ? [] : [`${name}: activations ${statedActivations}`]),
  ]);
};

/** Whether any design of the plan has stand-ins to tell of. */
export const hasStandIns = ({ workloads }: EnginePlan): boolean =>
  workloads.some(
    ({ syntheticWeights, statedActivations }) =>
      syntheticWeights !== undefined || statedActivations !== undefined,
  );

/** The sentence that marks all results of a plan with synthetic weights; empty where it has none. */
export const syntheticSentence = ({ workloads }: EnginePlan): string => {
  const marked = workloads.flatMap(({ name, syntheticWeights }) =>
    syntheticWeights === undefined ? [] : [`${name} (${syntheticWeights})`],
  );
  if (marked.length === 0) return "";
  return `Weights that were drawn, not trained: ${marked.join(", ")}. Their bit sparsity is that of the distribution.`;
};
