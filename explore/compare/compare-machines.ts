import * as Effect from "effect/Effect";
import { ModelError } from "../../core/errors.ts";
import type { Configuration } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { valueOrError } from "../../core/model/terms.ts";
import { type Mark, weakestMark } from "../../core/technology/component.ts";
import { voltageShare } from "../../core/technology/supply.ts";
import type { Technology } from "../../core/technology/technology.ts";
import type { Network } from "../../core/workloads/network.ts";
import { syntheticMark } from "../../core/workloads/synthetic-mark.ts";
import type { Evaluator } from "../engine/evaluator.ts";
import { type InputError, Inputs } from "../engine/inputs.ts";
import { loadNetworks } from "../engine/load-networks.ts";
import type { Pool, WorkerError } from "../engine/pool.ts";
import type { Progress } from "../engine/progress.ts";
import { designCaveats } from "../report/design-caveats.ts";
import type { Point } from "../space/space.ts";
import type { Sweep } from "../spec/sweep.ts";
import { elementsArea_mm2, elementsPower_W, type IsoBasis, sizedTo, takenOf } from "./basis.ts";
import { designEvaluator } from "./design-evaluator.ts";
import { ComparisonError, machineDesigns } from "./machine-designs.ts";

/** One network on one machine, by inference, in the cycle model. What there is no number for is NaN. */
export interface ComparedNetwork {
  readonly network: string;
  /** Clock cycles and time on the processing elements alone, and time with the memory system. */
  readonly compute_cycles: number;
  readonly compute_s: number;
  readonly whole_s: number;
  /** Energy of the processing elements over the compute time, and of everything over the whole time. */
  readonly elements_J: number;
  readonly whole_J: number;
  /** Why numbers are missing: the machine cannot run the network, or not with these buffers. */
  readonly problems: readonly string[];
}

/** A machine at its size. */
export interface ComparedMachine {
  readonly machine: string;
  readonly title: string;
  readonly configuration: Configuration;
  readonly size: { readonly parameter: string; readonly value: number };
  readonly lanes: number;
  readonly processingElements: number;
  readonly area_mm2: number;
  readonly power_W: number;
  readonly clock_GHz: number;
  /** Supply voltage that the clock takes, as a share of the nominal one. */
  readonly voltage: number;
  /** What it takes of the budget. */
  readonly share: number;
  readonly mark: Mark;
  /** Where its costs come from. */
  readonly costs: string;
  readonly caveats: readonly string[];
  readonly networks: readonly ComparedNetwork[];
}

/** Machines beside each other on one basis; the first one is what the others are compared with. */
export interface Comparison {
  readonly name: string;
  readonly basis: IsoBasis;
  readonly budget: number;
  readonly costSource: string;
  readonly node_nm: number;
  /** The factors for layout that netlist costs have. */
  readonly layout: { readonly power: number; readonly area: number; readonly mark: Mark } | null;
  readonly networks: readonly { readonly name: string; readonly synthetic: string | undefined }[];
  readonly machines: readonly ComparedMachine[];
  /** Machines that have no size within the budget. */
  readonly excluded: readonly { readonly machine: string; readonly problem: string }[];
}

/**
 * Gives every machine of a sweep the largest size that the first one's share of the basis allows, and runs the sweep's
 * networks on them in the cycle model. Every parameter has one value; that of a machine's size is set here, but for the
 * first machine. Costs that stop before layout get the assumed factors for it, unless the sweep gives `layout`. Fails
 * with ComparisonError where the sweep is none for a comparison.
 */
export const compareMachines = (
  sweep: Sweep,
  basis: IsoBasis,
  cacheDirectory: string,
): Effect.Effect<Comparison, ComparisonError | InputError | WorkerError, Inputs | Pool | Progress> =>
  Effect.gen(function* () {
    const inputs = yield* Inputs;
    const technology = yield* inputs.technology(sweep);
    const points = yield* Effect.try({
      try: () => machineDesigns(sweep),
      catch: (error) => error as ComparisonError,
    });
    const networks = yield* loadNetworks(sweep);
    const [reference] = points;
    const budget = yield* budgetOf(basis, reference, technology);
    const compared: ComparedMachine[] = [];
    const excluded: { readonly machine: string; readonly problem: string }[] = [];
    for (const point of points) {
      const found =
        point === reference
          ? { configuration: point.configuration }
          : sized(basis, budget, point, technology);
      if ("problem" in found) {
        excluded.push({ machine: point.machine, problem: found.problem });
        continue;
      }
      const design = { machine: point.machine, configuration: found.configuration };
      const results: ComparedMachine["networks"][number][] = [];
      for (const [index, network] of networks.entries()) {
        results.push(yield* runNetwork(sweep, index, network, design, technology, cacheDirectory));
      }
      const machine = valueOrError(() =>
        comparedMachine(design, budget, basis, technology, networks, results),
      );
      if (!(machine instanceof ModelError)) compared.push(machine);
      else {
        const problem = `${point.machine}: ${machine.message}`;
        // The others are multiples of the first.
        if (point === reference) return yield* new ComparisonError({ message: problem });
        excluded.push({ machine: point.machine, problem });
      }
    }
    const { layout } = technology;
    return {
      name: sweep.name,
      basis,
      budget,
      costSource: String(reference.configuration.costSource),
      node_nm: Number(reference.configuration.node),
      layout: points.some(({ configuration }) => configuration.layout === "post-layout")
        ? {
            power: layout.power.value,
            area: layout.area.value,
            mark: weakestMark([layout.power, layout.area]),
          }
        : null,
      networks: networks.map((network) => ({ name: network.name, synthetic: syntheticMark(network) })),
      machines: compared,
      excluded,
    };
  });

/** What the first machine takes of the basis. */
export const budgetOf = (
  basis: IsoBasis,
  { machine, configuration }: Point,
  technology: Technology,
): Effect.Effect<number, ComparisonError> => {
  const taken = valueOrError(() => takenOf(basis, machines[machine], configuration, technology));
  if (taken instanceof ModelError) return new ComparisonError({ message: `${machine}: ${taken.message}` });
  if (Number.isNaN(taken)) {
    return new ComparisonError({
      message: `${basis}: no ${basis === "iso-power" ? "power" : "area"} of ${machine}, the first machine, is known at costSource ${configuration.costSource}; expected a first machine with costs`,
    });
  }
  return Effect.succeed(taken);
};

export const sized = (
  basis: IsoBasis,
  budget: number,
  { machine, configuration }: Point,
  technology: Technology,
) => {
  const found = valueOrError(() => sizedTo(basis, budget, machines[machine], configuration, technology));
  return found instanceof ModelError ? { problem: found.message } : found;
};

/** One network on one design, or why it cannot run there. */
const runNetwork = (
  sweep: Sweep,
  index: number,
  network: Network,
  point: Point,
  technology: Technology,
  cacheDirectory: string,
) =>
  Effect.gen(function* () {
    const use = sweep.networks[index];
    const evaluator = yield* designEvaluator(sweep, use, network, point, technology, cacheDirectory);
    const elements = valueOrError(() => onElements(point, evaluator));
    const whole = valueOrError(() => {
      const [{ seconds, energy, batch }] = evaluator.results(point, "cycle");
      return { whole_s: seconds / batch, whole_J: energy.total_J / batch };
    });
    const problems = [elements, whole].flatMap((part) => (part instanceof ModelError ? [part.message] : []));
    return {
      network: network.name,
      ...(elements instanceof ModelError
        ? { compute_cycles: Number.NaN, compute_s: Number.NaN, elements_J: Number.NaN }
        : elements),
      ...(whole instanceof ModelError ? { whole_s: Number.NaN, whole_J: Number.NaN } : whole),
      problems: [...new Set(problems)],
    };
  });

/** Time and energy of an inference on the processing elements as if memory were never in the way. */
const onElements = (
  point: Point,
  evaluator: Evaluator,
): Pick<ComparedNetwork, "compute_cycles" | "compute_s" | "elements_J"> => {
  const { configuration } = point;
  const clock_Hz = Number(configuration.clock) * 1e9;
  const batch = Number(configuration.batch);
  const { tracedCycles, busyCycles, activePes, formats } = evaluator.compute(point, 0);
  const voltage = evaluator.voltage(point);
  let cycles = 0;
  let energy = 0;
  for (const { format, costs } of evaluator.costs(point)) {
    const { busyCycle_J, idleCycle_J, leakage_W } = costs.rates.nominal;
    formats.forEach((own, layer) => {
      if (own !== format) return;
      const busy = busyCycles[layer];
      const idle = Math.max(0, activePes[layer] * tracedCycles[layer] - busy);
      cycles += tracedCycles[layer];
      energy += voltage * voltage * (busy * busyCycle_J + idle * idleCycle_J);
      energy += (voltage * leakage_W * tracedCycles[layer]) / clock_Hz;
    });
  }
  return { compute_cycles: cycles / batch, compute_s: cycles / clock_Hz / batch, elements_J: energy / batch };
};

const comparedMachine = (
  point: Point,
  budget: number,
  basis: IsoBasis,
  technology: Technology,
  networks: readonly Network[],
  results: ComparedMachine["networks"],
): ComparedMachine => {
  const machine = machines[point.machine];
  const { configuration } = point;
  const components = machine.components(configuration, technology);
  return {
    machine: machine.name,
    title: machine.title,
    configuration,
    size: { parameter: machine.sizeParameter, value: Number(configuration[machine.sizeParameter]) },
    lanes: machine.lanes(configuration),
    processingElements: machine.processingElements(configuration),
    area_mm2: elementsArea_mm2(machine, configuration, technology),
    power_W: elementsPower_W(machine, configuration, technology),
    clock_GHz: Number(configuration.clock),
    voltage: voltageShare(
      technology.supply,
      Number(configuration.clock),
      machine.nominalClock_GHz(configuration, technology),
    ),
    share: takenOf(basis, machine, configuration, technology) / budget,
    mark: weakestMark(components),
    costs: [...new Set(components.flatMap(({ source }) => source.split("; ")))].join("; "),
    caveats: designCaveats({ workloads: networks, technology }, point),
    networks: results,
  };
};
