import { type CountedGroups, startBlocks } from "../bit-interleaving/counted-groups.ts";
import { type FilterCounts, startFilters } from "../bit-interleaving/group-counts.ts";
import { checkRequest, type GroupRequest } from "../bit-interleaving/group-request.ts";
import { maskedNoise, tensorPart } from "../bit-interleaving/group-statistics.ts";
import { planeMask } from "../bit-interleaving/planes.ts";
import { type Format, gridPlanes, parseFormat } from "../numerics/formats.ts";
import { type FormattedWeights, formatWeights } from "../numerics/formatted-weights.ts";
import { addSizes, type QuantizationScheme, scaleOf } from "../numerics/quantize.ts";
import { noPowers, type Powers } from "../numerics/round-floats.ts";
import { type BitCounts, countFormatted, noCounts, withPart } from "./bit-counts.ts";

/** What is counted of a weight matrix: the bits of its weights, and how its groups distil. */
export interface MatrixStatistics {
  readonly bits: BitCounts;
  readonly groups: CountedGroups;
}

/** A weight matrix that is read in parts. */
export interface MatrixSource {
  readonly filters: number;
  readonly reductionLength: number;
  /** The `count` values from the `first` on, in row-major order. */
  read(first: number, count: number): Float32Array;
  /** Told of each part that was distilled, how many values it had. */
  distilled(count: number): void;
}

/** Of `filters` filters from `filter` on the `length` weights from `start` on: all of them where there are several filters. */
interface Part {
  readonly filter: number;
  readonly filters: number;
  readonly start: number;
  readonly length: number;
}

/** How a matrix is cut: filters that come together, and the blocks of weights that each comes in. */
interface Cut {
  readonly filtersAtOnce: number;
  readonly blocks: readonly Pick<Part, "start" | "length">[];
}

/**
 * Counts the bits (`countBits`) and distils the groups (`groupStatistics`) of a weight matrix that is larger than memory,
 * to the same bits as if it were held whole. It is read in its order, in parts of whole filters with at most `mostValues`
 * values; a filter that is longer comes in blocks of whole groups. It is read once before that where scales are those of
 * more values than a part has, and once after it where filters come in blocks, a block of all filters after the other, so
 * that activations are drawn once. Memory: some 40 bytes for each of `mostValues` values, one more for each vector of
 * activations, and 200 bytes for each filter that comes in blocks.
 * Throws ModelError where `groupStatistics` does, `no-activations` for captured activations, and what `read` throws.
 */
export const matrixStatistics = (
  source: MatrixSource,
  request: GroupRequest,
  mostValues: number,
): MatrixStatistics => {
  const { filters, reductionLength } = source;
  const { quantization } = request;
  const format = parseFormat(request.format);
  checkRequest(filters * reductionLength, filters, request, format);
  const cut = cutOf(source, request.laneWidth, mostValues);
  const scalesOf = sharedScales(source, cut, format, quantization);
  const mask = planeMask(format.planes, request.activePlanes);
  const pass = startBlocks(filters, reductionLength, request, format);
  const distil = (part: Part, values: Float32Array, weights: FormattedWeights, own: FilterCounts): void => {
    pass.distil(tensorPart(values, part.filters, weights), own);
    source.distilled(values.length);
  };

  const inBlocks = cut.blocks.length > 1;
  let bits = noCounts(format);
  let fixedNoise = 0;
  if (!inBlocks) pass.begin(reductionLength);
  for (const part of partsOf(source, cut)) {
    const values = valuesOf(source, part);
    const before = { ...powersOf(bits), scales: scalesOf(part) };
    const weights = formatWeights(values, part.filters, format, quantization, before);
    bits = withPart(bits, countFormatted(weights, format));
    if (weights.kind === "fixed") fixedNoise = maskedNoise(values, weights, mask, fixedNoise);
    if (inBlocks) continue;
    const own = startFilters(part.filters);
    distil(part, values, weights, own);
    pass.close(own);
  }
  if (inBlocks) {
    const all = startFilters(filters);
    for (const block of cut.blocks) {
      pass.begin(block.length);
      for (let filter = 0; filter < filters; filter++) {
        const part = { filter, filters: 1, ...block };
        const values = valuesOf(source, part);
        const before = { ...noPowers, scales: scalesOf(part) };
        distil(
          part,
          values,
          formatWeights(values, 1, format, quantization, before),
          countsOfFilter(all, filter),
        );
      }
    }
    pass.close(all);
  }
  return { bits, groups: pass.counted(bits.signalPower, fixedNoise) };
};

const powersOf = ({ signalPower, noisePower }: BitCounts): Powers => ({ signalPower, noisePower });

/** A filter counts as 24 values at least, since so many planes are counted of it. */
const cutOf = ({ reductionLength }: MatrixSource, laneWidth: number, mostValues: number): Cut => {
  if (reductionLength <= mostValues) {
    const filtersAtOnce = Math.max(1, Math.floor(mostValues / Math.max(reductionLength, gridPlanes)));
    return { filtersAtOnce, blocks: [{ start: 0, length: reductionLength }] };
  }
  const most = Math.max(1, Math.floor(mostValues / laneWidth)) * laneWidth;
  const blocks = Array.from({ length: Math.ceil(reductionLength / most) }, (_, index) => {
    const start = index * most;
    return { start, length: Math.min(most, reductionLength - start) };
  });
  return { filtersAtOnce: 1, blocks };
};

/** All parts in the order of the matrix. */
const partsOf = function* ({ filters }: MatrixSource, { filtersAtOnce, blocks }: Cut): Generator<Part> {
  for (let filter = 0; filter < filters; filter += filtersAtOnce) {
    for (const block of blocks)
      yield { filter, filters: Math.min(filtersAtOnce, filters - filter), ...block };
  }
};

const valuesOf = ({ reductionLength, read }: MatrixSource, part: Part): Float32Array =>
  read(part.filter * reductionLength + part.start, part.filters * part.length);

/** The scales of a part, found in a reading of all values; undefined for parts that find theirs themselves, and for floats. */
const sharedScales = (
  source: MatrixSource,
  cut: Cut,
  format: Format,
  quantization: QuantizationScheme,
): ((part: Part) => Float64Array | undefined) => {
  const perChannel = quantization === "per-channel";
  const whole = cut.blocks.length === 1 && (perChannel || cut.filtersAtOnce >= source.filters);
  if (format.kind === "float" || whole) return () => undefined;
  const sizes = Array.from({ length: perChannel ? source.filters : 1 }, () => ({
    largest: 0,
    sum: 0,
    count: 0,
  }));
  for (const part of partsOf(source, cut))
    addSizes(sizes[perChannel ? part.filter : 0], valuesOf(source, part));
  const scales = Float64Array.from(sizes, (own) => scaleOf(own, format));
  return ({ filter }) => (perChannel ? scales.subarray(filter, filter + 1) : scales);
};

/** What was counted of one filter of many, in the same memory. */
const countsOfFilter = ({ ones, lostPower }: FilterCounts, filter: number): FilterCounts => ({
  ones: ones.subarray(filter * gridPlanes, (filter + 1) * gridPlanes),
  lostPower: lostPower.subarray(filter, filter + 1),
});
