import { formatsIn, isMixedPrecision } from "./mixed-precision.ts";

/**
 * A value of a parameter: a number in the parameter's unit, or a name from its choices. One that may differ between
 * layers can be the text of a mixed precision instead.
 */
export type ParameterValue = number | string;

/** A complete assignment: every parameter of the machine by name. */
export type Configuration = Readonly<Record<string, ParameterValue>>;

interface Described {
  readonly name: string;
  readonly description: string;
  /**
   * The parameter has an effect only where every named parameter has one of the listed values. A sweep that gives a
   * parameter which never has an effect is refused; where it has none it stands at its default.
   */
  readonly activeWhen?: Readonly<Record<string, readonly ParameterValue[]>>;
  /** All designs of a sweep must have the same value: results of different ones do not compare. */
  readonly oneForAll?: true;
}

/** A number with inclusive bounds in `unit` (none: a count). */
export interface NumberParameter extends Described {
  readonly kind: "integer" | "number";
  readonly minimum: number;
  readonly maximum: number;
  readonly unit?: ParameterUnit;
  readonly default: number;
}

/** One of a fixed set of names. */
export interface ChoiceParameter extends Described {
  readonly kind: "choice";
  readonly choices: readonly string[];
  readonly default: string;
  /** It may be given by layer: a choice as default, and others by patterns of layer names. */
  readonly byLayer?: true;
}

/** Units of parameters. Sizes are binary: 1 KiB = 1,024 B; rates are decimal. */
export type ParameterUnit = "KiB" | "GHz" | "GB/s" | "nm" | "bit" | "pJ/bit" | "W";

/** Whether a parameter has an effect where the others have these values: in one layer, if they differ between layers. */
export const hasEffect = ({ activeWhen }: ParameterDescriptor, values: Configuration): boolean => {
  for (const other in activeWhen) if (!isAmong(values[other], activeWhen[other])) return false;
  return true;
};

/** The configuration with the parameters that have no effect in it at their defaults. */
export const settled = (
  parameters: readonly ParameterDescriptor[],
  configuration: Configuration,
): Configuration => {
  const result: Record<string, ParameterValue> = { ...configuration };
  for (const parameter of parameters) {
    if (!hasEffect(parameter, result)) result[parameter.name] = parameter.default;
  }
  return result;
};

/** Whether a value, or one that it stands for in some layer, is among those listed. */
export const isAmong = (value: ParameterValue, listed: readonly ParameterValue[]): boolean =>
  isMixedPrecision(value)
    ? formatsIn(value).some((format) => listed.includes(format))
    : listed.includes(value);

/** What a user may set on a machine: plain data, from which the sweep language builds its schema. */
export type ParameterDescriptor = NumberParameter | ChoiceParameter;

/** Descriptors with other defaults. Throws a RangeError for a name that is not among them. */
export const withDefaults = (
  parameters: readonly ParameterDescriptor[],
  defaults: Readonly<Record<string, ParameterValue>>,
): readonly ParameterDescriptor[] => {
  for (const name of Object.keys(defaults)) {
    if (!parameters.some((parameter) => parameter.name === name))
      throw new RangeError(`no parameter ${name}`);
  }
  return parameters.map((parameter) =>
    parameter.name in defaults
      ? ({ ...parameter, default: defaults[parameter.name] } as ParameterDescriptor)
      : parameter,
  );
};

/** The parameters of a machine at their defaults, with some values changed. Throws a RangeError for an unknown name. */
export const configurationOf = (
  parameters: readonly ParameterDescriptor[],
  changes: Configuration = {},
): Configuration =>
  Object.fromEntries(
    withDefaults(parameters, changes).map((parameter) => [parameter.name, parameter.default]),
  );
