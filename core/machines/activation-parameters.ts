import type { ActivationRequest } from "./layer-statistics.ts";
import type { Configuration, ParameterDescriptor } from "./parameter.ts";

/** Parameters of machines whose cycles depend on the bits or the zeros of activations. */
export const activationParameters: readonly ParameterDescriptor[] = [
  {
    name: "activations",
    kind: "choice",
    choices: ["distribution", "captured"],
    default: "distribution",
    description:
      "Activations that cycles are taken from: seeded vectors of half-normal magnitudes, or those captured in a file that the network names.",
  },
  {
    name: "activationVectors",
    kind: "integer",
    minimum: 2,
    maximum: 256,
    default: 16,
    activeWhen: { activations: ["distribution"] },
    description: "Drawn activation vectors that the mean is taken over; its standard error is reported.",
  },
  {
    name: "activationZeros",
    kind: "number",
    minimum: 0,
    maximum: 0.99,
    default: 0,
    activeWhen: { activations: ["distribution"] },
    description: "Share of zeros among the drawn activations, as behind a ReLU.",
  },
];

/** Their names. */
export const activationParameterNames = activationParameters.map(({ name }) => name);

/** What a configuration asks of activations. */
export const activationRequest = (
  configuration: Configuration,
  seed: number,
  stream: number,
): ActivationRequest => ({
  activations: configuration.activations as ActivationRequest["activations"],
  activationVectors: Number(configuration.activationVectors),
  activationZeros: Number(configuration.activationZeros),
  seed,
  stream,
});
