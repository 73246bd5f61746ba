import type { Configuration } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { tileOrganisation, tileSchedule } from "../../core/machines/tile-organisation.ts";
import type { LayerShape } from "../../core/workloads/layer.ts";
import type { Published, PublishedCheck } from "./published-check.ts";
import { runLayers } from "./run-layers.ts";
import { uniformLayer } from "./uniform-layer.ts";

const { laconic } = machines;

/** What changes, and what every operand is. */
const cases: Readonly<Record<string, { readonly changes: Configuration; readonly operand: number }>> = {
  fixed16: { changes: {}, operand: 1 },
  fixed8: { changes: { precision: "fixed8" }, operand: 1 },
  canonical: { changes: { recoding: "canonical" }, operand: 1 },
  zero: { changes: {}, operand: 0 },
};

/** Steps of Laconic by its rule, where all operands are the same. Nothing of its own speed was published. */
export const laconicChecks = async (published: Published): Promise<readonly PublishedCheck[]> => {
  const { cyclesPerStep } = published.numbers("laconic");
  const layers = await published.layers("alexnet");
  const layer: LayerShape = layers.filter(({ kind }) => kind === "convolution")[0];
  return Object.entries(cases).map(([key, { changes, operand }]) => {
    const [{ traced, configuration }] = runLayers(laconic, { activations: "captured", ...changes }, [
      uniformLayer(layer, operand, operand),
    ]);
    const name = operand === 0 ? "zero" : "the largest";
    return {
      machine: laconic.name,
      what: `AlexNet ${layer.name}, every operand ${name}, ${configuration.precision}, recoding ${configuration.recoding}: cycles a step`,
      unit: cyclesPerStep.unit,
      ours: traced.cycles / tileSchedule(layer, tileOrganisation(configuration)).steps,
      theirs: cyclesPerStep.values[key],
      demand: "exact",
      source: cyclesPerStep.source,
      mark: cyclesPerStep.mark,
    };
  });
};
