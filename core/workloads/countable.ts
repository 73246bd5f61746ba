import { inputRowElements, type LayerShape, macs, parameters } from "./layer.ts";

/** Elements that a layer reads and writes, and what follows from its sizes besides. */
const totals = (layer: LayerShape): Readonly<Record<string, number>> => ({
  macs: macs(layer),
  parameters: parameters(layer),
  inputs: layer.channels * layer.inputHeight * inputRowElements(layer),
});

/**
 * The first size of a layer, or total that follows from its sizes, that is no whole number from 0 to below 2^53 and so
 * would be rounded, as the end of a sentence; undefined where all are. Files may name any stride and dilation.
 */
export const uncountable = (layer: LayerShape): string | undefined => {
  const numbers = [layer, layer.depth ?? {}, totals(layer)].flatMap((part) => Object.entries(part));
  const wrong = numbers.find(
    ([, value]) => typeof value === "number" && !(Number.isSafeInteger(value) && value >= 0),
  );
  return wrong && `${wrong[0]} is ${wrong[1]}; expected a whole number from 0 to below 2^53`;
};
