import { machines } from "../../core/machines/registry.ts";
import type { Published, PublishedCheck } from "./published-check.ts";
import { runLayers } from "./run-layers.ts";

const { dadiannao } = machines;

/** Cycles of AlexNet's convolutions on the published sixteen tiles. */
export const dadiannaoChecks = async (published: Published): Promise<readonly PublishedCheck[]> => {
  const { cycles } = published.numbers("dadiannao");
  const layers = (await published.layers("alexnet")).filter(({ name }) => name in cycles.values);
  return runLayers(dadiannao, {}, layers).map(({ layer: { name }, traced }) => ({
    machine: dadiannao.name,
    what: `AlexNet ${name}, cycles`,
    unit: cycles.unit,
    ours: traced.cycles,
    theirs: cycles.values[name],
    demand: "exact",
    source: cycles.source,
    mark: cycles.mark,
  }));
};
