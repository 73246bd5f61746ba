import type { LayerStatistics, StatisticsRequest } from "../../../core/machines/layer-statistics.ts";
import type { Machine } from "../../../core/machines/machine.ts";
import { type Configuration, configurationOf } from "../../../core/machines/parameter.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import { type LayerShape, reductionLength } from "../../../core/workloads/layer.ts";

/** Weights of a layer that int8 with a scale a filter represents exactly: each filter has a 127, in front. */
export const exactWeights = (layer: LayerShape, codes: readonly number[]): Float32Array => {
  const length = reductionLength(layer);
  return Float32Array.from({ length: layer.filters * length }, (_, index) =>
    index % length === 0 ? 127 : codes[index % codes.length],
  );
};

/** Normal weights of a layer, a function of the seed. */
export const normalWeights = (layer: LayerShape, seed: number): Float32Array => {
  const uniform = uniformStream(seed, 0);
  return Float32Array.from({ length: layer.filters * reductionLength(layer) }, () => normal(uniform));
};

/** Runs a layer with these weights; parameters that are not named stand at their defaults. */
export const runWeights = <S extends LayerStatistics, R extends StatisticsRequest>(
  machine: Machine<S, R>,
  changes: Configuration,
  layer: LayerShape,
  weights: Float32Array,
) => {
  const configuration = configurationOf(machine.parameters, changes);
  const statistics = machine.statisticsRule.compute(
    { layer, weights },
    machine.statistics(configuration, 1, 0),
  );
  return {
    configuration,
    statistics,
    traced: machine.tracedCycles(configuration, layer, statistics),
    analytical: machine.analyticalCycles(configuration, layer, statistics),
    activePes: machine.activePes(configuration, layer),
  };
};

type Run = ReturnType<typeof runWeights>;

/** What of the contract of cycles a run breaks; nothing if it keeps it. */
export const brokenContract = ({ traced, analytical, activePes }: Run): string[] => {
  const { cycles, busyCycles, optimisticCycles, pessimisticCycles, split } = traced;
  const parts = Object.values(split);
  const sum = parts.reduce((total, part) => total + part, 0);
  const slack = 1e-9 * cycles;
  const rules: readonly (readonly [string, boolean])[] = [
    ["cycles above 0", cycles > 0],
    ["optimistic ≤ cycles", optimisticCycles <= cycles],
    ["cycles ≤ pessimistic", cycles <= pessimisticCycles],
    ["busy ≤ active · optimistic", busyCycles <= activePes * optimisticCycles * (1 + 1e-9)],
    ["parts add up", Math.abs(sum - cycles) <= slack],
    ["no part below 0", parts.every((part) => part >= -slack)],
    [
      "analytical busy ≤ active · cycles",
      analytical.busyCycles <= activePes * analytical.cycles * (1 + 1e-9),
    ],
  ];
  return rules.filter(([, kept]) => !kept).map(([rule]) => rule);
};
