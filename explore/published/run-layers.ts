import { layerConfiguration } from "../../core/machines/layer-configuration.ts";
import type { LayerStatistics } from "../../core/machines/layer-statistics.ts";
import type { ComputeCycles, Machine, TracedCycles } from "../../core/machines/machine.ts";
import { type Configuration, configurationOf } from "../../core/machines/parameter.ts";
import { quantizationStatistics } from "../../core/machines/quantized-weights.ts";
import type { Layer, LayerShape } from "../../core/workloads/layer.ts";

/** A layer as a machine runs it, memory never in the way. */
export interface LayerRun<L extends LayerShape = LayerShape> {
  readonly layer: L;
  /** As it holds for the layer. */
  readonly configuration: Configuration;
  readonly statistics: LayerStatistics;
  readonly traced: TracedCycles;
  readonly analytical: ComputeCycles;
  readonly activePes: number;
}

/** A layer whose weights may be unknown. */
type MaybeWeighted = LayerShape & Partial<Pick<Layer, "weights" | "activations">>;

/**
 * Runs layers on a machine whose parameters stand at their defaults except for `changes`, each layer with the random
 * stream of its place in the list. A layer without weights runs on machines whose cycles no operand decides; the powers of
 * its weights are then 0. Throws a RangeError for an unknown parameter and for weights that are missing, ModelError as the
 * machine does. Values are not checked: they have to be in the range of their parameter.
 */
export const runLayers = <L extends MaybeWeighted>(
  machine: Machine,
  changes: Configuration,
  layers: readonly L[],
  seed = 7,
): readonly LayerRun<L>[] => {
  const common = configurationOf(machine.parameters, changes);
  return layers.map((layer, stream) => {
    const configuration = layerConfiguration(machine.parameters, common, layer.name);
    const statistics = statisticsOf(machine, configuration, layer, seed, stream);
    return {
      layer,
      configuration,
      statistics,
      traced: machine.tracedCycles(configuration, layer, statistics),
      analytical: machine.analyticalCycles(configuration, layer, statistics),
      activePes: machine.activePes(configuration, layer),
    };
  });
};

const statisticsOf = (
  machine: Machine,
  configuration: Configuration,
  layer: MaybeWeighted,
  seed: number,
  stream: number,
): LayerStatistics => {
  const { statisticsRule } = machine;
  const { weights, activations } = layer;
  if (weights === undefined) {
    if (statisticsRule.kind === quantizationStatistics.kind)
      return { signalPower: 0, noisePower: 0, standardError: 0 };
    throw new RangeError(`layer ${layer.name} has no weights, which decide the cycles of ${machine.title}`);
  }
  const request = machine.statistics(configuration, seed, stream);
  const captured = statisticsRule.activationsOf(request) === "captured" ? activations : undefined;
  return statisticsRule.compute(
    { layer, weights: weights.values, ...(captured && { activations: captured }) },
    request,
  );
};
