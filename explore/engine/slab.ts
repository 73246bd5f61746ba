import type { GroupProfile, GroupRequest } from "../../core/bit-interleaving/group-statistics.ts";
import { lockstepPes } from "../../core/bit-interleaving/lockstep-sums.ts";
import { gridPlanes, parseFormat } from "../../core/numerics/formats.ts";
import { type Layer, reductionLength } from "../../core/workloads/layer.ts";

/**
 * Statistics in shared memory: one slab for a whole sweep, written once by the pool and read by every worker. An entry
 * is a head of doubles, field after field, and then the cycles of the groups, 16 bits each.
 */
export interface SlabEntry {
  readonly offset: number;
  readonly filters: number;
  readonly reductionLength: number;
  readonly groups: number;
  readonly vectors: number;
}

/** Doubles of each field of the head, in their order. */
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

/** The entry that a layer's statistics will need, at `offset` bytes. */
export const slabEntry = (layer: Layer, request: GroupRequest, offset: number): SlabEntry => {
  const length = reductionLength(layer);
  return {
    offset,
    filters: layer.filters,
    reductionLength: length,
    groups: Math.ceil(length / request.laneWidth),
    vectors: vectorsOf(layer, request),
  };
};

/** Activation vectors that the cycles are taken for. */
const vectorsOf = ({ activations }: Layer, request: GroupRequest): number => {
  if (parseFormat(request.format).kind !== "float" || request.activationExponents === "ignore") return 1;
  return request.activationExponents === "distribution"
    ? request.activationVectors
    : (activations?.vectors ?? 1);
};

/** Bytes of an entry, a multiple of 8. */
export const slabBytes = ({ filters, groups, vectors }: SlabEntry): number =>
  headDoubles * 8 + Math.ceil((filters * groups * vectors * 2) / 8) * 8;

/** The fields of the head as views into the slab. */
const head = (
  slab: SharedArrayBuffer,
  { offset }: SlabEntry,
): Readonly<Record<keyof typeof headFields, Float64Array>> => {
  let start = offset;
  const views = Object.entries(headFields).map(([name, length]) => {
    const view = new Float64Array(slab, start, length);
    start += 8 * length;
    return [name, view] as const;
  });
  return Object.fromEntries(views) as Record<keyof typeof headFields, Float64Array>;
};

const cyclesOf = (slab: SharedArrayBuffer, { offset, filters, groups, vectors }: SlabEntry): Uint16Array =>
  new Uint16Array(slab, offset + headDoubles * 8, filters * groups * vectors);

/** The bytes of an entry, to be read from or written to a cache file. */
export const entryBytes = (slab: SharedArrayBuffer, entry: SlabEntry): Uint8Array =>
  new Uint8Array(slab, entry.offset, slabBytes(entry));

/** Puts statistics into their entry. */
export const writeEntry = (slab: SharedArrayBuffer, entry: SlabEntry, statistics: GroupProfile): void => {
  const fields = head(slab, entry);
  const { essential, imbalance, emptyWindows, padding } = statistics.cycleParts;
  fields.planeDensity.set(statistics.planeDensity);
  fields.planeVariance.set(statistics.planeVariance);
  fields.powers.set([statistics.signalPower, statistics.noisePower]);
  fields.standardError[0] = statistics.standardError;
  fields.cycleParts.set([essential, imbalance, emptyWindows, padding]);
  fields.decidingGroups.set(statistics.decidingGroups);
  fields.essentialBits.set(statistics.essentialBits);
  fields.lockstepCycles.set(statistics.lockstepCycles);
  cyclesOf(slab, entry).set(statistics.cycles);
};

/** Statistics as views into the slab; the arrays are not copied. */
export const readEntry = (slab: SharedArrayBuffer, entry: SlabEntry): GroupProfile => {
  const fields = head(slab, entry);
  const [signalPower, noisePower] = fields.powers;
  const [essential, imbalance, emptyWindows, padding] = fields.cycleParts;
  return {
    filters: entry.filters,
    reductionLength: entry.reductionLength,
    groups: entry.groups,
    vectors: entry.vectors,
    cycles: cyclesOf(slab, entry),
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
};
