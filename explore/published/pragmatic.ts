import { mixedPrecision } from "../../core/machines/mixed-precision.ts";
import type { Configuration } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { weakerMark } from "../../core/technology/component.ts";
import type { LayerShape } from "../../core/workloads/layer.ts";
import type { Published, PublishedCheck } from "./published-check.ts";
import { runLayers } from "./run-layers.ts";
import { uniformLayer } from "./uniform-layer.ts";

const { dadiannao, pragmatic } = machines;

/** Share of activations that are zero in the comparison with printed averages, as behind a ReLU [our decision]. */
const activationZeros = 0.5;

/** Cycles of DaDianNao over those of Pragmatic, all layers together; weights decide neither. */
const speedup = (layers: readonly LayerShape[], changes: Configuration, activation = 0): number => {
  const cycles = (runs: ReturnType<typeof runLayers>): number =>
    runs.reduce((sum, { traced }) => sum + traced.cycles, 0);
  const uniform = layers.map((layer) => uniformLayer(layer, 0, activation));
  return cycles(runLayers(dadiannao, {}, layers)) / cycles(runLayers(pragmatic, changes, uniform));
};

/** What Pragmatic gains: by its rule, where all activations are the same, and beside the printed averages. */
export const pragmaticChecks = async (published: Published): Promise<readonly PublishedCheck[]> => {
  const { averageSpeedup, uniformActivations } = published.numbers("pragmatic");
  const convolutions = (await published.layers("alexnet")).filter(({ kind }) => kind === "convolution");
  // As many positions as 12 sets of windows have.
  const even: LayerShape = { ...convolutions[3], outputHeight: 12, outputWidth: 16 };
  const ofRule = Object.entries({ zero: 0, largest: 1 }).map(
    ([key, activation]): PublishedCheck => ({
      machine: pragmatic.name,
      what: `convolution of 192 output positions, every activation ${key}: speedup over DaDianNao`,
      unit: uniformActivations.unit,
      ours: speedup([even], { activations: "captured" }, activation),
      theirs: uniformActivations.values[key],
      demand: "exact",
      decimals: uniformActivations.decimals,
      source: uniformActivations.source,
      mark: uniformActivations.mark,
    }),
  );
  const widths = published.numbers("stripes").alexnetBits;
  const trimmed = mixedPrecision({
    default: "fixed16",
    ...Object.fromEntries(Object.entries(widths.values).map(([pattern, bits]) => [pattern, `fixed${bits}`])),
  });
  const averages = [
    { precision: "fixed16", how: "all 16 bits in use", cause: "real ones leave upper bits free" },
    {
      precision: trimmed,
      how: "as narrow as for Stripes",
      cause: "cutting off what lies below is done to fewer bits there than the drawn ones have",
    },
  ].flatMap(({ precision, how, cause }) =>
    Object.entries(averageSpeedup.values).map(
      ([registers, theirs]): PublishedCheck => ({
        machine: pragmatic.name,
        what: `AlexNet, convolutions, drawn activations, ${how}, column registers: ${registers}: speedup over DaDianNao, beside the average of all networks`,
        unit: averageSpeedup.unit,
        ours: speedup(convolutions, { precision, columnRegisters: Number(registers), activationZeros }),
        theirs,
        demand: "orientation",
        cause: `one network beside an average of several; activations are drawn, half of them zero: ${cause}`,
        source: `${averageSpeedup.source}; widths: ${widths.source}`,
        mark: weakerMark(averageSpeedup.mark, widths.mark),
      }),
    ),
  );
  return [...ofRule, ...averages];
};
