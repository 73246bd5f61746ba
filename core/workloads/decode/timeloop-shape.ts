/** One operand: its indices, each a dimension, or a sum of [dimension] and [dimension, coefficient]. */
export interface TimeloopDataSpace {
  readonly name: string;
  readonly projection: readonly (string | readonly (readonly string[])[])[];
  /** Set on the outputs: version 0.4 and versions before it. */
  readonly read_write?: boolean;
  readonly "read-write"?: boolean;
}

/** The loops of a problem and what they index. */
export interface TimeloopShape {
  readonly name?: string;
  readonly dimensions: readonly string[];
  readonly coefficients?: readonly { readonly name: string; readonly default: number }[];
  /** Version 0.4, and versions before it. */
  readonly data_spaces?: readonly TimeloopDataSpace[];
  readonly "data-spaces"?: readonly TimeloopDataSpace[];
}

const stridesAndDilations = ["Wstride", "Hstride", "Wdilation", "Hdilation"].map((name) => ({
  name,
  default: 1,
}));

/** The convolution that Timeloop brings along, with a choice of names for the filters, and with groups where asked. */
const convolution = (filter: "K" | "M", grouped: boolean): TimeloopShape => {
  const group = grouped ? ["G"] : [];
  const vertical = [
    ["R", "Wdilation"],
    ["P", "Wstride"],
  ];
  const horizontal = [
    ["S", "Hdilation"],
    ["Q", "Hstride"],
  ];
  return {
    dimensions: ["R", "S", "P", "Q", "C", filter, "N", ...group],
    coefficients: stridesAndDilations,
    data_spaces: [
      { name: "Weights", projection: ["C", filter, "R", "S", ...group] },
      { name: "Inputs", projection: ["N", "C", vertical, horizontal, ...group] },
      { name: "Outputs", projection: ["N", filter, "Q", "P", ...group], read_write: true },
    ],
  };
};

const matrixProduct: TimeloopShape = {
  dimensions: ["M", "N", "K"],
  data_spaces: [
    { name: "A", projection: ["M", "K"] },
    { name: "B", projection: ["N", "K"] },
    { name: "Z", projection: ["M", "N"], read_write: true },
  ],
};

/**
 * A shape that Timeloop brings along, by its name with hyphens or underscores; undefined for other names. The convolution
 * has K or M for its filters, and G, by which of them are among the given sizes.
 */
export const namedShape = (name: string, sizes: readonly string[]): TimeloopShape | undefined => {
  switch (name.replaceAll("_", "-")) {
    case "cnn-layer":
      return convolution(sizes.includes("K") ? "K" : "M", sizes.includes("G"));
    case "gemm-ABZ":
      return matrixProduct;
    default:
      return undefined;
  }
};
