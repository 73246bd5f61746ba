import { formatConfigurations } from "../../../core/machines/layer-configuration.ts";
import type { LayerOperands, LayerStatistics } from "../../../core/machines/layer-statistics.ts";
import type { Machine } from "../../../core/machines/machine.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";
import { termParameters, termRules, valueOrError } from "../../../core/model/terms.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { computeStatistics } from "./sample-layers.ts";

/** A value that is kept for each assignment of its parameters; the ModelError where there is none. */
export interface MachineTerm {
  readonly name: string;
  /** Equal keys stand for equal values. */
  readonly key: (configuration: Configuration) => string;
  readonly of: (configuration: Configuration) => unknown;
}

const seed = 7;

/**
 * Everything of a machine that depends on a configuration, with the list by which it is kept: its own members, and what
 * `core/model` makes of them, in the order in which a design asks for them. Statistics are computed once a request.
 */
export const machineTerms = (
  machine: Machine,
  operands: readonly Required<LayerOperands>[],
): readonly MachineTerm[] => {
  const { statisticsRule } = machine;
  const known = new Map<string, LayerStatistics>();
  const layers = operands.map(({ layer }) => layer);
  const workloads = [{ name: "samples", weight: 1, layers, movedElements: 0 }];
  const rules = termRules(
    machine,
    workloads,
    (_, index, __, request) => {
      const key = JSON.stringify([index, request]);
      let statistics = known.get(key);
      if (statistics === undefined) {
        statistics = computeStatistics(statisticsRule, request, operands[index]);
        known.set(key, statistics);
      }
      return statistics;
    },
    configuredTechnology,
    seed,
  );
  const lists = termParameters(machine);
  const kept = (
    name: string,
    parameters: readonly string[],
    of: (configuration: Configuration) => unknown,
  ): MachineTerm => {
    const values = new Map<string, unknown>();
    return {
      name,
      key: (configuration) => JSON.stringify(parameters.map((parameter) => configuration[parameter])),
      of: (configuration) => {
        const whole = JSON.stringify(configuration);
        if (!values.has(whole))
          values.set(
            whole,
            valueOrError(() => of(configuration)),
          );
        return values.get(whole);
      },
    };
  };
  // Sizes, costs and clocks are asked for in each format of a configuration: here in that of `default`.
  const inFormat = (...[name, parameters, of]: Parameters<typeof kept>): MachineTerm => {
    const own = (configuration: Configuration): Configuration =>
      formatConfigurations(machine.parameters, configuration)[0];
    const term = kept(name, parameters, of);
    return {
      name,
      key: (configuration) => term.key(own(configuration)),
      of: (configuration) => term.of(own(configuration)),
    };
  };
  return [
    kept("least buffers", lists.traffic, (configuration) => rules.leastBuffers(0, configuration)),
    inFormat("statistics", machine.statisticsParameters, (own) =>
      layers.map((_, index) => machine.statistics(own, seed, index)),
    ),
    kept("compute", lists.compute, (configuration) => rules.compute(0, configuration)),
    kept("traffic", lists.traffic, (configuration) => rules.traffic(0, configuration)),
    inFormat("sizes", machine.sizeParameters, (own) => [machine.processingElements(own), machine.lanes(own)]),
    inFormat("operand widths", machine.operandParameters, machine.operandWidths),
    inFormat("components", machine.componentParameters, (own) =>
      machine.components(own, configuredTechnology),
    ),
    inFormat("clock", machine.clockParameters, (own) => machine.nominalClock_GHz(own, configuredTechnology)),
    inFormat("costs", lists.costs, rules.costs),
    kept("voltage", lists.voltage, rules.voltage),
  ];
};
