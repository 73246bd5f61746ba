import type { ComparedMachine, ComparedNetwork, Comparison } from "./compare-machines.ts";

/** What machines are compared in: each is a share of the first machine's, above 1 where the machine is the better. */
export const comparedRatios = {
  speedup: {
    title: "Speedup",
    of: "processing elements alone",
    value: (one: ComparedNetwork) => 1 / one.compute_s,
  },
  equalClock: {
    title: "Speedup at equal clock",
    of: "cycles of the processing elements alone",
    value: (one: ComparedNetwork) => 1 / one.compute_cycles,
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

/** The geometric mean; NaN where one of the numbers is: means over different networks do not compare. */
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** What every table and plot of a comparison says above it: basis, budget, node, clock, source of costs, factors for layout. */
export const comparisonTerms = ({
  basis,
  budget,
  costSource,
  node_nm,
  layout,
  machines,
}: Comparison): string => {
  const limit = {
    "iso-lanes": `${budget} weight–activation pairs`,
    "iso-area": `${Number(budget.toPrecision(4))} mm2 of processing elements`,
    "iso-power": `${Number(budget.toPrecision(4))} W of busy processing elements`,
  }[basis];
  const factors =
    layout === null
      ? "no further factor for layout"
      : `layout factor power x ${layout.power}, area x ${Number(layout.area.toPrecision(3))} (${layout.mark}) on netlist costs`;
  const clocks = [...new Set(machines.map(({ clock_GHz }) => clock_GHz))];
  const clock = clocks.length === 1 ? `${clocks[0]} GHz` : "each at its own clock";
  return `basis ${basis}: ${limit}, ${node_nm} nm, ${clock}; costs ${costSource}; ${factors}`;
};
