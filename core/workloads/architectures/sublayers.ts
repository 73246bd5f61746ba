import type { FeatureMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";

/** A linear layer with bias over all features of its input. */
export const linear = (pass: ForwardPass, name: string, input: FeatureMap, filters: number): FeatureMap =>
  pass.linear(name, input, { channels: input.channels, filters, offset: "bias" });

/** Adds the input of a sublayer to its output, and normalizes the sum; `normalization` is the name of its parameters. */
export const addAndNormalize = (
  pass: ForwardPass,
  name: string,
  output: FeatureMap,
  input: FeatureMap,
  normalization = name,
): FeatureMap => {
  const sum = pass.elementWise(`${name}.add`, "Add", output, input);
  return pass.normalization(normalization, "LayerNormalization", sum);
};
