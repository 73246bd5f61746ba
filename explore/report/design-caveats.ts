import { formatConfigurations } from "../../core/machines/layer-configuration.ts";
import { machines } from "../../core/machines/registry.ts";
import type { Workload } from "../../core/model/terms.ts";
import type { Technology } from "../../core/technology/technology.ts";
import type { Point } from "../space/space.ts";

/**
 * What is to be said of a design's results, a sentence each: of every format that its layers have, of networks with
 * products that the machine does not accelerate, and where its costs are not from the source that all designs name.
 */
export const designCaveats = (
  {
    workloads,
    technology,
  }: {
    readonly workloads: readonly Pick<Workload, "name" | "layers">[];
    readonly technology: Technology;
  },
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
  return [
    ...new Set([
      ...formatConfigurations(parameters, configuration).flatMap(caveats),
      ...plain,
      ...otherSource({ machine, configuration }, technology),
    ]),
  ];
};

/** Says that a machine enters with what was published of it, since the cost source has nothing of it. */
const otherSource = ({ machine, configuration }: Point, { machines: tables }: Technology): string[] => {
  const own = tables[machine];
  const source = String(configuration.costSource);
  if (own === undefined || source === "published" || Object.hasOwn(own, source)) return [];
  return [
    `costSource ${source} has nothing of ${machine}: its area and power are those published of the whole machine, scaled by node; what was not published is absent.`,
  ];
};
