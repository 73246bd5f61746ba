import { layerConfiguration } from "../machines/layer-configuration.ts";
import type { LayerStatistics } from "../machines/layer-statistics.ts";
import type { Machine } from "../machines/machine.ts";
import type { Configuration } from "../machines/parameter.ts";
import { type LayerShape, macs } from "../workloads/layer.ts";

/** How far one model's group time lies from the cycle model's, over the layers of a network. Errors are shares. */
export interface Deviation {
  /** Median over layers of |error|. */
  readonly median: number;
  /** Mean over layers of |error|, each layer weighing as its multiply–accumulates. */
  readonly macWeighted: number;
  readonly worst: { readonly layer: string; readonly error: number };
}

/** The analytical model beside one that knows nothing of the weights. */
export interface Agreement {
  readonly analytical: Deviation;
  /** As if nothing were known of the operands (`Machine.dataBlind`): the bar that the analytical model has to clear. */
  readonly dataBlind: Deviation;
  /**
   * Largest standard error of a layer's group cycles, as a share of them: how far the mean over activation vectors may be
   * off. 0 where cycles do not depend on activations.
   */
  readonly standardError: number;
}

/**
 * Compares compute cycles, memory left aside, of the analytical model with those of the cycle model, layer by layer,
 * for one configuration.
 */
export const agreement = (
  machine: Machine,
  configuration: Configuration,
  layers: readonly LayerShape[],
  statistics: (layer: number) => LayerStatistics,
): Agreement => {
  const analytical: number[] = [];
  const dataBlind: number[] = [];
  let standardError = 0;
  layers.forEach((layer, index) => {
    const known = statistics(index);
    const own = layerConfiguration(machine.parameters, configuration, layer.name);
    standardError = Math.max(standardError, known.standardError);
    const blind = machine.dataBlind?.(known) ?? known;
    const { cycles } = machine.tracedCycles(own, layer, known);
    analytical.push(machine.analyticalCycles(own, layer, known).cycles / cycles - 1);
    dataBlind.push(machine.analyticalCycles(own, layer, blind).cycles / cycles - 1);
  });
  return {
    analytical: deviation(layers, analytical),
    dataBlind: deviation(layers, dataBlind),
    standardError,
  };
};

const deviation = (layers: readonly LayerShape[], errors: readonly number[]): Deviation => {
  const sizes = errors.map(Math.abs);
  const sorted = sizes.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  const work = layers.map(macs);
  const total = work.reduce((sum, count) => sum + count, 0);
  const worst = sizes.indexOf(sorted[sorted.length - 1]);
  return {
    median: sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2,
    macWeighted: sizes.reduce((sum, size, layer) => sum + size * work[layer], 0) / total,
    worst: { layer: layers[worst].name, error: errors[worst] },
  };
};
