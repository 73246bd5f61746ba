import type { ComparedMachine, ComparedNetwork, Comparison } from "./compare-machines.ts";

/** What machines are compared in: each is a share of the first machine's, above 1 where the machine is the better. */
export const comparedRatios = {
  speedup: {
    title: "Speedup",
    of: "processing elements alone",
    value: (one: ComparedNetwork) => 1 / one.compute_s,
  },
  energyEfficiency: {
    title: "Energy efficiency",
    of: "processing elements alone",
    value: (one: ComparedNetwork) => 1 / one.elements_J,
  },
  areaEfficiency: {
    title: "Area efficiency",
    of: "throughput over the area of the processing elements",
    value: (one: ComparedNetwork, { area_mm2 }: ComparedMachine) => 1 / (one.compute_s * area_mm2),
  },
  wholeSpeedup: {
    title: "Speedup with memory",
    of: "the common memory system in the way",
    value: (one: ComparedNetwork) => 1 / one.whole_s,
  },
  wholeEnergyEfficiency: {
    title: "Energy efficiency with memory",
    of: "buffers and DRAM included",
    value: (one: ComparedNetwork) => 1 / one.whole_J,
  },
} as const;
export type RatioName = keyof typeof comparedRatios;
export const ratioNames = Object.keys(comparedRatios) as RatioName[];

/**
 * How many times the first machine a machine is, a number a network; NaN where one of the two does not run it or a number was not
 * published.
 */
export const ratiosTo = (
  { networks, machines: [reference] }: Comparison,
  machine: ComparedMachine,
  name: RatioName,
): number[] => {
  const { value } = comparedRatios[name];
  return networks.map((_, index) => {
    const [own, first] = [machine.networks[index], reference.networks[index]];
    return value(own, machine) / value(first, reference);
  });
};

/** The geometric mean of the numbers that there are; NaN of none. */
export const geometricMean = (values: readonly number[]): number => {
  const known = values.filter((value) => !Number.isNaN(value));
  return Math.exp(known.reduce((sum, value) => sum + Math.log(value), 0) / known.length);
};

/** What every table and plot of a comparison says above it: basis, budget, source of costs, factors for layout. */
export const comparisonTerms = ({ basis, budget, costSource, layout }: Comparison): string => {
  const limit = {
    "iso-lanes": `${budget} weight–activation pairs`,
    "iso-area": `${Number(budget.toPrecision(4))} mm2 of processing elements`,
    "iso-power": `${Number(budget.toPrecision(4))} W of busy processing elements`,
  }[basis];
  const factors =
    layout === null
      ? "no further factor for layout"
      : `layout factor power x ${layout.power}, area x ${Number(layout.area.toPrecision(3))} (${layout.mark}) on netlist costs`;
  return `basis ${basis}: ${limit}; costs ${costSource}; ${factors}`;
};
