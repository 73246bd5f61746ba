import { mixedPrecision } from "../../core/machines/mixed-precision.ts";
import type { Configuration } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { weakerMark } from "../../core/technology/component.ts";
import { type LayerShape, positions } from "../../core/workloads/layer.ts";
import type { Published, PublishedCheck } from "./published-check.ts";
import { runLayers } from "./run-layers.ts";

const { dadiannao, stripes } = machines;

/** Cycles of the bit-parallel machine over those of Stripes, each at its published size, all layers together. */
const speedup = (layers: readonly LayerShape[], changes: Configuration): number => {
  const cycles = (runs: ReturnType<typeof runLayers>): number =>
    runs.reduce((sum, { traced }) => sum + traced.cycles, 0);
  return cycles(runLayers(dadiannao, {}, layers)) / cycles(runLayers(stripes, changes, layers));
};

/** What Stripes gains: by its rule, where windows are full and where there is one position, and beside the printed average. */
export const stripesChecks = async (published: Published): Promise<readonly PublishedCheck[]> => {
  const numbers = published.numbers("stripes");
  const { averageSpeedup, fullyConnected } = numbers;
  const vgg = await published.layers("vgg-16");
  const convolutions = vgg.filter(({ kind }) => kind === "convolution");
  const full = convolutions.filter((layer) => positions(layer) % 16 === 0);
  const linear = vgg.filter(({ kind }) => kind === "linear");
  const ofRule = Object.entries(numbers.speedup.values).map(
    ([bits, theirs]): PublishedCheck => ({
      machine: stripes.name,
      what: `VGG-16, ${full.length} convolutions of 28 to 224 rows, activations of ${bits} bits: speedup over DaDianNao`,
      unit: numbers.speedup.unit,
      ours: speedup(full, { activationBits: Number(bits) }),
      theirs,
      demand: "exact",
      decimals: numbers.speedup.decimals,
      source: numbers.speedup.source,
      mark: numbers.speedup.mark,
    }),
  );
  const partlyFull: PublishedCheck = {
    machine: stripes.name,
    what: `VGG-16, ${convolutions.length - full.length} convolutions of 14 rows, activations of 8 bits: speedup over DaDianNao`,
    unit: numbers.speedup.unit,
    ours: speedup(
      convolutions.filter((layer) => !full.includes(layer)),
      { activationBits: 8 },
    ),
    theirs: numbers.speedup.values["8"],
    demand: "orientation",
    cause: "196 positions leave 12 of the 208 windows in 13 sets empty",
    source: numbers.speedup.source,
    mark: numbers.speedup.mark,
  };
  const ofLinear = [16, 8].map(
    (bits): PublishedCheck => ({
      machine: stripes.name,
      what: `VGG-16, linear layers, activations of ${bits} bits: speedup over DaDianNao`,
      unit: fullyConnected.unit,
      ours: speedup(linear, { activationBits: bits }),
      theirs: fullyConnected.values.speedup,
      demand: "close",
      tolerance: 0.002,
      cause: `the last column ends ${bits - 1} cycles after the last step of a layer began`,
      source: fullyConnected.source,
      mark: fullyConnected.mark,
    }),
  );
  const ofWidths = await Promise.all(
    (["alexnet", "googlenet"] as const).map(async (network): Promise<PublishedCheck> => {
      const widths = numbers[`${network}Bits`];
      const layers = (await published.layers(network)).filter(({ kind }) => kind === "convolution");
      const formats = Object.entries(widths.values).map(([pattern, bits]) => [pattern, `fixed${bits}`]);
      return {
        machine: stripes.name,
        what: `${network}, convolutions with activations as narrow as published: speedup over DaDianNao, beside the average of all networks`,
        unit: averageSpeedup.unit,
        ours: speedup(layers, {
          precision: mixedPrecision({ default: "fixed16", ...Object.fromEntries(formats) }),
        }),
        theirs: averageSpeedup.values.all,
        demand: "orientation",
        cause: "one network beside an average of several; layers as in torchvision",
        source: `${averageSpeedup.source}; widths: ${widths.source}`,
        mark: weakerMark(averageSpeedup.mark, widths.mark),
      };
    }),
  );
  return [...ofRule, partlyFull, ...ofLinear, ...ofWidths];
};
