import type { Machine } from "../../core/machines/machine.ts";
import {
  type Configuration,
  configurationOf,
  type ParameterValue,
  settled,
} from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { costParameters, designCosts } from "../../core/model/costs.ts";
import { valueOrError } from "../../core/model/terms.ts";
import { voltageShare } from "../../core/technology/supply.ts";
import type { Technology } from "../../core/technology/technology.ts";
import type { Sweep } from "../spec/sweep.ts";

/** So many designs are tried at most for each machine. */
const mostTried = 500;

/**
 * The components that a sweep gives, by name, that change no cost of its designs: `changed` holds for each of them the
 * technology with its number half as large again. Which numbers count depends on names (formats, sources, memory types), on the
 * node and on planes, not on sizes: these are combined, and other parameters stand at their first value. Where there
 * are more than 500 combinations, those that are not tried are taken to use everything.
 */
export const unusedComponents = (
  sweep: Pick<Sweep, "space">,
  technology: Technology,
  changed: ReadonlyMap<string, Technology>,
): string[] =>
  [...changed].flatMap(([name, other]) => {
    const unused = sweep.space.machines.every((each) => {
      const machine = machines[each.name];
      const tried = costConfigurations(machine, sweep.space);
      return (
        tried.length <= mostTried &&
        tried.every(
          (configuration) =>
            costsText(machine, configuration, technology) === costsText(machine, configuration, other),
        )
      );
    });
    return unused ? [name] : [];
  });

/** All that a design costs, as text. */
const costsText = (machine: Machine, configuration: Configuration, technology: Technology): string =>
  JSON.stringify([
    valueOrError(() => designCosts(machine, configuration, technology)),
    valueOrError(() => {
      const nominal = machine.nominalClock_GHz(configuration, technology);
      return voltageShare(technology.supply, Number(configuration.clock), nominal);
    }),
  ]);

/** Configurations that differ in what decides which numbers count. */
const costConfigurations = (
  machine: Machine,
  { parameters, baseline, points }: Sweep["space"],
): Configuration[] => {
  const names = new Set<string>([
    ...costParameters,
    ...machine.componentParameters,
    ...machine.clockParameters,
    "clock",
  ]);
  let configurations: Record<string, ParameterValue>[] = [configurationOf(machine.parameters)];
  for (const { name, kind, default: standard } of machine.parameters) {
    const swept = parameters.find((parameter) => parameter.name === name);
    if (swept === undefined || configurations.length > mostTried) continue;
    const values = swept.when === undefined ? swept.values : [...swept.values, standard];
    const counts = names.has(name) && (kind === "choice" || combined.has(name));
    configurations = configurations.flatMap((configuration) =>
      (counts ? values : values.slice(0, 1)).map((value) => ({ ...configuration, [name]: value })),
    );
  }
  const known = [...(baseline ? [baseline] : []), ...points].filter(
    (point) => point.machine === machine.name,
  );
  return [...configurations, ...known.map(({ configuration }) => ({ ...configuration }))].map(
    (configuration) => settled(machine.parameters, configuration),
  );
};

/** Numbers that decide which rows of a table count, or whether a voltage does. */
const combined: ReadonlySet<string> = new Set(["node", "activePlanes", "laneWidth", "clock", "idleShare"]);
