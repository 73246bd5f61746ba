import { NetworkError } from "../../errors.ts";
import type { Architecture } from "../architecture.ts";
import type { ForwardPass } from "./forward-pass.ts";
import { recordPass } from "./record-pass.ts";

type Inputs = Architecture["inputs"];

/** A published network whose inputs are open. */
export interface ArchitectureBuilder {
  /** The inputs it was published for, batch 1. */
  readonly inputs: Inputs;
  /**
   * The architecture at the published inputs, or at these, input by input. Throws a NetworkError for an input that the
   * network does not have, a shape that it does not take, and one at which its tensors do not fit together.
   */
  readonly build: (inputs?: Inputs) => Architecture;
}

/** The builder of a network from its forward pass, which describes it layer by layer in execution order. */
export const architectureBuilder = (
  name: string,
  inputs: Inputs,
  forward: (pass: ForwardPass) => void,
): ArchitectureBuilder => ({
  inputs,
  build: (given = {}) => {
    const unknown = Object.keys(given).find((input) => !Object.hasOwn(inputs, input));
    if (unknown !== undefined) {
      const names = Object.keys(inputs).join(", ");
      throw new NetworkError(name, `it has no input ${unknown}; its inputs are ${names}`);
    }
    const pass = recordPass(name, { ...inputs, ...given });
    forward(pass);
    return pass.finish();
  },
});
