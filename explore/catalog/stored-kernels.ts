import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { convolutionLayer, matrixProductLayer } from "../../core/workloads/build-layer.ts";
import type { Constant } from "../../core/workloads/constant.ts";
import { jsonObject } from "../../core/workloads/decode/json-fields.ts";
import { decodeTfjsWeights, tfjsShardPaths } from "../../core/workloads/decode/tfjs-weights.ts";
import type { Layer } from "../../core/workloads/layer.ts";
import type { SlidingWindow } from "../../core/workloads/sliding-window.ts";

/** A node of a graph-model, as far as it matters here. */
interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: { readonly transpose_b?: { readonly b?: boolean } };
}

interface Model {
  readonly modelTopology: { readonly node?: readonly GraphNode[] };
}

/** How the axes of a stored kernel are named: rows and columns of the kernel, channels, filters, multiplier. */
type Axes = "hwio" | "hwoi" | "hwcm" | "io" | "oi";

/** A window at a single position, since where a kernel is applied does not matter here. */
const onePosition = (kernel: number): SlidingWindow => ({
  input: kernel,
  output: 1,
  kernel,
  stride: 1,
  dilation: 1,
  before: 0,
});

/** The layer of a kernel, at a single position. */
const layerOf = (name: string, { shape, values }: Constant, axes: Axes): Layer => {
  const [rows, columns] = axes.startsWith("hw") ? shape : [1, 1];
  const [first, second] = shape.slice(-2);
  const depthwise = axes === "hwcm";
  const filters = depthwise ? first * second : axes.endsWith("oi") ? first : second;
  const channels = depthwise ? 1 : axes.endsWith("oi") ? second : first;
  const taps = rows * columns;
  const ordered = new Float32Array(values.length);
  for (let filter = 0; filter < filters; filter++) {
    for (let tap = 0; tap < taps; tap++) {
      for (let channel = 0; channel < channels; channel++) {
        const inner = axes.endsWith("oi") ? filter * channels + channel : channel * filters + filter;
        ordered[(filter * taps + tap) * channels + channel] = values[tap * filters * channels + inner];
      }
    }
  }
  const weights = {
    shape: [filters, rows, columns, channels],
    values: ordered,
    stored: "float32",
    origin: "trained",
  } as const;
  if (!axes.startsWith("hw")) {
    return matrixProductLayer({ name, kind: "linear", groups: 1, vectors: 1, biasParameters: 0, weights });
  }
  return convolutionLayer({
    name,
    channels: depthwise ? first : channels,
    groups: depthwise ? first : 1,
    vertical: onePosition(rows),
    horizontal: onePosition(columns),
    biasParameters: 0,
    weights,
  });
};

/** The axes of the second operand of a node, where that is a kernel. */
const axesOf = ({ op, attr }: GraphNode): Axes | undefined => {
  if (op === "MatMul" || op === "_FusedMatMul") return attr?.transpose_b?.b === true ? "oi" : "io";
  if (op === "Conv2D" || op === "_FusedConv2D") return "hwio";
  if (op === "Conv2DBackpropInput") return "hwoi";
  return op.endsWith("DepthwiseConv2dNative") ? "hwcm" : undefined;
};

const graphKernels = (nodes: readonly GraphNode[], weights: ReadonlyMap<string, Constant>): Layer[] => {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const constantOf = (input: string): Constant | undefined => {
    let node = byName.get(input.replace(/:\d+$/, ""));
    while (node?.op === "Identity" || node?.op === "Reshape") {
      node = byName.get((node.input?.[0] ?? "").replace(/:\d+$/, ""));
    }
    return node === undefined ? undefined : weights.get(node.name);
  };
  const taken = new Set<Constant>();
  return nodes.flatMap((node) => {
    const axes = axesOf(node);
    const kernel = axes && constantOf(node.input?.[1] ?? "");
    if (axes === undefined || kernel === undefined || taken.has(kernel)) return [];
    taken.add(kernel);
    return [layerOf(node.name, kernel, axes)];
  });
};

/**
 * The kernels of a TensorFlow.js model as layers at a single position: of a graph-model those that convolutions and
 * matrix products take, each once; of a layers-model the convolution kernels. It needs no understanding of the network
 * around them. Assumes float32 weights.
 */
export const storedKernels = async (path: string): Promise<Layer[]> => {
  const model: unknown = JSON.parse(await readFile(path, "utf8"));
  const shards = new Map<string, Uint8Array>();
  for (const shard of tfjsShardPaths(model)) shards.set(shard, await readFile(join(dirname(path), shard)));
  const weights = decodeTfjsWeights(jsonObject("TFJS", "model.json", model), shards);
  const nodes = (model as Model).modelTopology.node;
  if (nodes !== undefined) return graphKernels(nodes, weights);
  return [...weights]
    .filter(([name, { shape }]) => name.endsWith("kernel") && shape.length === 4)
    .map(([name, kernel]) => layerOf(name, kernel, "hwio"));
};
