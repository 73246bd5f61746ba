import type { Group, ProcessingElement } from "../../../core/bit-interleaving/group.ts";
import { floatFields } from "../../../core/numerics/float-fields.ts";

/** A group and a processing element of as many lanes, with two input ports and the window of the RTL. */
export interface Case {
  readonly element: ProcessingElement;
  readonly group: Group;
}

interface Settings {
  readonly mask?: number;
  readonly quant?: number;
}

const elementOf = (
  kind: "float" | "fixed",
  laneWidth: number,
  { mask = 0xffffff, quant = 0 }: Settings,
): ProcessingElement => ({ kind, laneWidth, inputPorts: 2, window: 8, mask, quant });

/** The float group of weights and activations that are rounded to float32. */
export const floatCase = (
  products: readonly (readonly [number, number])[],
  settings: Settings = {},
): Case => {
  const weights = Float32Array.from(products, ([weight]) => weight);
  const activations = Float32Array.from(products, ([, activation]) => activation);
  const signs = Uint8Array.from(new Uint32Array(weights.buffer), (word) => word >>> 31);
  return {
    element: elementOf("float", products.length, settings),
    group: {
      weights: { signs, ...floatFields(weights) },
      activations: new Uint32Array(activations.buffer),
    },
  };
};

/** The fixed group of integer weights below 2²⁴ in size and integer activations in −2²⁴ … 2²⁴ − 1. */
export const fixedCase = (
  products: readonly (readonly [number, number])[],
  settings: Settings = {},
): Case => ({
  element: elementOf("fixed", products.length, settings),
  group: {
    weights: {
      signs: Uint8Array.from(products, ([weight]) => (weight < 0 ? 1 : 0)),
      exponents: new Uint8Array(products.length),
      magnitudes: Int32Array.from(products, ([weight]) => Math.abs(weight)),
    },
    activations: Uint32Array.from(
      products,
      ([, activation]) => (activation < 0 ? 2 ** 31 : 0) + (activation & 0xffffff),
    ),
  },
});
