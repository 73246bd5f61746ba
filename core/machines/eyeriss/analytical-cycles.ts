import type { LayerShape } from "../../workloads/layer.ts";
import type { ComputeCycles } from "../machine.ts";
import type { Configuration } from "../parameter.ts";
import { rowStationary, setPlacement } from "./mapping.ts";

/** Closed form: batch · ⌈M·(C/G) / sets⌉ · strips · S·Q; an element at work makes a product a cycle. */
export const analyticalCycles = (configuration: Configuration, layer: LayerShape): ComputeCycles => {
  const mapping = rowStationary(configuration, layer);
  const { sets, strips } = setPlacement(mapping);
  const { inputs, pairs, setCycles, kernelRows, outputRows } = mapping;
  return {
    cycles: inputs * Math.ceil(pairs / sets) * strips * setCycles,
    busyCycles: inputs * pairs * kernelRows * outputRows * setCycles,
  };
};
