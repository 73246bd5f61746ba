/** A value of a parameter: a number in the parameter's unit, or a name from its choices. */
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
}

/** Units of parameters. Sizes are binary: 1 KiB = 1,024 B; rates are decimal. */
export type ParameterUnit = "KiB" | "GHz" | "GB/s" | "nm" | "bit" | "pJ/bit" | "W";

/** Whether a parameter has an effect where the others have these values. */
export const hasEffect = ({ activeWhen }: ParameterDescriptor, values: Configuration): boolean =>
  Object.entries(activeWhen ?? {}).every(([other, effective]) => effective.includes(values[other]));

/** What a user may set on a machine: plain data, from which the sweep language builds its schema. */
export type ParameterDescriptor = NumberParameter | ChoiceParameter;
