import type { LayerShape } from "../../core/workloads/layer.ts";
import { type YamlData, yamlText } from "../spec/document.ts";
import { version } from "../version.ts";

/** The version of Timeloop's problem that is written. */
const formatVersion = 0.4;

const mostNameCharacters = 80;

/** Timeloop takes its files for Jinja templates: what opens one is kept apart. */
const withoutTemplates = (text: string): string => text.replace(/\{(?=[{%#])/g, "{ ");

/** An index of the inputs that is a sum: a kernel dimension with its dilation, an output dimension with its stride. */
const windowIndex = (kernel: string, output: string, axis: string): YamlData => [
  [kernel, `${axis}dilation`],
  [output, `${axis}stride`],
];

const single = (dimension: string): YamlData => [[dimension]];

const shapeOf = (layer: LayerShape): YamlData => {
  const axes = layer.depth === undefined ? ["H", "W"] : ["D", "H", "W"];
  const kernel = layer.depth === undefined ? ["R", "S"] : ["T", "R", "S"];
  const output = layer.depth === undefined ? ["P", "Q"] : ["D", "P", "Q"];
  // Both operands of a product of activations belong to one input.
  const batch = layer.kind === "matmul" ? ["N"] : [];
  return {
    name: withoutTemplates(layer.name),
    dimensions: ["C", "M", ...kernel, "N", ...output, "G"],
    coefficients: axes.flatMap((axis) =>
      ["stride", "dilation"].map((kind) => ({ name: `${axis}${kind}`, default: 1 })),
    ),
    data_spaces: [
      { name: "Weights", projection: [...batch, "C", "M", ...kernel, "G"].map(single) },
      {
        name: "Inputs",
        projection: [
          single("N"),
          single("C"),
          ...axes.map((axis, at) => windowIndex(kernel[at], output[at], axis)),
          single("G"),
        ],
      },
      { name: "Outputs", projection: ["N", "M", ...output, "G"].map(single), read_write: true },
    ],
  };
};

const instanceOf = (layer: LayerShape): YamlData => {
  const { depth } = layer;
  return {
    N: 1,
    G: layer.groups,
    C: layer.channels / layer.groups,
    M: layer.filters / layer.groups,
    P: layer.outputHeight,
    Q: layer.outputWidth,
    R: layer.kernelHeight,
    S: layer.kernelWidth,
    Hstride: layer.strideHeight,
    Wstride: layer.strideWidth,
    Hdilation: layer.dilationHeight,
    Wdilation: layer.dilationWidth,
    ...(depth === undefined
      ? {}
      : { D: depth.output, T: depth.kernel, Dstride: depth.stride, Ddilation: depth.dilation }),
  };
};

/**
 * The layers of a network as problems for Timeloop, one a file, by file name: a number that keeps their order, and the
 * layer's name in letters that a file name may have. All of a network have the same dimensions (a third axis has D and T
 * more), those of Timeloop's example layers, so that one set of constraints fits them. Work, outputs, kernels, strides,
 * dilations and groups are exact. Left out: biases, operations without multiply–accumulates, and where the inputs
 * have zeros: Timeloop reads all that the windows reach.
 */
export const timeloopProblems = (
  network: string,
  layers: readonly LayerShape[],
): Readonly<Record<string, string>> => {
  const digits = Math.max(2, String(layers.length).length);
  return Object.fromEntries(
    layers.map((layer, index) => {
      const number = String(index + 1).padStart(digits, "0");
      const name = layer.name.replace(/[^A-Za-z0-9._-]+/g, "_").slice(0, mostNameCharacters);
      const problem = { version: formatVersion, instance: instanceOf(layer), shape: shapeOf(layer) };
      return [
        `${number}-${name}.yaml`,
        yamlText({ problem }, headerOf(network, layer, index, layers.length)),
      ];
    }),
  );
};

const headerOf = (network: string, { name, kind }: LayerShape, index: number, count: number): string[] =>
  [
    `Made by bitfront ${version}: layer ${name} (${kind}), ${index + 1} of ${count}, of network ${network}.`,
    "For Timeloop's Python front end (version 0.4). Batch N is 1. C and M are those of one of G groups. P, R and Hstride are the height, Q, S and Wstride the width.",
    "Left out: bias, operations between layers, and where the inputs have zeros: they are all that the windows reach.",
  ].map(withoutTemplates);
