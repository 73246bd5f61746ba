import * as Effect from "effect/Effect";
import { ModelError } from "../../core/errors.ts";
import type { ParameterValue } from "../../core/machines/parameter.ts";
import { machines } from "../../core/machines/registry.ts";
import { valueOrError } from "../../core/model/terms.ts";
import { parseFormat } from "../../core/numerics/formats.ts";
import type { Technology } from "../../core/technology/technology.ts";
import type { Network } from "../../core/workloads/network.ts";
import { profileNetwork } from "../../core/workloads/profile.ts";
import { type InputError, Inputs } from "../engine/inputs.ts";
import { loadNetworks } from "../engine/load-networks.ts";
import type { Pool, WorkerError } from "../engine/pool.ts";
import type { Progress } from "../engine/progress.ts";
import type { Point } from "../space/space.ts";
import { allows, parameterOf } from "../spec/machine-parameters.ts";
import type { Sweep, SweepNetwork } from "../spec/sweep.ts";
import { type IsoBasis, takenOf } from "./basis.ts";
import { budgetOf, sized } from "./compare-machines.ts";
import { denseBitsNetwork } from "./dense-bits.ts";
import { designEvaluator } from "./design-evaluator.ts";
import { ComparisonError, machineDesigns } from "./machine-designs.ts";

/** Densities of the map's columns: shares of ones among the magnitude bits of the weights. */
export const mapDensities = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6] as const;

/** A machine at one place of the map: seconds for the layer, or for the network's layers, and its size. */
interface Contender {
  readonly machine: string;
  readonly size: number;
  /** What it takes of the budget. */
  readonly share: number;
  readonly seconds: number;
}

/** A place of the map: who is fastest, and by how much. */
export interface MapPlace {
  readonly precision: string;
  /** The value of the map's other parameter. */
  readonly value: number;
  readonly density: number;
  /** From the fastest to the slowest. */
  readonly contenders: readonly Contender[];
}

/** A network on the map, at its own density. */
export interface MapNetwork extends MapPlace {
  readonly network: string;
  /** `synthetic weights: …`, where they are. */
  readonly mark?: string;
}

/** Which machine is fastest, by bit density, precision and one more parameter, with equal budgets. */
export interface BreakEvenMap {
  readonly name: string;
  /** The parameter of the map's rows, such as laneWidth. */
  readonly parameter: string;
  readonly basis: IsoBasis;
  readonly costSource: string;
  readonly layout: { readonly power: number; readonly area: number } | null;
  readonly machines: readonly { readonly machine: string; readonly title: string }[];
  readonly places: readonly MapPlace[];
  readonly networks: readonly MapNetwork[];
  /** Machines that are not on the map at some place and why, and those that leave much of a budget. */
  readonly remarks: readonly string[];
}

/**
 * The break-even map of a sweep's machines: for every precision and every value of one more parameter that it gives (the
 * lane width, unless another one has several values), the first machine with that value sets the budget, and every machine
 * gets the largest size within it. Machines without that parameter, or which a condition keeps from it, stay as they are; those that do not take a precision are not on its map. Time is that of the processing elements alone, in the cycle model, for a layer whose weights have
 * a density of ones (`denseBitsNetwork`), and for the real networks. Fails with ComparisonError where the sweep is none
 * for a map.
 */
export const breakEvenMap = (
  sweep: Sweep,
  basis: IsoBasis,
  cacheDirectory: string,
): Effect.Effect<BreakEvenMap, ComparisonError | InputError | WorkerError, Inputs | Pool | Progress> =>
  Effect.gen(function* () {
    const inputs = yield* Inputs;
    const technology = yield* inputs.technology(sweep);
    const networks = yield* loadNetworks(sweep);
    const parameter = yield* Effect.try({
      try: () => rowParameter(sweep),
      catch: (error) => error as ComparisonError,
    });
    const places: MapPlace[] = [];
    const shown: MapNetwork[] = [];
    const remarks = new Set<string>();
    let first: Point | undefined;
    for (const precision of valuesOf(sweep, "precision")) {
      const densities = denseBitsNetwork(mapDensities, String(precision), sweep.seed);
      const taking = takingPrecision(sweep, precision, remarks);
      for (const value of valuesOf(sweep, parameter)) {
        const here = withValues(taking, { precision, [parameter]: value });
        const designs = yield* Effect.try({
          try: () => machineDesigns(here),
          catch: (error) => error as ComparisonError,
        });
        first ??= designs[0];
        const place = { precision: String(precision), value: Number(value) };
        const contenders = yield* contendersOf(
          designs,
          basis,
          technology,
          `${precision}, ${parameter} ${value}`,
          remarks,
        );
        /** Seconds of every contender on each layer of a network. */
        const run = (use: SweepNetwork, network: Network) =>
          Effect.map(
            Effect.forEach(contenders, ({ point }) =>
              layerSeconds(here, use, network, point, technology, cacheDirectory),
            ),
            (found) => found.map((seconds) => failing(seconds, `${network.name}, ${precision}`, remarks)),
          );
        const onDensities = yield* run(plainUse(densities.name), densities);
        mapDensities.forEach((density, layer) => {
          places.push({
            ...place,
            density,
            contenders: ranked(contenders, onDensities, (seconds) => seconds[layer]),
          });
        });
        for (const [index, network] of networks.entries()) {
          const onNetwork = yield* run(sweep.networks[index], network);
          const profile = profileNetwork(network, {
            format: parseFormat(String(precision)),
            scheme: "per-tensor",
            allowUpcast: sweep.networks[index].allowUpcast,
          });
          shown.push({
            network: network.name,
            ...(profile.mark !== undefined && { mark: profile.mark }),
            ...place,
            density: densityOf(profile.zeroBits, String(precision)),
            contenders: ranked(contenders, onNetwork, (seconds) =>
              seconds.reduce((sum, one) => sum + one, 0),
            ),
          });
        }
      }
    }
    const { layout } = technology;
    return {
      name: sweep.name,
      parameter,
      basis,
      costSource: String(first?.configuration.costSource),
      layout:
        first?.configuration.layout === "post-layout"
          ? { power: layout.power.value, area: layout.area.value }
          : null,
      machines: sweep.space.machines.map(({ name }) => ({ machine: name, title: machines[name].title })),
      places,
      networks: shown,
      remarks: [...remarks],
    };
  });

/**
 * Share of ones among the bits that the map draws: in float those below the hidden 1, which every weight has (but zeros,
 * which are taken to be none).
 */
const densityOf = (zeroBits: number, precision: string): number => {
  const { kind, magnitudeBits } = parseFormat(precision);
  return kind === "fixed" ? 1 - zeroBits : ((1 - zeroBits) * magnitudeBits - 1) / (magnitudeBits - 1);
};

/** A machine at its size, and what that takes of the budget. */
interface SizedPoint {
  readonly point: Point;
  readonly share: number;
}

/** The machines that have a size within the budget of the first; says which have none, or leave more than a tenth of it. */
const contendersOf = (
  designs: readonly [Point, ...Point[]],
  basis: IsoBasis,
  technology: Technology,
  where: string,
  remarks: Set<string>,
): Effect.Effect<readonly SizedPoint[], ComparisonError> =>
  Effect.map(budgetOf(basis, designs[0], technology), (budget) =>
    designs.flatMap((design, index): SizedPoint[] => {
      const found = index === 0 ? design : sized(basis, budget, design, technology);
      if ("problem" in found) {
        remarks.add(`${where}: not on the map: ${found.problem}`);
        return [];
      }
      const point = { machine: design.machine, configuration: found.configuration };
      const share = takenOf(basis, machines[point.machine], point.configuration, technology) / budget;
      if (share < 0.9) {
        remarks.add(
          `${where}: ${point.machine} takes ${(100 * share).toFixed(0)} % of the budget: no size of it takes more`,
        );
      }
      return [{ point, share }];
    }),
  );

/** The seconds, or none with the reason among the remarks. */
const failing = (found: number[] | ModelError, where: string, remarks: Set<string>): number[] | undefined => {
  if (!(found instanceof ModelError)) return found;
  remarks.add(`${where}: ${found.message}`);
  return undefined;
};

/** Contenders from the fastest to the slowest, those alone that have a time. */
const ranked = (
  sizedPoints: readonly SizedPoint[],
  found: readonly (number[] | undefined)[],
  total: (seconds: readonly number[]) => number,
): Contender[] =>
  sizedPoints
    .flatMap(({ point, share }, index): Contender[] => {
      const seconds = found[index];
      if (seconds === undefined) return [];
      const size = Number(point.configuration[machines[point.machine].sizeParameter]);
      return [{ machine: point.machine, size, share, seconds: total(seconds) }];
    })
    .sort((left, right) => left.seconds - right.seconds);

/** Seconds of each layer on the processing elements alone. */
const layerSeconds = (
  sweep: Sweep,
  use: SweepNetwork,
  network: Network,
  point: Point,
  technology: Technology,
  cacheDirectory: string,
) =>
  Effect.map(designEvaluator(sweep, use, network, point, technology, cacheDirectory), (evaluator) =>
    valueOrError(() =>
      Array.from(
        evaluator.compute(point, 0).tracedCycles,
        (cycles) => cycles / (Number(point.configuration.clock) * 1e9),
      ),
    ),
  );

/**
 * The sweep with the machines that take a precision; all of them have it, whatever the sweep says of it by machine: times in
 * different precisions do not compare.
 */
const takingPrecision = (sweep: Sweep, precision: ParameterValue, remarks: Set<string>): Sweep => {
  const takes = (machine: string): boolean => allows(parameterOf(machine, "precision")!, precision);
  for (const { name } of sweep.space.machines) {
    if (!takes(name)) remarks.add(`${machines[name].title} does not take ${precision}`);
  }
  return {
    ...sweep,
    space: {
      ...sweep.space,
      machines: sweep.space.machines.filter(({ name }) => takes(name)),
      parameters: sweep.space.parameters.map((parameter) =>
        parameter.name === "precision" ? { name: "precision", values: parameter.values } : parameter,
      ),
    },
  };
};

/** The parameter of the map's rows. Throws a ComparisonError where there is not one of numbers. */
const rowParameter = ({ name: title, space }: Sweep): string => {
  const several = space.parameters.filter(({ name, values }) => name !== "precision" && values.length > 1);
  if (several.length > 1) {
    throw new ComparisonError({
      message: `${title}: ${several.map(({ name }) => `parameters.${name}`).join(" and ")} have several values; expected one such parameter beside precision, for the rows of the map`,
    });
  }
  const name = several[0]?.name ?? "laneWidth";
  const [first] = space.machines;
  const descriptor = first.parameters.find((parameter) => parameter.name === name);
  if (descriptor === undefined || descriptor.kind === "choice") {
    throw new ComparisonError({
      message: `${title}: the rows of the map: expected a numeric parameter of ${first.name}, the first machine, with several values; ${name} is none`,
    });
  }
  return name;
};

/** The values that a sweep gives a parameter: the first machine's default where it gives none. */
const valuesOf = ({ space }: Sweep, name: string): readonly ParameterValue[] =>
  space.parameters.find((parameter) => parameter.name === name)?.values ??
  space.machines[0].parameters.filter((parameter) => parameter.name === name).map((own) => own.default);

/** The sweep with single values of parameters. */
const withValues = (sweep: Sweep, values: Readonly<Record<string, ParameterValue>>): Sweep => ({
  ...sweep,
  space: {
    ...sweep.space,
    parameters: [
      ...sweep.space.parameters.map((parameter) =>
        parameter.name in values ? { ...parameter, values: [values[parameter.name]] } : parameter,
      ),
    ],
  },
});

const plainUse = (use: string): SweepNetwork => ({
  use,
  weight: 1,
  inputs: {},
  allowUpcast: false,
  phase: "forward",
});
