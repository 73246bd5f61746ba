import { isAmong, type ParameterDescriptor, type ParameterValue } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { metrics } from "../../core/model/metrics.ts";
import {
  createSpace,
  type Point,
  type SpaceDescription,
  SpaceError,
  type SweptParameter,
} from "../space/space.ts";
import { missingAccuracy, readAccuracy } from "./accuracy.ts";
import { type Expression, namesOf } from "./expression.ts";
import {
  defaultsOf,
  differentDefaults,
  foreignValues,
  joinedParameters,
  parameterOf,
} from "./machine-parameters.ts";
import { nearestOf } from "./nearest.ts";
import { type Names, parseExpression } from "./parse-expression.ts";
import { type Fault, oneOf, type Path } from "./problem.ts";
import type { SweepFile } from "./schema.ts";
import type { Objective, Requirement, Sweep, SweepNetwork } from "./sweep.ts";
import { expandValues, type WrittenParameter } from "./values.ts";

const metricNames: Names = Object.fromEntries(metrics.map((metric) => [metric.name, "number" as const]));

/**
 * What an exhaustive search takes on. Its rows lie on disk, 80 bytes a design evaluated by one model on one network and
 * more otherwise: a billion designs fill a hundred gigabytes or a few.
 */
const mostCombinations = 1e9;

/** Turns a sweep file of the right shape into a sweep, and collects what makes no sense in it. */
class Interpreter {
  readonly faults: Fault[] = [];
  private readonly file: SweepFile;
  private readonly order: readonly string[];
  private readonly broken: ReadonlySet<string>;
  private readonly machines: readonly string[];
  private readonly descriptors: ReadonlyMap<string, ParameterDescriptor>;
  private readonly parameterNames: Names;

  constructor(file: SweepFile, order: readonly string[], broken: ReadonlySet<string>) {
    this.file = file;
    this.order = order;
    this.broken = broken;
    this.machines = typeof file.machine === "string" ? [file.machine] : file.machine;
    this.descriptors = joinedParameters(this.machines);
    const all = [...this.descriptors.values()];
    this.parameterNames = {
      ...Object.fromEntries(
        all.map((descriptor) => [
          descriptor.name,
          descriptor.kind === "choice" ? descriptor.choices : "number",
        ]),
      ),
      machine: this.machines,
    };
  }

  interpret(): Sweep {
    const { name, seed, networks: written, aggregate, referencePoint, fidelity, search } = this.file;
    const { technology, components } = this.file;
    this.checkTwice("machine", this.machines);
    this.checkTwice(
      "networks",
      written.map((network) => {
        if (typeof network === "string") return network;
        return network.phase === "forward" ? network.use : `${network.use} (${network.phase})`;
      }),
    );
    const space = this.space();
    const require = this.requirements();
    const objectives = this.objectives();
    if (![...this.broken].some((key) => key.startsWith("objectives"))) this.checkReferencePoint(objectives);
    const precisions = this.precisions(space);
    const networks = written.map((network, index) => this.network(network, index, precisions));
    if (precisions !== undefined && this.faults.length === 0 && this.broken.size === 0) {
      this.faults.push(...missingAccuracy(networks, precisions, { require, objectives }));
    }
    return {
      name,
      seed,
      networks,
      aggregate,
      technology: typeof technology === "string" ? [technology] : technology,
      components,
      space,
      require,
      objectives,
      referencePoint,
      fidelity,
      search,
    };
  }

  private network(
    written: SweepFile["networks"][number],
    index: number,
    precisions: readonly string[] | undefined,
  ): SweepNetwork {
    if (typeof written === "string") {
      return { use: written, weight: 1, inputs: {}, allowUpcast: false, phase: "forward" };
    }
    const { accuracy, ...network } = written;
    const descriptor = this.descriptors.get("precision");
    if (accuracy === undefined || descriptor === undefined) return network;
    const { byPrecision, faults } = readAccuracy(accuracy.values, descriptor, precisions);
    const path = ["networks", index, "accuracy", "values"];
    this.faults.push(...faults.map((fault) => ({ ...fault, path: [...path, ...fault.path] })));
    return { ...network, accuracy: { source: accuracy.source, byPrecision } };
  }

  /** Every precision that a design of the sweep may have; undefined if the parameter is not understood. */
  private precisions(space: SpaceDescription): readonly string[] | undefined {
    const having = this.machines.filter((machine) => parameterOf(machine, "precision") !== undefined);
    const swept: ParameterValue[] = [];
    for (const machine of having) {
      const values = this.possibleValues(machine, "precision", space.parameters);
      if (values === undefined) return undefined;
      swept.push(...values);
    }
    const designs = [...(space.baseline ? [space.baseline] : []), ...space.points];
    return [
      ...new Set([...swept, ...designs.map(({ configuration }) => configuration.precision)].map(String)),
    ];
  }

  private checkTwice(key: string, names: readonly string[]): void {
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) < index) {
        this.faults.push({
          path: [key, index],
          problem: `names ${name} a second time`,
          expected: "every name once",
        });
      }
    }
  }

  /** An expression of the file, or undefined after its faults were recorded; a name of the other kind gets a hint. */
  private expression(
    path: Path,
    source: string,
    over: "parameters" | "metrics",
    type: "number" | "boolean",
  ): Expression | undefined {
    const [names, others] =
      over === "parameters" ? [this.parameterNames, metricNames] : [metricNames, this.parameterNames];
    const parsed = parseExpression(source, names, type);
    if ("expression" in parsed) return parsed.expression;
    for (const { offending, ...fault } of parsed.faults) {
      if (Object.hasOwn(others, offending) && !Object.hasOwn(names, offending)) {
        const expected =
          over === "parameters"
            ? "parameters; conditions on metrics stand in `require`"
            : "metrics; conditions on parameters stand in `constraints`";
        this.faults.push({
          path,
          offset: fault.offset,
          problem: fault.problem.replace("unknown", over === "parameters" ? "metric" : "parameter"),
          expected,
        });
      } else {
        this.faults.push({ path, ...fault });
      }
    }
    return undefined;
  }

  private space(): SpaceDescription {
    const parameters = this.sweptParameters();
    const constraints = this.file.constraints.flatMap((source, index) => {
      return this.expression(["constraints", index], source, "parameters", "boolean") ?? [];
    });
    const { baseline, points } = this.file;
    const description: SpaceDescription = {
      machines: this.machines.map((name) => ({ name, parameters: machines[name]!.parameters })),
      parameters,
      constraints,
      ...(baseline === undefined ? {} : { baseline: this.point(["baseline"], baseline, parameters) }),
      points: points.map((point, index) => this.point(["points", index], point, parameters)),
    };
    if (!this.broken.has("machine")) this.faults.push(...differentDefaults(this.machines, parameters));
    for (const descriptor of this.descriptors.values()) {
      if (descriptor.oneForAll) this.checkOneForAll(descriptor, description);
    }
    if (this.faults.length === 0 && this.broken.size === 0) this.checkSpace(description);
    return description;
  }

  /** Records a fault where designs of one front would have different values of a parameter that must be the same for all. */
  private checkOneForAll({ name, default: standard }: ParameterDescriptor, space: SpaceDescription): void {
    const swept = space.parameters.find((parameter) => parameter.name === name);
    const values = swept?.values ?? [parameterOf(this.machines[0]!, name)?.default ?? standard];
    const expected = "the same for all designs: results on different ones do not compare";
    const report = (path: Path, other: ParameterValue): void => {
      this.faults.push({ path, problem: `mixes ${values[0]} and ${other} in one front`, expected });
    };
    if (values.length > 1) {
      report(["parameters", name], values[1]);
      return;
    }
    if (swept?.when !== undefined && values[0] !== standard) report(["parameters", name], standard);
    const known: readonly (readonly [Path, Point | undefined])[] = [
      [["baseline"], space.baseline],
      ...space.points.map((point, index) => [["points", index], point] as const),
    ];
    for (const [path, point] of known) {
      const value = point?.configuration[name];
      if (value !== undefined && value !== values[0]) report([...path, name], value);
    }
  }

  private checkSpace(description: SpaceDescription): void {
    try {
      const { total } = createSpace(description);
      if (total > mostCombinations) {
        this.faults.push({
          path: ["parameters"],
          atKey: true,
          problem: `have ${total.toPrecision(3)} combinations`,
          expected: `at most ${mostCombinations.toExponential()} for an exhaustive search: fewer values`,
        });
      }
    } catch (error) {
      if (!(error instanceof SpaceError)) throw error;
      this.faults.push(
        error.parameter === undefined
          ? { path: ["parameters"], atKey: true, problem: error.problem, expected: "fewer values" }
          : {
              path: ["parameters", error.parameter],
              problem: error.problem,
              expected: "conditions without a circle",
            },
      );
    }
  }

  private sweptParameters(): readonly SweptParameter[] {
    const swept: SweptParameter[] = [];
    for (const name of this.order) {
      const written = this.file.parameters[name];
      const descriptor = this.descriptors.get(name);
      if (written === undefined) continue;
      const path = ["parameters", name];
      if (descriptor === undefined) {
        this.faults.push(this.foreignParameter(path, name));
        continue;
      }
      const expanded = expandValues(descriptor, written);
      if ("faults" in expanded) {
        this.faults.push(...expanded.faults.map((fault) => ({ ...fault, path: [...path, ...fault.path] })));
        continue;
      }
      const source = typeof written === "object" ? (written.when as string | undefined) : undefined;
      const when =
        source === undefined
          ? undefined
          : this.expression([...path, "when"], source, "parameters", "boolean");
      swept.push({ name, values: expanded.values, ...(when === undefined ? {} : { when }) });
    }
    for (const parameter of swept) {
      const path = ["parameters", parameter.name];
      if (!this.broken.has("machine")) this.faults.push(...foreignValues(this.machines, parameter));
      this.checkEffect(path, parameter.name, this.machines, (machine, other) =>
        this.possibleValues(machine, other, swept),
      );
    }
    return swept;
  }

  /** A parameter that only machines have which the sweep does not list. */
  private foreignParameter(path: Path, name: string): Fault {
    const names = [...this.descriptors.keys()];
    const nearest = nearestOf(name, names);
    return {
      path,
      atKey: true,
      problem: `is no parameter of ${this.machines.join(" or ")}`,
      expected: oneOf(names),
      ...(nearest !== undefined && { nearest }),
    };
  }

  /** The values that a parameter may have on a machine; undefined if its own entry is not understood. */
  private possibleValues(
    machine: string,
    name: string,
    swept: readonly SweptParameter[],
  ): readonly ParameterValue[] | undefined {
    const descriptor = parameterOf(machine, name)!;
    const entry = swept.find((parameter) => parameter.name === name);
    if (entry === undefined) return this.order.includes(name) ? undefined : [descriptor.default];
    const conditional = entry.when !== undefined || descriptor.activeWhen !== undefined;
    return conditional ? [...entry.values, descriptor.default] : entry.values;
  }

  /** Records a fault if a parameter has no effect on any of the machines, whatever values the others take. */
  private checkEffect(
    path: Path,
    name: string,
    machines: readonly string[],
    valuesOf: (machine: string, parameter: string) => readonly ParameterValue[] | undefined,
  ): void {
    let first: Fault | undefined;
    for (const machine of machines) {
      const descriptor = parameterOf(machine, name);
      if (descriptor === undefined) continue;
      const idle = Object.entries(descriptor.activeWhen ?? {}).find(([other, effective]) => {
        const values = valuesOf(machine, other);
        return values !== undefined && !values.some((value) => isAmong(value, effective));
      });
      if (idle === undefined) return;
      const [other, effective] = idle;
      first ??= {
        path,
        atKey: true,
        problem: `has no effect because ${other} is only ${valuesOf(machine, other)?.join(" or ")}`,
        expected: `it left out, or ${other} to be ${oneOf(effective.map(String))}`,
      };
    }
    if (first !== undefined) this.faults.push(first);
  }

  /** A known design; what must be the same for all designs is that of the sweep unless it says otherwise. */
  private point(path: Path, written: SweepFile["points"][number], swept: readonly SweptParameter[]): Point {
    const { machine = this.machines[0]!, ...values } = written;
    if (!this.machines.includes(machine)) {
      const expected = oneOf(this.machines);
      this.faults.push({ path: [...path, "machine"], problem: "is no machine of this sweep", expected });
      return this.point(path, {}, swept);
    }
    const configuration: Record<string, ParameterValue> = { ...defaultsOf(machine) };
    for (const { name, values: given } of swept) {
      if (!Object.hasOwn(configuration, name)) continue;
      if (this.descriptors.get(name)!.oneForAll && given.length === 1) configuration[name] = given[0]!;
    }
    const understood: string[] = [];
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) continue;
      const descriptor = parameterOf(machine, name);
      if (descriptor === undefined) {
        const expected = oneOf(Object.keys(configuration));
        this.faults.push({
          path: [...path, name],
          atKey: true,
          problem: `is no parameter of ${machine}`,
          expected,
        });
        continue;
      }
      const expanded = expandValues(descriptor, value as WrittenParameter);
      if ("faults" in expanded) {
        this.faults.push(...expanded.faults.map((fault) => ({ ...fault, path: [...path, name] })));
      } else {
        configuration[name] = expanded.values[0]!;
        understood.push(name);
      }
    }
    for (const name of understood)
      this.checkEffect([...path, name], name, [machine], (_, other) => [configuration[other]!]);
    return { machine, configuration };
  }

  private requirements(): readonly Requirement[] {
    return this.file.require.flatMap((source, index) => {
      const expression = this.expression(["require", index], source, "metrics", "boolean");
      return expression === undefined ? [] : [{ source, expression }];
    });
  }

  private objectives(): readonly Objective[] {
    const objectives: Objective[] = [];
    for (const [index, written] of this.file.objectives.entries()) {
      const direction = written.maximize === undefined ? "minimize" : "maximize";
      const name = written[direction]!.trim();
      const path = ["objectives", index, direction];
      const expression = this.expression(path, written[direction]!, "metrics", "number");
      if (expression === undefined) continue;
      if (namesOf(expression).length === 0) {
        this.faults.push({ path, problem: "names no metric", expected: oneOf(Object.keys(metricNames)) });
      } else if (objectives.some((objective) => objective.name === name)) {
        this.faults.push({ path, problem: "is an objective already", expected: "every objective once" });
      }
      objectives.push({ name, direction, expression });
    }
    return objectives;
  }

  private checkReferencePoint(objectives: readonly Objective[]): void {
    const names = objectives.map((objective) => objective.name);
    for (const name of Object.keys(this.file.referencePoint)) {
      if (names.includes(name)) continue;
      this.faults.push({
        path: ["referencePoint", name],
        atKey: true,
        problem: "is not an objective",
        expected: oneOf(names),
      });
    }
  }
}

/**
 * The sweep that a file of the right shape describes, and every fault in what it says: values out of range, unknown
 * names, wrong types in expressions, parameters without effect, things given twice, a space that is too large. The
 * sweep may be used only if there are no faults. `order` lists the parameters as the file has them; `broken` names the
 * keys and entries (`parameters.pes`, `objectives.0`) whose content is a stand-in because their shape was wrong, so that nothing
 * is concluded from them.
 */
export const interpret = (
  file: SweepFile,
  order: readonly string[],
  broken: ReadonlySet<string>,
): { readonly sweep: Sweep; readonly faults: readonly Fault[] } => {
  const interpreter = new Interpreter(file, order, broken);
  return { sweep: interpreter.interpret(), faults: interpreter.faults };
};
