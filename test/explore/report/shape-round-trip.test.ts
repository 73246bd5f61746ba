import { expect, test } from "vitest";
import { architectures } from "../../../core/workloads/architectures/registry.ts";
import { decodeScaleSim } from "../../../core/workloads/decode/scalesim.ts";
import { decodeTimeloop } from "../../../core/workloads/decode/timeloop-problem.ts";
import { type LayerShape, macs } from "../../../core/workloads/layer.ts";
import { CatalogError } from "../../../explore/catalog/catalog-error.ts";
import { configNames } from "../../../explore/catalog/find-config.ts";
import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { TimeloopFile } from "../../../explore/catalog/timeloop-file.ts";
import { decodeYaml } from "../../../explore/catalog/yaml.ts";
import { scaleSimTopology } from "../../../explore/report/scalesim.ts";
import { timeloopProblems } from "../../../explore/report/timeloop-problem.ts";

const request = { name: "back", source: "back" };

/** M, C, G, P, Q, R, S and the multiply–accumulates. */
const sizesOf = (layer: LayerShape) => {
  const { filters, channels, groups, outputHeight, outputWidth, kernelHeight, kernelWidth } = layer;
  return {
    filters,
    channels,
    groups,
    outputHeight,
    outputWidth,
    kernelHeight,
    kernelWidth,
    macs: macs(layer),
  };
};
const stridesOf = ({ strideHeight, strideWidth }: LayerShape) => [strideHeight, strideWidth];
/** A layer that a topology of SCALE-Sim has as rows of its groups. */
const isSplit = ({ groups, channels }: LayerShape): boolean => groups !== 1 && groups !== channels;

const fromTimeloop = (name: string, layers: readonly LayerShape[]) =>
  decodeTimeloop(
    Object.entries(timeloopProblems(name, layers)).map(([file, text]) => ({
      problem: decodeYaml(text, file, TimeloopFile).problem,
      place: () => file,
    })),
    request,
  ).layers;

/** One layer of each shape: networks repeat their blocks, and a problem knows nothing of the others. */
const distinct = (layers: readonly LayerShape[]): LayerShape[] => [
  ...new Map(
    layers.map((layer) => [JSON.stringify([sizesOf(layer), stridesOf(layer), layer.kind]), layer]),
  ).values(),
];

const checkTimeloop = (name: string, all: readonly LayerShape[]): void => {
  const layers = distinct(all);
  const back = fromTimeloop(name, layers);
  expect(back.map(sizesOf)).toEqual(layers.map(sizesOf));
  expect(back.map(stridesOf)).toEqual(layers.map(stridesOf));
  expect(back.map(({ kind }) => kind === "matmul")).toEqual(layers.map(({ kind }) => kind === "matmul"));
  expect(back.map((layer) => layer.name)).toEqual(layers.map((layer) => layer.name));
};

/** What SCALE-Sim cannot say: a third axis; groups of several channels, two strides, dilations. */
const checkScaleSim = (name: string, layers: readonly LayerShape[]): void => {
  const volume = layers.find(({ depth }) => depth !== undefined);
  if (volume !== undefined) {
    expect(() => scaleSimTopology(name, layers)).toThrow(`layer ${volume.name} has a third axis`);
    return;
  }
  const { text, inexactInputs } = scaleSimTopology(name, layers);
  const back = [...decodeScaleSim(new TextEncoder().encode(text), request).layers];
  for (const layer of layers) {
    const rows = back.splice(0, isSplit(layer) ? layer.groups : 1);
    if (isSplit(layer)) {
      expect(rows.reduce((total, row) => total + macs(row), 0)).toBe(macs(layer));
      continue;
    }
    expect(rows.map(sizesOf)).toEqual([sizesOf(layer)]);
    const { outputHeight, outputWidth } = layer;
    if (!inexactInputs.includes(layer.name) && outputHeight > 1 && outputWidth > 1) {
      expect(rows.map(stridesOf)).toEqual([stridesOf(layer)]);
    }
  }
  expect(back).toEqual([]);
};

const published = Object.keys(architectures);
const others = configNames("networks").filter((name) => !published.includes(name));

test.each(published)("%s comes back from SCALE-Sim and Timeloop", (name) => {
  const { layers } = architectures[name].build();
  checkTimeloop(name, layers);
  checkScaleSim(name, layers);
});

test.for(others)("%s comes back from SCALE-Sim and Timeloop", async (name, context) => {
  const network = await loadNetwork(name, { baseDirectory: "/" }).catch((error: Error) => {
    if (error instanceof CatalogError && error.message.includes("is not installed")) return undefined;
    throw error;
  });
  if (network === undefined) return context.skip("its package is not installed");
  checkTimeloop(name, network.layers);
  checkScaleSim(name, network.layers);
});
