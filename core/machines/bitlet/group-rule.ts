import { capturedExponents } from "../../bit-interleaving/activation-exponents.ts";
import {
  type GroupProfile,
  type GroupRequest,
  groupStatistics,
} from "../../bit-interleaving/group-statistics.ts";
import { lockstepPes } from "../../bit-interleaving/lockstep-sums.ts";
import { gridPlanes, parseFormat } from "../../numerics/formats.ts";
import { reductionLength } from "../../workloads/layer.ts";
import type { StatisticsRule } from "../layer-statistics.ts";

/** Lengths of the statistics of a layer's groups. */
interface GroupShape {
  readonly filters: number;
  readonly reductionLength: number;
  readonly groups: number;
  readonly vectors: number;
}

/** Doubles of each field in front of the cycles of the groups, in their order. */
const headFields = {
  planeDensity: gridPlanes,
  planeVariance: gridPlanes,
  powers: 2,
  standardError: 1,
  cycleParts: 4,
  decidingGroups: gridPlanes,
  essentialBits: gridPlanes + 1,
  lockstepCycles: lockstepPes.length,
} as const;

const headDoubles = Object.values(headFields).reduce((sum, length) => sum + length, 0);

/** The fields of the head as views into the memory. */
const head = (
  memory: ArrayBufferLike,
  offset: number,
): Readonly<Record<keyof typeof headFields, Float64Array>> => {
  let start = offset;
  const views = Object.entries(headFields).map(([name, length]) => {
    const view = new Float64Array(memory, start, length);
    start += 8 * length;
    return [name, view] as const;
  });
  return Object.fromEntries(views) as Record<keyof typeof headFields, Float64Array>;
};

const cyclesOf = (
  memory: ArrayBufferLike,
  offset: number,
  { filters, groups, vectors }: GroupShape,
): Uint16Array => new Uint16Array(memory, offset + headDoubles * 8, filters * groups * vectors);

/** How the groups of a layer distil: a head of doubles, field after field, and then the cycles of the groups, 16 bits each. */
export const groupRule: StatisticsRule<GroupRequest, GroupProfile, GroupShape> = {
  kind: "groups",
  decides: ({ filters }) => filters,
  activationsOf: ({ format, activationExponents }) =>
    parseFormat(format).kind === "float" && activationExponents !== "ignore"
      ? activationExponents
      : undefined,
  shape: (layer, request, capturedVectors) => {
    const length = reductionLength(layer);
    const source = groupRule.activationsOf(request);
    return {
      filters: layer.filters,
      reductionLength: length,
      groups: Math.ceil(length / request.laneWidth),
      vectors:
        source === undefined
          ? 1
          : source === "distribution"
            ? request.activationVectors
            : (capturedVectors ?? 1),
    };
  },
  bytes: ({ filters, groups, vectors }) =>
    headDoubles * 8 + Math.ceil((filters * groups * vectors * 2) / 8) * 8,
  compute: ({ layer, weights, activations }, request) => {
    const captured =
      activations &&
      capturedExponents(activations.values, activations.vectors, layer.groups, parseFormat(request.format));
    return groupStatistics(weights, layer.filters, request, captured);
  },
  write: (memory, offset, shape, statistics) => {
    const fields = head(memory, offset);
    const { essential, imbalance, emptyWindows, padding } = statistics.cycleParts;
    fields.planeDensity.set(statistics.planeDensity);
    fields.planeVariance.set(statistics.planeVariance);
    fields.powers.set([statistics.signalPower, statistics.noisePower]);
    fields.standardError[0] = statistics.standardError;
    fields.cycleParts.set([essential, imbalance, emptyWindows, padding]);
    fields.decidingGroups.set(statistics.decidingGroups);
    fields.essentialBits.set(statistics.essentialBits);
    fields.lockstepCycles.set(statistics.lockstepCycles);
    cyclesOf(memory, offset, shape).set(statistics.cycles);
  },
  read: (memory, offset, shape) => {
    const fields = head(memory, offset);
    const [signalPower, noisePower] = fields.powers;
    const [essential, imbalance, emptyWindows, padding] = fields.cycleParts;
    return {
      ...shape,
      cycles: cyclesOf(memory, offset, shape),
      planeDensity: fields.planeDensity,
      planeVariance: fields.planeVariance,
      signalPower,
      noisePower,
      standardError: fields.standardError[0],
      cycleParts: { essential, imbalance, emptyWindows, padding },
      decidingGroups: fields.decidingGroups,
      essentialBits: fields.essentialBits,
      lockstepCycles: fields.lockstepCycles,
    };
  },
};
