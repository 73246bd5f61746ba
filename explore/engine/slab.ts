import type {
  LayerStatistics,
  StatisticsRequest,
  StatisticsRule,
} from "../../core/machines/layer-statistics.ts";
import { statisticsRules } from "../../core/machines/registry.ts";
import type { Layer } from "../../core/workloads/layer.ts";

/**
 * Statistics in shared memory: one slab for a whole sweep, written once by the pool and read by every worker. An entry
 * says where one lies, of which kind it is, and how long its parts are, as its rule says.
 */
export interface SlabEntry {
  readonly offset: number;
  readonly kind: string;
  readonly shape: unknown;
}

/** A request for statistics of a kind. */
export interface KindRequest<Request extends StatisticsRequest = StatisticsRequest> {
  readonly kind: string;
  readonly request: Request;
}

/** The rule of a kind that some machine asks for. */
export const ruleOf = (kind: string): StatisticsRule<StatisticsRequest, LayerStatistics> => {
  const rule = statisticsRules[kind];
  if (rule === undefined) throw new Error(`no machine has statistics of the kind ${kind}`);
  return rule;
};

/** The entry that a layer's statistics will need, at `offset` bytes. */
export const slabEntry = (layer: Layer, { kind, request }: KindRequest, offset: number): SlabEntry => ({
  offset,
  kind,
  shape: ruleOf(kind).shape(layer, request, layer.activations?.vectors),
});

/** Bytes of an entry, a multiple of 8. */
export const slabBytes = ({ kind, shape }: SlabEntry): number => ruleOf(kind).bytes(shape);

/** The bytes of an entry, to be read from or written to a cache file. */
export const entryBytes = (slab: SharedArrayBuffer, entry: SlabEntry): Uint8Array =>
  new Uint8Array(slab, entry.offset, slabBytes(entry));

/** Puts statistics into their entry. */
export const writeEntry = (slab: SharedArrayBuffer, entry: SlabEntry, statistics: LayerStatistics): void =>
  ruleOf(entry.kind).write(slab, entry.offset, entry.shape, statistics);

/** Statistics as views into the slab; the arrays are not copied. */
export const readEntry = (slab: SharedArrayBuffer, entry: SlabEntry): LayerStatistics =>
  ruleOf(entry.kind).read(slab, entry.offset, entry.shape);
