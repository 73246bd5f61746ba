import {
  expectedLargest,
  groupDistribution,
  type PlaneDensities,
  type ScanTable,
  scanTable,
} from "../../bit-interleaving/expected-scan.ts";
import { planeMask } from "../../bit-interleaving/planes.ts";
import { groupInterval, sequenceTail } from "../../bit-interleaving/timing.ts";
import { batched } from "../../workloads/batch.ts";
import { type LayerShape, reductionLength } from "../../workloads/layer.ts";
import type { ComputeCycles } from "../machine.ts";
import { type Round, rounds } from "../rounds.ts";
import type { BitletConfiguration } from "./configuration.ts";

/**
 * Cycles of a layer from the densities of its bit planes and their variance between filters; it never sees a weight
 * word. The lanes of a plane are taken as independent, planes as independent but for a common factor a filter, the
 * filters of a round as independent draws. Position sets share their weights: in fixed point they take equal time, in
 * float different activations shift the weights apart and are taken as draws of their own. The last group of a filter
 * is shorter and counted as such. Left out: that `independent` waits for the processing element with the most work.
 */
export const analyticalCycles = (
  configuration: BitletConfiguration,
  layer: LayerShape,
  densities: PlaneDensities,
): ComputeCycles => {
  const { laneWidth, pipeline, timing, distillation, pes, spread, sync } = configuration;
  const interval = (scan: number): number => groupInterval(pipeline, timing, scan);
  const length = reductionLength(layer);
  const mask = planeMask(configuration.format.planes, configuration.activePlanes);
  const expected = (lanes: number, together: number): number => {
    if (!distillation) return interval(laneWidth);
    return expectedLargest(
      distributionFor(densities, mask, lanes, laneWidth, timing.window),
      together,
      interval,
    );
  };
  const whole = Math.floor(length / laneWidth);
  const rest = length % laneWidth;
  const perFilter = (together: number): number =>
    (whole > 0 ? whole * expected(laneWidth, together) : 0) + (rest > 0 ? expected(rest, together) : 0);

  const aligned = configuration.format.kind === "float" && configuration.activationExponents !== "ignore";
  const drawsPerFilter = ({ positionSets }: Round): number => (aligned ? positionSets : 1);
  const { positions, repeats } = batched(layer, configuration.batch);
  const plan = rounds(layer.filters / layer.groups, positions, pes, spread);
  const alone = perFilter(1);
  let cycles = 0;
  for (const round of plan) {
    const step = sync === "lockstep" ? perFilter(round.filters * drawsPerFilter(round)) : alone;
    cycles += layer.groups * round.positionSteps * step;
  }
  return {
    cycles: repeats * (cycles + sequenceTail(pipeline, timing)),
    busyCycles: repeats * positions * layer.filters * alone,
  };
};

const tables = new Map<string, ScanTable>();
const distributions = new WeakMap<PlaneDensities, Map<string, Float64Array>>();

/**
 * Distribution of the cycles of a group with `lanes` real lanes. Tables are pure functions of the sizes, and a
 * distribution of the densities too, while configurations that share both are many: so they are kept.
 */
const distributionFor = (
  densities: PlaneDensities,
  mask: number,
  lanes: number,
  laneWidth: number,
  window: number,
): Float64Array => {
  const sizes = `${lanes}/${laneWidth}/${window}`;
  const known = distributions.get(densities) ?? new Map<string, Float64Array>();
  distributions.set(densities, known);
  let distribution = known.get(`${sizes}/${mask}`);
  if (distribution === undefined) {
    const table = tables.get(sizes) ?? scanTable(lanes, laneWidth, window);
    tables.set(sizes, table);
    distribution = groupDistribution(densities, mask, table);
    known.set(`${sizes}/${mask}`, distribution);
  }
  return distribution;
};
