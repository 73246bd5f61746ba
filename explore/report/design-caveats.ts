import { formatConfigurations } from "../../core/machines/layer-configuration.ts";
import { machines } from "../../core/machines/registry.ts";
import type { EnginePlan } from "../engine/plan.ts";
import type { Point } from "../space/space.ts";

/**
 * What is to be said of a design's results, a sentence each: of every format that its layers have, and of networks with
 * products that the machine does not accelerate.
 */
export const designCaveats = (
  { workloads }: Pick<EnginePlan, "workloads">,
  { machine, configuration }: Point,
): string[] => {
  const { parameters, caveats, accelerates } = machines[machine];
  const plain = workloads.flatMap(({ name, layers }) => {
    const products = [...new Set(layers.map(({ product }) => product ?? "forward"))];
    const others = products.filter((product) => !accelerates.includes(product));
    if (others.length === 0) return [];
    return [
      `${name}: ${machine} accelerates the ${accelerates.join(" and ")} product alone, not ${others.join(" and ")}.`,
    ];
  });
  return [...new Set([...formatConfigurations(parameters, configuration).flatMap(caveats), ...plain])];
};
