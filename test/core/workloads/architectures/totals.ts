import { type LayerShape, macs, positions } from "../../../../core/workloads/layer.ts";

type Choice = (layer: LayerShape) => boolean;

const all: Choice = () => true;

const sum = (layers: readonly LayerShape[], of: (layer: LayerShape) => number, which: Choice): number =>
  layers.filter(which).reduce((total, layer) => total + of(layer), 0);

/** Multiply–accumulates of the layers, or of some. */
export const totalMacs = (layers: readonly LayerShape[], which: Choice = all): number =>
  sum(layers, macs, which);

/** Values that the layers, or some, compute. */
export const totalOutputs = (layers: readonly LayerShape[], which: Choice = all): number =>
  sum(layers, (layer) => layer.filters * positions(layer), which);
