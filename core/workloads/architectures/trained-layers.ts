import { weightShape } from "../architecture.ts";
import { type LayerShape, macs } from "../layer.ts";
import { showShape } from "../shape.ts";

/** Layers in execution order, and which of them share weights. */
export interface TrainedLayers {
  /**
   * Adds a layer. Returns whether its weights are new: a name that is there already applies the weights of that layer,
   * and becomes `name#2`. Refuses such a name with other weights, and a layer of 2^53 multiply–accumulates or more.
   */
  readonly add: (shape: LayerShape) => boolean;
  readonly layers: readonly LayerShape[];
  /** Layers with the weights of an earlier one, and its name. */
  readonly sharedWeights: Readonly<Record<string, string>>;
}

/** An empty list; `refuse` is called with what is wrong with a layer. */
export const createTrainedLayers = (refuse: (problem: string) => never): TrainedLayers => {
  const layers: LayerShape[] = [];
  const sharedWeights: Record<string, string> = {};
  const uses = new Map<string, { readonly first: LayerShape; count: number }>();
  return {
    layers,
    sharedWeights,
    add: (shape) => {
      if (!Number.isSafeInteger(macs(shape))) refuse(`${shape.name} has 2^53 multiply–accumulates or more`);
      const use = uses.get(shape.name);
      if (use === undefined) {
        uses.set(shape.name, { first: shape, count: 1 });
        layers.push(shape);
        return true;
      }
      const [own, first] = [shape, use.first].map((layer) => showShape(weightShape(layer)));
      if (own !== first) refuse(`${shape.name} has weights of ${first} and of ${own}`);
      const name = `${shape.name}#${++use.count}`;
      sharedWeights[name] = shape.name;
      layers.push({ ...shape, name });
      return false;
    },
  };
};
