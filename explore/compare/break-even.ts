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
import type { IsoBasis } from "./basis.ts";
import { budgetOf, sized } from "./compare-machines.ts";
import { denseBitsNetwork } from "./dense-bits.ts";
import { designEvaluator } from "./design-evaluator.ts";
import { type ComparisonError, machineDesigns } from "./machine-designs.ts";

/** Densities of the map's columns: shares of ones among the magnitude bits of the weights. */
export const mapDensities = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6] as const;

/** A machine at one place of the map: seconds for the layer, or for the network's layers, and its size. */
interface Contender {
  readonly machine: string;
  readonly size: number;
  readonly seconds: number;
}

/** A place of the map: who is fastest, and by how much. */
export interface MapPlace {
  readonly precision: string;
  readonly laneWidth: number;
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

/** Which machine is fastest, by bit density, lane width and precision, with equal budgets. */
export interface BreakEvenMap {
  readonly name: string;
  readonly basis: IsoBasis;
  readonly costSource: string;
  readonly layout: { readonly power: number; readonly area: number } | null;
  readonly machines: readonly { readonly machine: string; readonly title: string }[];
  readonly places: readonly MapPlace[];
  readonly networks: readonly MapNetwork[];
  /** Machines that are not on the map at some lane width or precision, and why. */
  readonly absent: readonly string[];
}

/**
 * The break-even map of a sweep's machines: for every precision and lane width that it gives, the first machine with that
 * lane width sets the budget, and every machine gets the largest size within it. Machines without lane width, or with one
 * of their own, keep it; those that do not take a precision are not on its map. Time is that of the processing elements alone, in the cycle model, for a layer whose weights have
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
    const places: MapPlace[] = [];
    const shown: MapNetwork[] = [];
    const absent = new Set<string>();
    let first: Point | undefined;
    for (const precision of valuesOf(sweep, "precision")) {
      const densities = denseBitsNetwork(mapDensities, String(precision), sweep.seed);
      for (const laneWidth of valuesOf(sweep, "laneWidth")) {
        const here = withValues(takingPrecision(sweep, precision, absent), { precision, laneWidth });
        const designs = yield* Effect.try({
          try: () => machineDesigns(here),
          catch: (error) => error as ComparisonError,
        });
        first ??= designs[0];
        const budget = yield* budgetOf(basis, designs[0], technology);
        const points = designs.flatMap((design, index): Point[] => {
          if (index === 0) return [design];
          const found = sized(basis, budget, design, technology);
          if ("configuration" in found) return [{ ...design, configuration: found.configuration }];
          absent.add(`${precision}, laneWidth ${laneWidth}: ${found.problem}`);
          return [];
        });
        const run = (use: SweepNetwork, network: Network) =>
          Effect.gen(function* () {
            const found: (readonly [Point, number[]])[] = [];
            for (const point of points) {
              const seconds = yield* layerSeconds(here, use, network, point, technology, cacheDirectory);
              if (seconds instanceof ModelError)
                absent.add(`${network.name}, ${precision}: ${seconds.message}`);
              else found.push([point, seconds]);
            }
            return found;
          });
        const onDensities = yield* run(plainUse(densities.name), densities);
        mapDensities.forEach((density, layer) => {
          const contenders = onDensities.map(([point, seconds]) => contender(point, seconds[layer]));
          places.push({
            precision: String(precision),
            laneWidth: Number(laneWidth),
            density,
            contenders: ranked(contenders),
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
            precision: String(precision),
            laneWidth: Number(laneWidth),
            density: densityOf(profile.zeroBits, String(precision)),
            contenders: ranked(
              onNetwork.map(([point, seconds]) =>
                contender(
                  point,
                  seconds.reduce((a, b) => a + b, 0),
                ),
              ),
            ),
          });
        }
      }
    }
    const { layout } = technology;
    return {
      name: sweep.name,
      basis,
      costSource: String(first?.configuration.costSource),
      layout:
        first?.configuration.layout === "post-layout"
          ? { power: layout.power.value, area: layout.area.value }
          : null,
      machines: sweep.space.machines.map(({ name }) => ({ machine: name, title: machines[name].title })),
      places,
      networks: shown,
      absent: [...absent],
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

const contender = ({ machine, configuration }: Point, seconds: number): Contender => ({
  machine,
  size: Number(configuration[machines[machine].sizeParameter]),
  seconds,
});

const ranked = (contenders: readonly Contender[]): Contender[] =>
  contenders.toSorted((left, right) => left.seconds - right.seconds);

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
const takingPrecision = (sweep: Sweep, precision: ParameterValue, absent: Set<string>): Sweep => {
  const takes = (machine: string): boolean => allows(parameterOf(machine, "precision")!, precision);
  for (const { name } of sweep.space.machines) {
    if (!takes(name)) absent.add(`${machines[name].title} does not take ${precision}`);
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
