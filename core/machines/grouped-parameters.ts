import type { ParameterDescriptor } from "./parameter.ts";

/** Parameters of machines whose processing elements take groups of weights of one filter in rounds: see `rounds`. */
export const pesParameter: ParameterDescriptor = {
  name: "pes",
  kind: "integer",
  minimum: 1,
  maximum: 4096,
  default: 32,
  description: "Processing elements.",
};

export const groupParameter: ParameterDescriptor = {
  name: "laneWidth",
  kind: "integer",
  minimum: 8,
  maximum: 256,
  default: 64,
  description: "Weight–activation pairs that a processing element takes as one group.",
};

export const spreadParameter: ParameterDescriptor = {
  name: "spread",
  kind: "choice",
  choices: ["filters", "filters+positions"],
  default: "filters+positions",
  description:
    "What processing elements without a filter of their own do: nothing, or other output positions.",
};

export const dataflowParameter: ParameterDescriptor = {
  name: "dataflow",
  kind: "choice",
  choices: ["weight-stationary", "output-stationary"],
  default: "weight-stationary",
  description: "Order of the loops inside a round of filters: group then position, or position then group.",
};
