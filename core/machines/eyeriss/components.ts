import { type Component, weakerMark } from "../../technology/component.ts";
import type { Technology } from "../../technology/technology.ts";
import type { Configuration } from "../parameter.ts";
import { tabledComponents } from "../tabled-components.ts";

/**
 * Energy of what an element does for one product, relative to the product itself: four accesses of the register file (filter,
 * activation, partial sum read and written) at 1 each, and 1/(S·q) hops along the array at 2, with the 12 activations that
 * a scratchpad holds as S·q. The ratios are those of Y.-H. Chen et al., ISCA 2016 (65 nm), from memory; the accesses are our
 * decision.
 */
const perProduct = { MAC: 1, "register files": 4 * 1, "array network": (1 / 12) * 2 } as const;

/**
 * Parts of a processing element: what the tables know of one, its dynamic energy split in the proportions of `perProduct`.
 * Area and leakage are known of the whole alone, and stand there. The total does not depend on the proportions.
 */
export const components = (configuration: Configuration, technology: Technology): readonly Component[] => {
  const whole = tabledComponents("eyeriss", configuration, 1, technology);
  const sum = Object.values(perProduct).reduce((total, share) => total + share, 0);
  return whole.flatMap((element) => [
    {
      ...element,
      dynamicCycle_J: 0,
      source: `${element.source}; dynamic energy stands in the rows of its parts`,
    },
    ...Object.entries(perProduct).map(([name, share]) => ({
      name,
      area_mm2: 0,
      dynamicCycle_J: (element.dynamicCycle_J * share) / sum,
      leakage_W: 0,
      source: `${element.source}; split by the relative energies of ISCA 2016, from memory, not checked; area and leakage stand in the row of the processing element`,
      mark: weakerMark(element.mark, "remembered"),
    })),
  ]);
};
