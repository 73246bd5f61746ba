import { NetworkError } from "../../core/errors.ts";
import { convolutionHeader, mostTopologyLayers } from "../../core/workloads/decode/scalesim.ts";
import type { LayerShape } from "../../core/workloads/layer.ts";

/** A topology file, with the names of layers that read more or fewer inputs there than in the network. */
export interface ScaleSimTopology {
  readonly text: string;
  readonly inexactInputs: readonly string[];
}

/** A name as a cell: without commas and line breaks, and with DP in it exactly where the layer is depthwise. */
const cellOf = (name: string, depthwise: boolean): string => {
  const cell = name.replace(/[\p{Cc},\u2028\u2029]+/gu, "_").trim() || "layer";
  if (!depthwise) return cell.replaceAll("DP", "Dp");
  return cell.includes("DP") ? cell : `${cell}_DP`;
};

/** The stride of both axes. An axis with one output has any stride; where they differ otherwise, the smaller one. */
const strideOf = ({ outputHeight, outputWidth, strideHeight, strideWidth }: LayerShape): number => {
  if (outputWidth === 1) return strideHeight;
  return outputHeight === 1 ? strideWidth : Math.min(strideHeight, strideWidth);
};

const hasInexactInputs = (layer: LayerShape): boolean => {
  const stride = strideOf(layer);
  const axes = [
    [layer.outputHeight, layer.strideHeight, layer.kernelHeight, layer.dilationHeight],
    [layer.outputWidth, layer.strideWidth, layer.kernelWidth, layer.dilationWidth],
  ];
  return axes.some(
    ([output, own, kernel, dilation]) => (output > 1 && own !== stride) || (kernel > 1 && dilation > 1),
  );
};

type Row = readonly (string | number)[];

const rowsOf = (layer: LayerShape): readonly Row[] => {
  const { name, groups, outputHeight, outputWidth, kernelHeight, kernelWidth } = layer;
  const stride = strideOf(layer);
  const window = [
    (outputHeight - 1) * stride + kernelHeight,
    (outputWidth - 1) * stride + kernelWidth,
    kernelHeight,
    kernelWidth,
  ];
  const [channels, filters] = [layer.channels / groups, layer.filters / groups];
  if (groups === 1) return [[cellOf(name, false), ...window, channels, filters, stride]];
  if (channels === 1) return [[cellOf(name, true), ...window, groups, filters, stride]];
  return Array.from({ length: groups }, (_, group) => [
    cellOf(`${name}_group_${group + 1}`, false),
    ...window,
    channels,
    filters,
    stride,
  ]);
};

/**
 * The layers of a network as a topology file of convolutions for SCALE-Sim. Multiply–accumulates, filters, channels,
 * kernels and outputs are exact. An IFMAP is what the windows reach, with the zeros of the padding. A linear layer is a
 * 1 × 1 convolution over a column; a depthwise layer has DP in its name, by which SCALE-Sim knows it, and is called `_DP`
 * if it has not; other groups, heads of attention too, are a row each, `_group_1` and so on. SCALE-Sim has one stride for
 * both axes and no dilation: a layer that needs them keeps its outputs and work and is named in `inexactInputs`. Names lose
 * commas and line breaks, and DP where nothing is depthwise. Left out: biases, and operations without
 * multiply–accumulates. Throws NetworkError: for a layer with a third axis, and for more than 100,000 rows.
 */
export const scaleSimTopology = (network: string, layers: readonly LayerShape[]): ScaleSimTopology => {
  const rows: Row[] = [];
  for (const layer of layers) {
    if (layer.depth !== undefined) {
      throw new NetworkError(network, `layer ${layer.name} has a third axis, which SCALE-Sim cannot say`);
    }
    const ofLayer = layer.channels === layer.groups ? 1 : layer.groups;
    if (rows.length + ofLayer > mostTopologyLayers) {
      throw new NetworkError(
        network,
        `layer ${layer.name}: with its ${ofLayer} groups the topology has more than ${mostTopologyLayers} rows`,
      );
    }
    for (const row of rowsOf(layer)) rows.push(row);
  }
  return {
    // SCALE-Sim drops what stands behind the last comma of a line.
    text: [convolutionHeader, ...rows].map((row) => `${row.join(",")},\n`).join(""),
    inexactInputs: layers.filter(hasInexactInputs).map(({ name }) => name),
  };
};
