import { NetworkError } from "../errors.ts";
import { activationOperand, matrixProductLayer } from "./build-layer.ts";
import { mostComputedElements } from "./constant.ts";
import { type Layer, type LayerShape, type Product, positions, reductionLength } from "./layer.ts";
import type { Movement, Network } from "./network.ts";
import type { Tensor } from "./tensor.ts";

/** What of a network is run: one product of every layer, or all three, the gradients from the last layer to the first. */
export const phases = ["forward", "inputGradient", "weightGradient", "training"] as const;
export type Phase = (typeof phases)[number];

/**
 * The products of a layer in training as matrices [rows × depth] · [depth × columns], one pair a convolution group,
 * at batch 1: forward [P·Q × R·S·C/G] · [· × M/G], input gradient [P·Q × M/G] · [· × R·S·C/G], weight gradient
 * [R·S·C/G × P·Q] · [· × M/G]. All three have the layer's multiply–accumulates.
 */
export const matrixProduct = (
  layer: LayerShape,
  product: Product,
): { readonly rows: number; readonly depth: number; readonly columns: number } => {
  const filters = layer.filters / layer.groups;
  const length = reductionLength(layer);
  switch (product) {
    case "forward":
      return { rows: positions(layer), depth: length, columns: filters };
    case "inputGradient":
      return { rows: positions(layer), depth: filters, columns: length };
    case "weightGradient":
      return { rows: length, depth: positions(layer), columns: filters };
  }
};

/**
 * The gradient with respect to a layer's input: the gradients of the outputs times the transposed weights. The weights
 * [M/G × R·S·C/G] of each group become R·S·C/G filters over M/G channels.
 */
const inputGradient = (layer: Layer): Layer => {
  const filters = layer.filters / layer.groups;
  const length = reductionLength(layer);
  const { values } = layer.weights;
  const transposed = new Float32Array(values.length);
  for (let group = 0; group < layer.groups; group++) {
    const start = group * filters * length;
    for (let filter = 0; filter < filters; filter++) {
      for (let entry = 0; entry < length; entry++) {
        transposed[start + entry * filters + filter] = values[start + filter * length + entry];
      }
    }
  }
  const shape = [layer.groups * length, 1, 1, filters];
  return {
    ...matrixProductLayer({
      name: `${layer.name}/inputGradient`,
      kind: layer.kind === "matmul" ? "matmul" : "linear",
      groups: layer.groups,
      vectors: positions(layer),
      biasParameters: 0,
      weights: { ...layer.weights, shape, values: transposed },
    }),
    product: "inputGradient",
  };
};

/**
 * The gradient with respect to a layer's weights: activations times gradients of the outputs, both known at run time
 * only. The one that is reused more takes the weight side, in a tie the gradients.
 */
const weightGradient = (network: string, layer: Layer, position: number): Layer => {
  const { rows, depth, columns } = matrixProduct(layer, "weightGradient");
  const gradientsAsWeights = rows >= columns;
  const filters = layer.groups * (gradientsAsWeights ? columns : rows);
  const name = `${layer.name}/weightGradient`;
  if (filters * depth > mostComputedElements) {
    throw new NetworkError(
      network,
      `layer ${name}: an operand of ${filters * depth} elements would be drawn, at most ${mostComputedElements} are`,
    );
  }
  return {
    ...matrixProductLayer({
      name,
      kind: "matmul",
      groups: layer.groups,
      vectors: gradientsAsWeights ? rows : columns,
      biasParameters: 0,
      weights: runTimeOperand(filters, depth, position),
    }),
    product: "weightGradient",
  };
};

/** The streams of gradient operands lie behind those of the network's own products of activations. */
const firstGradientStream = 2 ** 20;

const runTimeOperand = (filters: number, depth: number, position: number): Tensor =>
  activationOperand(filters, depth, firstGradientStream + position);

/** The movement of a backward pass: the gradient of what was written is read, that of what was read is written. */
const backward = (movement: Movement): Movement => ({
  ...movement,
  name: `${movement.name}/inputGradient`,
  readElements: movement.writtenElements,
  writtenElements: movement.readElements,
});

/**
 * The network with the products of a phase as its layers, named `<layer>/inputGradient` and `<layer>/weightGradient`; it
 * is called `<network>-<phase>`, and a forward one is the network itself. Gradient products are matrix products of
 * unfolded operands (see `matrixProduct`), as SCALE-Sim has them [our decision]: their multiply–accumulates are exact;
 * their memory traffic is that of the unfolded operand, up to R · S times that of the activations or input gradients
 * themselves. In `training` the first layer has no input gradient, since nothing in front of it is trained. Gradients of
 * operations without multiply–accumulates move what the forward ones move, the other way round. Left out: the update of
 * the weights and its optimizer, activations that are kept or recomputed for the backward pass beyond one reading, and
 * gradients of losses. A batch repeats a weight gradient, whose operands both belong to one input. Captured activations
 * stay with the forward products. Throws NetworkError where an operand that has to be drawn is too large.
 */
export const phaseNetwork = (network: Network, phase: Phase): Network => {
  if (phase === "forward") return network;
  const { layers, movements } = network;
  const name = `${network.name}-${phase}`;
  const inputGradients = (from: number): Layer[] => layers.slice(from).map(inputGradient);
  const weightGradients = (): Layer[] => layers.map((layer, index) => weightGradient(name, layer, index));
  switch (phase) {
    case "inputGradient":
      return { ...network, name, layers: inputGradients(0), movements: movements.map(backward) };
    case "weightGradient":
      return { ...network, name, layers: weightGradients(), movements: [] };
    case "training": {
      const toInputs = [undefined, ...inputGradients(1)];
      const gradients = weightGradients().flatMap((toWeights, index) => {
        const toInput = toInputs[index];
        return [[toWeights, ...(toInput === undefined ? [] : [toInput])]];
      });
      return {
        ...network,
        name,
        layers: [...layers, ...gradients.reverse().flat()],
        movements: [...movements, ...movements.map(backward).reverse()],
      };
    }
  }
};
