import { availableParallelism } from "node:os";
import * as Effect from "effect/Effect";
import { ModelError } from "../../core/errors.ts";
import { machines } from "../../core/machines/registry.ts";
import { metricsOf } from "../../core/model/evaluate.ts";
import { metrics } from "../../core/model/metrics.ts";
import type { Technology } from "../../core/technology/technology.ts";
import type { Network } from "../../core/workloads/network.ts";
import { catalogInputs } from "../engine/catalog-inputs.ts";
import { type InputError, Inputs } from "../engine/inputs.ts";
import { loadNetworks } from "../engine/load-networks.ts";
import { evaluatorOfDesign } from "../engine/one-design.ts";
import { partBytes } from "../engine/part.ts";
import { prepare } from "../engine/prepare.ts";
import { totalWeightsTaken } from "../engine/statistics-layout.ts";
import { createSpace, type Point, type Space } from "../space/space.ts";
import type { Sweep } from "../spec/sweep.ts";
import { engineering } from "../table/engineering.ts";
import { parameterText } from "./units.ts";

/** What a sweep comes to. */
export interface SweepCheck {
  readonly name: string;
  readonly networks: readonly string[];
  readonly indices: number;
  /** Designs after constraints and conditions; from a sample where there are more than two million combinations. */
  readonly designs: number;
  readonly sampled: boolean;
  readonly sample: readonly Point[];
  /** Distinct statistics of weights, and seconds for all of them on all cores; null where nothing could be measured. */
  readonly statistics: number;
  readonly statisticsSeconds: number | null;
  /**
   * Seconds to evaluate all designs on all cores: the measured design's for each distinct set of compute parameters,
   * and for every design what it takes once its terms are known. Null where nothing could be measured.
   */
  readonly evaluationSeconds: number | null;
  /** Metrics of the design that was measured, on the first network; or why no sampled design can be evaluated. */
  readonly measured: Readonly<Record<string, number>> | string;
}

/**
 * Counts a sweep's designs, shows three of them, and estimates a run with nothing stored or cached: one of the sample is
 * computed here and now, and its time is scaled. Every network and cost table is loaded, so that a
 * sweep that checks well also runs.
 */
export const checkSweep = (sweep: Sweep, file: string): Effect.Effect<SweepCheck, InputError> =>
  Effect.gen(function* () {
    const inputs = yield* Inputs;
    const space = createSpace(sweep.space);
    const sampled = space.total > mostCounted;
    const designs = sampled ? estimateValid(space) : space.countValid();
    const sample = sampleOf(space);
    const networks = yield* loadNetworks(sweep);
    const technology = yield* inputs.technology(sweep);
    const { statistics } = prepare(sweep, networks, technology, "");
    const shared = {
      name: sweep.name,
      networks: networks.map(({ name }) => name),
      indices: space.total,
      designs,
      sampled,
      sample,
      statistics: statistics.length,
    };
    let measured: SweepCheck["measured"] = "there is no design";
    // From the middle of the space first: the first design that can be evaluated is measured.
    for (const point of sample.toSorted((left) => (left === sample[1] ? -1 : 0))) {
      const measurement = measure(sweep, point, networks, technology);
      if (typeof measurement === "string") {
        measured = measurement;
        continue;
      }
      const { secondsPerWeight, coldSeconds, warmSeconds } = measurement;
      const cores = availableParallelism();
      return {
        ...shared,
        statisticsSeconds: (secondsPerWeight * totalWeightsTaken(statistics)) / cores,
        evaluationSeconds: (computeKeys(sweep, point.machine) * coldSeconds + designs * warmSeconds) / cores,
        measured: measurement.metrics,
      };
    }
    return { ...shared, statisticsSeconds: null, evaluationSeconds: null, measured };
  }).pipe(Effect.provide(catalogInputs(file)));

/** Evaluates one design here and now; answers with the model's message where it cannot be evaluated. */
const measure = (sweep: Sweep, point: Point, networks: readonly Network[], technology: Technology) => {
  const began = performance.now();
  const { evaluator, weightsTaken } = evaluatorOfDesign(sweep, point, networks, technology);
  const ready = performance.now();
  try {
    const [first] = evaluator.results(point, "cycle").map(metricsOf);
    const cold = performance.now();
    const index = evaluator.space.indexOf(point.machine, point.configuration) ?? 0;
    const pass = sweep.fidelity === "cycle" ? "cycle" : "analytical";
    const rows = evaluator.listRows(new Float64Array(warmDesigns).fill(index), pass);
    partBytes(evaluator.layout(pass).names, rows);
    const warm = performance.now();
    return {
      metrics: Object.fromEntries(metrics.map(({ name }, metric) => [name, first[metric]])),
      secondsPerWeight: (ready - began) / 1000 / weightsTaken,
      coldSeconds: (cold - ready) / 1000,
      warmSeconds: (warm - cold) / 1000 / warmDesigns,
    };
  } catch (error) {
    if (error instanceof ModelError) return error.message;
    throw error;
  }
};

/** Combinations that are counted one by one; above, every so many-th is looked at. */
const mostCounted = 2e6;

const estimateValid = (space: Space): number => {
  const looks = 200_000;
  const step = space.total / looks;
  let valid = 0;
  for (let look = 0; look < looks; look++) {
    // A whole number of steps would meet the same values of the innermost parameters again and again.
    const index = Math.floor((look + ((look * 0.618033988749895) % 1)) * step);
    if (space.configurationAt(Math.min(index, space.total - 1)) !== null) valid++;
  }
  return Math.round((valid / looks) * space.total);
};

/** How often the measured design is evaluated again, and stored as a run does. */
const warmDesigns = 20_000;

/** Combinations of the swept parameters that the compute cycles of a machine depend on. */
const computeKeys = (sweep: Sweep, machine: string): number =>
  sweep.space.parameters
    .filter(({ name }) => machines[machine].computeParameters.includes(name))
    .reduce((product, { values }) => product * values.length, 1);

/** The first design, one from the middle and the last, in the order of the indices. */
const sampleOf = (space: Space): Point[] => {
  const pointFrom = (start: number, step: 1 | -1): Point | undefined => {
    for (let index = start; index >= 0 && index < space.total; index += step) {
      const point = space.pointAt(index);
      if (point !== null) return point;
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
    `${found.name}: ${found.sampled ? "about " : ""}${found.designs} designs (${found.indices} combinations) on ${found.networks.join(", ")}`,
    `  ${sweep.objectives.map(({ direction, name }) => `${direction} ${name}`).join(", ")}; fidelity ${sweep.fidelity}`,
    // Designs that differ in nothing that the sweep gives stand once.
    ...new Set(
      found.sample.map(
        ({ machine, configuration }) =>
          `  e.g. ${machine}: ${swept
            .filter((name) => name in configuration)
            .map((name) => parameterText(machine, name, configuration[name]))
            .join(", ")}`,
      ),
    ),
    typeof found.measured === "string"
      ? `  none of these can be evaluated: ${found.measured}`
      : `  one of them on ${found.networks[0]}: ${sweep.objectives
          .filter(({ expression }) => expression.kind === "name")
          .map(({ name }) => `${name} ${engineering((found.measured as Record<string, number>)[name])}`)
          .join(", ")}`,
    found.statisticsSeconds === null || found.evaluationSeconds === null
      ? "  no time can be estimated"
      : `  about ${seconds(found.statisticsSeconds)} for ${found.statistics} bit statistics (cached afterwards) and ` +
        `${seconds(found.evaluationSeconds)} for the designs, on all cores`,
  ].join("\n");
};
