import type { Machine } from "../../core/machines/machine.ts";
import type { Configuration, NumberParameter } from "../../core/machines/parameter.ts";
import { voltageShare } from "../../core/technology/supply.ts";
import type { Technology } from "../../core/technology/technology.ts";

/**
 * What two machines are given alike. iso-lanes: weight–activation pairs that the arrays have side by side (a processing
 * element without multipliers has no equal number of these). iso-area: area of the processing elements. iso-power: their
 * power with every one of them busy, at the configuration's clock. The memory system is outside: it is what the
 * parameters say, for every machine.
 */
export const isoBases = ["iso-lanes", "iso-area", "iso-power"] as const;
export type IsoBasis = (typeof isoBases)[number];

/** Units of what a basis counts. */
const basisUnits: Readonly<Record<IsoBasis, string>> = {
  "iso-lanes": "weight–activation pairs side by side",
  "iso-area": "mm2 of processing elements",
  "iso-power": "W of busy processing elements",
};

/** All processing elements of a configuration, in mm2. NaN where nobody published it; ModelError as `components` throws. */
export const elementsArea_mm2 = (
  machine: Machine,
  configuration: Configuration,
  technology: Technology,
): number =>
  machine.processingElements(configuration) *
  machine.components(configuration, technology).reduce((sum, { area_mm2 }) => sum + area_mm2, 0);

/**
 * Power of all processing elements with every one of them busy, in W, at the configuration's clock and the supply voltage
 * that it takes. NaN where nobody published it; ModelError as `components` and `voltageShare` throw.
 */
export const elementsPower_W = (
  machine: Machine,
  configuration: Configuration,
  technology: Technology,
): number => {
  const clock = Number(configuration.clock);
  const nominal = machine.nominalClock_GHz(configuration, technology);
  const voltage = voltageShare(technology.supply, clock, nominal);
  const watts = machine
    .components(configuration, technology)
    .reduce(
      (sum, { dynamicCycle_J, leakage_W }) =>
        sum + dynamicCycle_J * clock * 1e9 * voltage * voltage + leakage_W * voltage,
      0,
    );
  return machine.processingElements(configuration) * watts;
};

/** What a configuration takes of a basis, in its unit. */
export const takenOf = (
  basis: IsoBasis,
  machine: Machine,
  configuration: Configuration,
  technology: Technology,
): number => {
  switch (basis) {
    case "iso-lanes":
      return machine.lanes(configuration);
    case "iso-area":
      return elementsArea_mm2(machine, configuration, technology);
    case "iso-power":
      return elementsPower_W(machine, configuration, technology);
  }
};

/** A configuration of the size that a budget allows, or why there is none. */
export type Sized = { readonly configuration: Configuration } | { readonly problem: string };

/**
 * The configuration with the largest value of the machine's size parameter that takes no more than the budget: what is
 * taken rises with it. A budget that is met exactly counts as met, up to rounding.
 */
export const sizedTo = (
  basis: IsoBasis,
  budget: number,
  machine: Machine,
  configuration: Configuration,
  technology: Technology,
): Sized => {
  const { sizeParameter, name } = machine;
  const descriptor = machine.parameters.find(
    (parameter) => parameter.name === sizeParameter,
  ) as NumberParameter;
  const at = (size: number): Configuration => ({ ...configuration, [sizeParameter]: size });
  const taken = (size: number): number => takenOf(basis, machine, at(size), technology);
  const limit = budget * (1 + 1e-9);
  let [low, high] = [descriptor.minimum, descriptor.maximum];
  const least = taken(low);
  if (Number.isNaN(least)) {
    const what = basis === "iso-power" ? "power" : "area";
    return { problem: `${basis}: no ${what} of ${name} is known at costSource ${configuration.costSource}` };
  }
  if (least > limit) {
    return {
      problem: `${basis}: ${sizeParameter} ${low} of ${name} takes ${Number(least.toPrecision(4))} ${basisUnits[basis]}, above the budget of ${Number(budget.toPrecision(4))}`,
    };
  }
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (taken(middle) <= limit) low = middle;
    else high = middle - 1;
  }
  return { configuration: at(low) };
};
