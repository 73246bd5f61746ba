import { activationVectors } from "../../core/bit-interleaving/activation-exponents.ts";
import type { GroupRequest, GroupStatistics } from "../../core/bit-interleaving/group-statistics.ts";
import { gridPlanes, parseFormat } from "../../core/numerics/formats.ts";
import { type LayerShape, reductionLength } from "../../core/workloads/layer.ts";

/**
 * Statistics in shared memory: one slab for a whole sweep, written once by the pool and read by every worker. An entry
 * is 50 doubles (24 densities, 24 variances, signal and noise power) and then the cycles of the groups, 16 bits each.
 */
export interface SlabEntry {
  readonly offset: number;
  readonly filters: number;
  readonly reductionLength: number;
  readonly groups: number;
  readonly vectors: number;
}

const headDoubles = 2 * gridPlanes + 2;

/** The entry that a layer's statistics will need, at `offset` bytes. */
export const slabEntry = (layer: LayerShape, request: GroupRequest, offset: number): SlabEntry => {
  const distributed =
    request.activationExponents === "distribution" && parseFormat(request.format).kind === "float";
  const length = reductionLength(layer);
  return {
    offset,
    filters: layer.filters,
    reductionLength: length,
    groups: Math.ceil(length / request.laneWidth),
    vectors: distributed ? activationVectors : 1,
  };
};

/** Bytes of an entry, a multiple of 8. */
export const slabBytes = ({ filters, groups, vectors }: SlabEntry): number =>
  headDoubles * 8 + Math.ceil((filters * groups * vectors * 2) / 8) * 8;

const head = (slab: SharedArrayBuffer, { offset }: SlabEntry): Float64Array =>
  new Float64Array(slab, offset, headDoubles);

const cyclesOf = (slab: SharedArrayBuffer, { offset, filters, groups, vectors }: SlabEntry): Uint16Array =>
  new Uint16Array(slab, offset + headDoubles * 8, filters * groups * vectors);

/** The bytes of an entry, to be read from or written to a cache file. */
export const entryBytes = (slab: SharedArrayBuffer, entry: SlabEntry): Uint8Array =>
  new Uint8Array(slab, entry.offset, slabBytes(entry));

/** Puts statistics into their entry. */
export const writeEntry = (slab: SharedArrayBuffer, entry: SlabEntry, statistics: GroupStatistics): void => {
  const doubles = head(slab, entry);
  doubles.set(statistics.planeDensity, 0);
  doubles.set(statistics.planeVariance, gridPlanes);
  doubles[2 * gridPlanes] = statistics.signalPower;
  doubles[2 * gridPlanes + 1] = statistics.noisePower;
  cyclesOf(slab, entry).set(statistics.cycles);
};

/** Statistics as views into the slab; nothing is copied. */
export const readEntry = (slab: SharedArrayBuffer, entry: SlabEntry): GroupStatistics => {
  const doubles = head(slab, entry);
  return {
    filters: entry.filters,
    reductionLength: entry.reductionLength,
    groups: entry.groups,
    vectors: entry.vectors,
    cycles: cyclesOf(slab, entry),
    planeDensity: doubles.subarray(0, gridPlanes),
    planeVariance: doubles.subarray(gridPlanes, 2 * gridPlanes),
    signalPower: doubles[2 * gridPlanes],
    noisePower: doubles[2 * gridPlanes + 1],
  };
};
