import { type Configuration, configurationOf } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { bufferCapacities } from "../../core/model/terms.ts";
import { tileLayer } from "../../core/model/tiling.ts";
import { convolutionShape } from "../../core/workloads/build-layer.ts";
import type { LayerShape } from "../../core/workloads/layer.ts";
import type { Published, PublishedCheck, PublishedNumbers } from "./published-check.ts";
import { runLayers } from "./run-layers.ts";

const { eyeriss } = machines;

/** A square convolution of the file. */
const convolution = (
  name: string,
  { filters, channels, groups, input, kernel, stride, padding }: Readonly<Record<string, number>>,
): LayerShape => {
  const output = Math.floor((input + 2 * padding - kernel) / stride) + 1;
  const axis = { input, output, kernel, stride, dilation: 1, before: padding };
  return convolutionShape({
    name,
    filters,
    channels,
    groups,
    vertical: axis,
    horizontal: axis,
    biasParameters: filters,
  });
};

const notOverlapped =
  "the model has neither the filling and draining of the array at each processing pass nor the DRAM transfers that the silicon does not overlap";
/** Activations twice, and sums as well, which would have 16 bits: what the halves for double buffering take away. */
const roomier = { activationBuffer: 100, outputBuffer: 200 };

const otherMemory = (roomy: number): string =>
  `tiles have half of each buffer, and sums 32 bits: with ${roomier.activationBuffer} KiB for activations and ${roomier.outputBuffer} KiB for outputs it is ${roomy.toFixed(1)} MB; the silicon codes activations by run lengths besides`;

/** MB that all tiles of the layers move to and from DRAM. */
const dramMegabytes = (configuration: Configuration, layers: readonly LayerShape[]): number => {
  const { weight, activation } = eyeriss.operandWidths(configuration);
  const widths = { weight, activation, output: activation };
  const bytes = layers.map((layer) => {
    const tiling = tileLayer(layer, Number(configuration.batch), widths, bufferCapacities(configuration));
    return tiling.weightBytes + tiling.activationBytes + tiling.outputBytes + 2 * tiling.spilledBytes;
  });
  return bytes.reduce((sum, each) => sum + each, 0) / 1e6;
};

/** Elements with work and cycles of AlexNet's convolutions, and rates and DRAM traffic beside those of the silicon. */
export const eyerissChecks = async (published: Published): Promise<readonly PublishedCheck[]> => {
  const numbers = published.numbers("eyeriss");
  const check = (
    section: PublishedNumbers,
    key: string,
    what: string,
    ours: number,
    demand: PublishedCheck["demand"],
    cause?: string,
  ): PublishedCheck => ({
    machine: eyeriss.name,
    what,
    unit: section.unit,
    ours,
    theirs: section.values[key],
    demand,
    ...(cause !== undefined && { cause }),
    source: section.source,
    mark: section.mark,
  });
  const networks = [
    {
      key: "alexnet",
      title: "AlexNet",
      layers: Object.entries(numbers.alexnet.rows).map(([name, row]) => convolution(name, row)),
    },
    {
      key: "vgg16",
      title: "VGG-16",
      layers: (await published.layers("vgg-16")).filter(({ kind }) => kind === "convolution"),
    },
  ];
  return networks.flatMap(({ key, title, layers }) => {
    const clock = numbers.clock.values.silicon;
    const batch = numbers.batch.values[key];
    const changes = { batch, clock };
    const runs = runLayers(eyeriss, changes, layers);
    const cycles = runs.reduce((sum, { traced }) => sum + traced.cycles, 0);
    const rate = (batch * clock * 1e9) / cycles;
    const byLayer = runs
      .filter(({ layer: { name } }) => name in numbers.cycles.values)
      .flatMap(({ layer: { name }, traced, activePes }) => [
        check(numbers.activePes, name, `${title} ${name}, elements with work`, activePes, "exact"),
        check(numbers.cycles, name, `${title} ${name}, cycles of ${batch} inputs`, traced.cycles, "exact"),
      ]);
    const moved = (buffers: Configuration): number =>
      dramMegabytes(configurationOf(eyeriss.parameters, { ...changes, ...buffers }), layers);
    return [
      ...byLayer,
      check(numbers.derivedRate, key, `${title}, convolutions by arithmetic`, rate, "exact"),
      check(
        numbers.siliconRate,
        key,
        `${title}, convolutions of the silicon`,
        rate,
        "orientation",
        notOverlapped,
      ),
      check(
        numbers.dram,
        key,
        `${title}, DRAM traffic of ${batch} inputs`,
        moved({}),
        "orientation",
        otherMemory(moved(roomier)),
      ),
    ];
  });
};
