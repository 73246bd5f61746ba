import { availableParallelism } from "node:os";
import * as Effect from "effect/Effect";
import { ModelError } from "../../core/errors.ts";
import { machines } from "../../core/machines/registry.ts";
import { metricsOf } from "../../core/model/evaluate.ts";
import { metrics } from "../../core/model/metrics.ts";
import { catalogInputs } from "../engine/catalog-inputs.ts";
import { type InputError, Inputs } from "../engine/inputs.ts";
import { evaluateDesign } from "../engine/one-design.ts";
import { prepare, weightsTaken } from "../engine/prepare.ts";
import { createSpace, type Point, type Space } from "../space/space.ts";
import type { Sweep } from "../spec/sweep.ts";
import { engineering } from "../table/engineering.ts";

/** What a sweep comes to. */
export interface SweepCheck {
  readonly name: string;
  readonly networks: readonly string[];
  readonly indices: number;
  /** Designs after constraints and conditions. */
  readonly designs: number;
  readonly sample: readonly Point[];
  /** Distinct statistics of weights, and seconds for all of them on all cores. */
  readonly statistics: number;
  readonly statisticsSeconds: number;
  /**
   * Seconds to evaluate all designs on all cores: the measured design's for each distinct set of compute parameters,
   * and for every design what it takes once its terms are known. The first includes warming up: an upper estimate.
   */
  readonly evaluationSeconds: number;
  /** The sampled design that was measured, with its metrics, or why it cannot be evaluated. */
  readonly measured: Readonly<Record<string, number>> | string;
}

/**
 * Counts a sweep's designs, shows three of them, and estimates a run with nothing stored or cached: the middle one of
 * the sample is computed here and now, and its time is scaled. Every network and cost table is loaded, so that a
 * sweep that checks well also runs.
 */
export const checkSweep = (sweep: Sweep, file: string): Effect.Effect<SweepCheck, InputError> =>
  Effect.gen(function* () {
    const inputs = yield* Inputs;
    const space = createSpace(sweep.space);
    const designs = space.countValid();
    const sample = sampleOf(space);
    const networks = yield* Effect.forEach(sweep.networks, (network) => inputs.network(network));
    const prepared = prepare(sweep, networks, yield* inputs.technology, "");
    const [, middle = sample[0]] = sample;
    const shared = {
      name: sweep.name,
      networks: networks.map(({ name }) => name),
      indices: space.total,
      designs,
      sample,
    };
    if (middle === undefined) {
      const nothing = {
        statistics: 0,
        statisticsSeconds: 0,
        evaluationSeconds: 0,
        measured: "there is no design",
      };
      return { ...shared, ...nothing };
    }
    const began = performance.now();
    const evaluator = yield* evaluateDesign(sweep, middle);
    const ready = performance.now();
    let measured: SweepCheck["measured"];
    try {
      const [first] = evaluator.results(middle, "cycle").map(metricsOf);
      measured = Object.fromEntries(metrics.map(({ name }, metric) => [name, first[metric]]));
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      measured = error.message;
    }
    const cold = performance.now();
    for (let again = 0; again < warmRounds && typeof measured !== "string"; again++)
      evaluator.results(middle, "cycle");
    const warm = performance.now();
    const work = (tasks: typeof prepared.statistics): number =>
      tasks.reduce((sum, task) => sum + weightsTaken(task), 0);
    const alone = prepare(
      { ...sweep, space: { ...sweep.space, parameters: [], constraints: [], points: [middle] } },
      networks,
      prepared.plan.technology,
      "",
    );
    const cores = availableParallelism();
    return {
      ...shared,
      statistics: prepared.statistics.length,
      statisticsSeconds:
        (((ready - began) / 1000) * work(prepared.statistics)) / work(alone.statistics) / cores,
      evaluationSeconds:
        (computeKeys(sweep, middle.machine) * (cold - ready) + (designs * (warm - cold)) / warmRounds) /
        1000 /
        cores,
      measured,
    };
  }).pipe(Effect.provide(catalogInputs(file)));

/** How often the measured design is evaluated again. */
const warmRounds = 20;

/** Combinations of the swept parameters that the compute cycles of a machine depend on. */
const computeKeys = (sweep: Sweep, machine: string): number =>
  sweep.space.parameters
    .filter(({ name }) => machines[machine].computeParameters.includes(name))
    .reduce((product, { values }) => product * values.length, 1);

/** The first design, one from the middle and the last, in the order of the indices. */
const sampleOf = (space: Space): Point[] => {
  const pointFrom = (start: number, step: 1 | -1): Point | undefined => {
    for (let index = start; index >= 0 && index < space.total; index += step) {
      const configuration = space.configurationAt(index);
      if (configuration !== null) return { machine: space.machineAt(index), configuration };
    }
    return undefined;
  };
  const starts = [
    [0, 1],
    [Math.floor(space.total / 2), 1],
    [space.total - 1, -1],
  ] as const;
  return starts.map(([start, step]) => pointFrom(start, step)).filter((point) => point !== undefined);
};

/** A check for a terminal. */
export const checkText = (sweep: Sweep, found: SweepCheck): string => {
  const swept = sweep.space.parameters.map(({ name }) => name);
  const seconds = (value: number): string => `${engineering(Number(value.toPrecision(2)))} s`;
  return [
    `${found.name}: ${found.designs} designs (${found.indices} combinations) on ${found.networks.join(", ")}`,
    `  ${sweep.objectives.map(({ direction, name }) => `${direction} ${name}`).join(", ")}; fidelity ${sweep.fidelity}`,
    ...found.sample.map(
      ({ machine, configuration }) =>
        `  e.g. ${machine}: ${swept.map((name) => `${name} ${configuration[name]}`).join(", ")}`,
    ),
    typeof found.measured === "string"
      ? `  the design in the middle cannot be evaluated: ${found.measured}`
      : `  the one in the middle on ${found.networks[0]}: ${sweep.objectives
          .filter(({ expression }) => expression.kind === "name")
          .map(({ name }) => `${name} ${engineering((found.measured as Record<string, number>)[name])}`)
          .join(", ")}`,
    `  about ${seconds(found.statisticsSeconds)} for ${found.statistics} bit statistics (cached afterwards) and at most ` +
      `${seconds(found.evaluationSeconds)} for the designs, on all cores`,
  ].join("\n");
};
