/**
 * The space of a sweep: whole numbers that stand for designs. This file loads no package and nothing of Node, since
 * workers load it; a space is described by plain data, so that the description can be sent to them.
 */
import {
  type Configuration,
  hasEffect,
  type ParameterDescriptor,
  type ParameterValue,
} from "../../core/machines/parameter.ts";
import { type Expression, evaluate, namesOf } from "../spec/expression.ts";
import { type ExclusionRule, exclusionRule } from "./exclusion-rule.ts";

/** One design: a machine and a value for each of its parameters. */
export interface Point {
  readonly machine: string;
  readonly configuration: Configuration;
}

/** A parameter that takes several values, or one that is not its default, with the condition under which it does. */
export interface SweptParameter {
  readonly name: string;
  readonly values: readonly ParameterValue[];
  readonly when?: Expression;
}

/** Everything that decides a space, as JSON data. Parameters are in the order of the file. */
export interface SpaceDescription {
  readonly machines: readonly {
    readonly name: string;
    readonly parameters: readonly ParameterDescriptor[];
  }[];
  readonly parameters: readonly SweptParameter[];
  /** Conditions on parameters and `machine`. One holds for the machines that have every parameter it names. */
  readonly constraints: readonly Expression[];
  readonly baseline?: Point;
  /** Known designs, added whether or not they fulfil the constraints. */
  readonly points: readonly Point[];
}

/** A space that cannot be numbered; `parameter` names the culprit where there is one. */
export class SpaceError extends Error {
  readonly _tag = "SpaceError";
  readonly problem: string;
  readonly parameter: string | undefined;

  constructor(problem: string, parameter?: string) {
    super(parameter === undefined ? `the space ${problem}` : `${parameter} ${problem}`);
    this.name = "SpaceError";
    this.problem = problem;
    this.parameter = parameter;
  }
}

/**
 * Designs by index. Index 0…(product of the radices − 1) is a mixed-radix number: the machine is its leading digit,
 * then one digit a parameter in the order of the file, the last of them running fastest. After them come the baseline
 * and the added points that have no index among these.
 */
export interface Space {
  /** How many indices there are, excluded ones and added designs included. */
  readonly total: number;
  /** Number of machines, then number of values of each parameter. */
  readonly radices: readonly number[];
  /** The product of the radices: indices from here on are added designs. */
  readonly grid: number;
  /**
   * Positions among the radices, in order, whose digits together decide the values of the named parameters on a
   * machine: those of the parameters that are swept, and of all that the conditions on them depend on.
   */
  positionsOf(machine: number, names: readonly string[]): readonly number[];
  /** The rules that decide together which indices of the grid are excluded on a machine. */
  rulesOf(machine: number): readonly ExclusionRule[];
  /** The machine of an index, also of an excluded one. */
  machineAt(index: number): string;
  /**
   * The configuration of an index; null if it is excluded by a constraint, or because a parameter without effect has
   * a digit other than 0 (the design with digit 0 is the same one). Throws a RangeError outside 0…total − 1.
   */
  configurationAt(index: number): Configuration | null;
  /** The design of an index, machine and configuration together; null if it is excluded. */
  pointAt(index: number): Point | null;
  /** The index of a design; null if it is not in the space. */
  indexOf(machine: string, configuration: Configuration): number | null;
  /** How many indices are not excluded. It visits all of them. */
  countValid(): number;
  readonly baselineIndex: number | null;
}

/** What is known of a machine before any index: its defaults, and how to set its swept parameters one after another. */
interface Plan {
  readonly name: string;
  readonly parameters: readonly ParameterDescriptor[];
  /** Swept parameters by position, each after those that decide whether it has an effect. */
  readonly order: readonly number[];
  /** The positions of swept parameters that decide whether the one at a position has an effect. */
  readonly dependenciesOf: (position: number) => readonly number[];
  /** Positions of swept parameters that the machine does not have. */
  readonly foreign: readonly number[];
  readonly descriptors: ReadonlyMap<string, ParameterDescriptor>;
  readonly constraints: readonly Expression[];
  /** Swept parameters whose condition names a parameter that the machine does not have: it never holds. */
  readonly unmet: ReadonlySet<string>;
  /** The design in the making, with `machine` as one more name. */
  readonly scope: Record<string, ParameterValue>;
}

const mostIndices = 2 ** 53;

/** Orders the positions so that each comes after those it depends on; throws if they wait for each other. */
const sortByDependency = (
  positions: readonly number[],
  dependenciesOf: (position: number) => readonly number[],
  nameOf: (position: number) => string,
): readonly number[] => {
  const order: number[] = [];
  const waiting = new Set<number>();
  const visit = (position: number): void => {
    if (order.includes(position)) return;
    if (waiting.has(position)) {
      throw new SpaceError(
        "has a condition that depends on itself through the conditions of others",
        nameOf(position),
      );
    }
    waiting.add(position);
    dependenciesOf(position).forEach(visit);
    order.push(position);
  };
  positions.forEach(visit);
  return order;
};

const planOf = (
  machine: SpaceDescription["machines"][number],
  { parameters, constraints }: SpaceDescription,
): Plan => {
  const descriptors = new Map(machine.parameters.map((descriptor) => [descriptor.name, descriptor]));
  const applies = (condition: Expression): boolean =>
    namesOf(condition).every((name) => name === "machine" || descriptors.has(name));
  const positions = [...parameters.keys()];
  const own = positions.filter((position) => descriptors.has(parameters[position]!.name));
  const dependenciesOf = (position: number): readonly number[] => {
    const { name, when } = parameters[position]!;
    const names = [
      ...(when === undefined ? [] : namesOf(when)),
      ...Object.keys(descriptors.get(name)!.activeWhen ?? {}),
    ];
    return own.filter((other) => names.includes(parameters[other]!.name));
  };
  return {
    name: machine.name,
    parameters: machine.parameters,
    dependenciesOf,
    order: sortByDependency(own, dependenciesOf, (position) => parameters[position]!.name),
    foreign: positions.filter((position) => !own.includes(position)),
    descriptors,
    constraints: constraints.filter(applies),
    unmet: new Set(
      own.flatMap((position) => {
        const { name, when } = parameters[position]!;
        return when === undefined || applies(when) ? [] : [name];
      }),
    ),
    scope: {
      ...Object.fromEntries(machine.parameters.map((descriptor) => [descriptor.name, descriptor.default])),
      machine: machine.name,
    },
  };
};

/** Whether a swept parameter has an effect in the design in `scope`, as far as that is set. */
const isActive = (
  plan: Plan,
  { name, when }: SweptParameter,
  scope: Readonly<Record<string, ParameterValue>>,
): boolean =>
  !plan.unmet.has(name) &&
  hasEffect(plan.descriptors.get(name)!, scope) &&
  (when === undefined || evaluate(when, scope) === true);

/** The positions, in the order of the plan, that decide the values of the named parameters. */
const closureOf = (
  plan: Plan,
  parameters: readonly SweptParameter[],
  names: readonly string[],
): readonly number[] => {
  const closed = new Set<number>();
  const close = (position: number): void => {
    if (closed.has(position)) return;
    closed.add(position);
    plan.dependenciesOf(position).forEach(close);
  };
  plan.order.filter((position) => names.includes(parameters[position]!.name)).forEach(close);
  return plan.order.filter((position) => closed.has(position));
};

/** The rules of a machine: what `decode` asks, each apart with what it depends on. */
const rulesOf = (
  plan: Plan,
  parameters: readonly SweptParameter[],
  radices: readonly number[],
): readonly ExclusionRule[] => {
  /** A rule on the parameters at `closure`, which are set in this order before it is asked. */
  const rule = (
    closure: readonly number[],
    decide: (scope: Plan["scope"], digits: ArrayLike<number>) => boolean,
  ): ExclusionRule => {
    const scope = { ...plan.scope };
    return exclusionRule(
      closure.map((position) => position + 1),
      radices,
      (digits) => {
        for (const position of closure) {
          const parameter = parameters[position]!;
          scope[parameter.name] = isActive(plan, parameter, scope)
            ? parameter.values[digits[position + 1]!]!
            : plan.descriptors.get(parameter.name)!.default;
        }
        return decide(scope, digits);
      },
    );
  };
  const conditional = plan.order.filter((position) => {
    const { name, when } = parameters[position]!;
    return when !== undefined || plan.descriptors.get(name)!.activeWhen !== undefined;
  });
  return [
    ...plan.foreign.map((position) =>
      exclusionRule([position + 1], radices, (digits) => digits[position + 1] === 0),
    ),
    ...conditional.map((position) => {
      const parameter = parameters[position]!;
      return rule(
        closureOf(plan, parameters, [parameter.name]),
        (scope, digits) => digits[position + 1] === 0 || isActive(plan, parameter, scope),
      );
    }),
    ...plan.constraints.map((constraint) =>
      rule(closureOf(plan, parameters, namesOf(constraint)), (scope) => evaluate(constraint, scope) === true),
    ),
  ];
};

const sameConfiguration = (plan: Plan, a: Configuration, b: Configuration): boolean =>
  plan.parameters.every(({ name }) => a[name] === b[name]);

/**
 * Numbers the designs of a description. Parameters that are not swept stand at their defaults, and so does a parameter
 * where its `when` is false or its descriptor says that it has no effect. Throws a SpaceError if there are more than
 * 2⁵³ indices, or if conditions depend on each other in a circle. No list of designs is ever made.
 */
export const createSpace = (description: SpaceDescription): Space => {
  const { parameters } = description;
  const plans = description.machines.map((machine) => planOf(machine, description));
  const radices = [plans.length, ...parameters.map((parameter) => parameter.values.length)];
  const grid = radices.reduce((product, radix) => product * radix, 1);
  const tooLarge = `has ${grid.toPrecision(3)} combinations, more than can be numbered (2^53)`;
  if (grid > mostIndices) throw new SpaceError(tooLarge);

  const digits = radices.map(() => 0);
  const setDigits = (index: number): void => {
    let rest = index;
    for (let position = radices.length - 1; position >= 0; position--) {
      const digit = rest % radices[position]!;
      digits[position] = digit;
      rest = (rest - digit) / radices[position]!;
    }
  };

  /** Sets the scope of the machine to the design of a grid index; null if the index is excluded. */
  const decode = (index: number): Plan | null => {
    setDigits(index);
    const plan = plans[digits[0]!]!;
    if (plan.foreign.some((position) => digits[position + 1] !== 0)) return null;
    for (const position of plan.order) {
      const parameter = parameters[position]!;
      const digit = digits[position + 1]!;
      if (isActive(plan, parameter, plan.scope)) {
        plan.scope[parameter.name] = parameter.values[digit]!;
      } else if (digit === 0) {
        plan.scope[parameter.name] = plan.descriptors.get(parameter.name)!.default;
      } else {
        return null;
      }
    }
    return plan.constraints.every((constraint) => evaluate(constraint, plan.scope) === true) ? plan : null;
  };

  const gridConfiguration = (index: number): Configuration | null => {
    const plan = decode(index);
    if (plan === null) return null;
    const configuration: Record<string, ParameterValue> = {};
    for (const { name } of plan.parameters) configuration[name] = plan.scope[name]!;
    return configuration;
  };

  const gridIndex = (machine: string, configuration: Configuration): number | null => {
    const leading = plans.findIndex((plan) => plan.name === machine);
    if (leading < 0) return null;
    const plan = plans[leading]!;
    const scope = { ...configuration, machine };
    let index = leading;
    for (const [position, parameter] of parameters.entries()) {
      const active = !plan.foreign.includes(position) && isActive(plan, parameter, scope);
      const digit = active ? parameter.values.indexOf(configuration[parameter.name]!) : 0;
      if (digit < 0) return null;
      index = index * parameter.values.length + digit;
    }
    const found = gridConfiguration(index);
    return found !== null && sameConfiguration(plan, found, configuration) ? index : null;
  };

  const added: Point[] = [];
  const addedIndex = (machine: string, configuration: Configuration): number | null => {
    const plan = plans.find((candidate) => candidate.name === machine);
    if (plan === undefined) return null;
    const position = added.findIndex(
      (point) => point.machine === machine && sameConfiguration(plan, point.configuration, configuration),
    );
    return position < 0 ? null : grid + position;
  };
  const indexOf = (machine: string, configuration: Configuration): number | null =>
    gridIndex(machine, configuration) ?? addedIndex(machine, configuration);

  const { baseline, points } = description;
  for (const point of baseline === undefined ? points : [baseline, ...points]) {
    if (indexOf(point.machine, point.configuration) === null) added.push(point);
  }
  if (grid > mostIndices - added.length) throw new SpaceError(tooLarge);
  const total = grid + added.length;

  const check = (index: number): void => {
    if (!Number.isInteger(index) || index < 0 || index >= total) {
      throw new RangeError(`index ${index} is not an integer from 0 to ${total - 1}`);
    }
  };

  const machineAt = (index: number): string => {
    check(index);
    return index < grid
      ? plans[Math.floor(index / (grid / plans.length))]!.name
      : added[index - grid]!.machine;
  };
  const configurationAt = (index: number): Configuration | null => {
    check(index);
    return index < grid ? gridConfiguration(index) : added[index - grid]!.configuration;
  };

  return {
    total,
    radices,
    grid,
    positionsOf: (machine, names) =>
      closureOf(plans[machine]!, parameters, names)
        .map((position) => position + 1)
        .sort((left, right) => left - right),
    rulesOf: (machine) => rulesOf(plans[machine]!, parameters, radices),
    machineAt,
    configurationAt,
    pointAt: (index) => {
      const configuration = configurationAt(index);
      return configuration === null ? null : { machine: machineAt(index), configuration };
    },
    indexOf,
    countValid: () => {
      let count = added.length;
      for (let index = 0; index < grid; index++) if (decode(index) !== null) count++;
      return count;
    },
    baselineIndex: baseline === undefined ? null : indexOf(baseline.machine, baseline.configuration),
  };
};
