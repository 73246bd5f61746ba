import type { Machine } from "../../../core/machines/machine.ts";
import {
  type Configuration,
  configurationOf,
  hasEffect,
  isAmong,
  type ParameterDescriptor,
  type ParameterValue,
  settled,
} from "../../../core/machines/parameter.ts";
import type { Uniform } from "../../../core/random.ts";

const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];

/** Some values of a parameter, its default among them, the least first. */
export const sampleValues = (parameter: ParameterDescriptor): readonly ParameterValue[] => {
  if (parameter.kind === "choice") {
    const { choices } = parameter;
    const picked = Array.from(
      { length: 6 },
      (_, index) => choices[Math.round((index * (choices.length - 1)) / 5)],
    );
    return unique([...picked, parameter.default]);
  }
  const { minimum, maximum, default: standard } = parameter;
  const values =
    parameter.kind === "integer"
      ? [minimum, minimum + 1, minimum + 2, Math.ceil(standard / 2), standard, standard + 1]
      : [
          minimum,
          (minimum + standard) / 2,
          standard,
          2 * standard,
          minimum + Math.min(1, maximum - minimum) / 2,
        ];
  return unique(values).filter((value) => value >= minimum && value <= maximum);
};

/** The configuration with others of its values changed so that the parameter has an effect in it. */
const activated = (
  parameters: readonly ParameterDescriptor[],
  configuration: Configuration,
  { activeWhen = {} }: ParameterDescriptor,
): Configuration => {
  let result = configuration;
  for (const [name, values] of Object.entries(activeWhen)) {
    const other = parameters.find((parameter) => parameter.name === name);
    if (other === undefined) throw new Error(`activeWhen names ${name}, which the machine has not`);
    result = activated(parameters, result, other);
    if (!isAmong(result[name], values)) result = { ...result, [name]: values[0] };
  }
  return result;
};

/**
 * A random configuration of the parameters that `drawn` takes, the others at their defaults. A small machine has integers
 * among the least and the next two; of any other every second parameter stands at its default.
 */
export const randomConfiguration = (
  { parameters }: Machine,
  uniform: Uniform,
  drawn: (parameter: ParameterDescriptor) => boolean,
  small = false,
): Configuration => {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(uniform() * values.length)];
  const changes = parameters.filter(drawn).map((parameter): [string, ParameterValue] => {
    const values = sampleValues(parameter);
    if (small) return [parameter.name, pick(parameter.kind === "integer" ? values.slice(0, 3) : values)];
    return [parameter.name, uniform() < 0.5 ? pick(values) : parameter.default];
  });
  return settled(parameters, configurationOf(parameters, Object.fromEntries(changes)));
};

/** A change of one parameter, in a configuration where it has an effect. */
export interface Change {
  readonly from: Configuration;
  readonly to: Configuration;
}

/** Every other sample value of a parameter, from a configuration that is changed, if need be, so that it has an effect. */
export const changesOf = (
  parameters: readonly ParameterDescriptor[],
  configuration: Configuration,
  parameter: ParameterDescriptor,
): readonly Change[] => {
  const from = settled(parameters, activated(parameters, configuration, parameter));
  if (!hasEffect(parameter, from)) throw new Error(`${parameter.name}: activeWhen contradicts itself`);
  return sampleValues(parameter)
    .filter((value) => value !== from[parameter.name])
    .map((value) => ({ from, to: settled(parameters, { ...from, [parameter.name]: value }) }));
};
