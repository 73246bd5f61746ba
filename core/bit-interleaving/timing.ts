/**
 * When one processing element finishes (RTL of the authors; a model of these rules matched 9,271 simulated cases cycle
 * for cycle). Verified for a window of 8 and laneWidth / inputPorts a power of two of at least 2; other values are
 * extrapolated by the same rules.
 */

export type Pipeline = "published" | "rtl" | "overlapped";

/** What the timing of a group depends on besides its scan. */
export interface TimingShape {
  readonly kind: "float" | "fixed";
  readonly laneWidth: number;
  readonly inputPorts: number;
  readonly window: number;
}

/** Beats in which the activations of a group enter: ⌈laneWidth / inputPorts⌉. */
const beats = (laneWidth: number, inputPorts: number): number => Math.ceil(laneWidth / inputPorts);

/**
 * Cycles for which the activations of a group occupy the broadcast, so that the next group cannot follow earlier. The
 * paper's formula counts none: its whole overhead is in L.
 */
export const broadcastBeats = (pipeline: Pipeline, shape: TimingShape): number =>
  pipeline === "published" ? 0 : beats(shape.laneWidth, shape.inputPorts);

/** Depth of the maximum tree over the exponents of a beat: ⌈log2 inputPorts⌉ cycles. */
const maximumTreeDepth = (inputPorts: number): number => Math.ceil(Math.log2(inputPorts));

/** Cycle at which the largest exponent of a group is valid; cycle 0 is its first activation beat. */
export const largestExponentCycle = (laneWidth: number, inputPorts: number): number =>
  beats(laneWidth, inputPorts) + maximumTreeDepth(inputPorts) + 1;

/** Cycles from the first activation beat of a group to its result, for a scan of `scan` cycles. */
export const groupLatency = (shape: TimingShape, scan: number): number =>
  beats(shape.laneWidth, shape.inputPorts) +
  maximumTreeDepth(shape.inputPorts) +
  (shape.kind === "float" ? 16 : 13) +
  scan;

/** The paper's fixed overhead L of a group: 13 cycles for float, 10 for fixed formats. */
export const publishedOverhead = (kind: "float" | "fixed"): number => (kind === "float" ? 13 : 10);

/**
 * Cycles from the start of one group to the start of the next on the same processing element.
 * published: L + D, D the largest plane count. rtl: no double buffering, beats + 15 (float) or 12 (fixed) + scan.
 * overlapped: with a double-buffered front end, the longest of beats, ⌈laneWidth / window⌉ and scan.
 */
export const groupInterval = (pipeline: Pipeline, shape: TimingShape, scan: number): number => {
  if (pipeline === "published") return publishedOverhead(shape.kind) + scan;
  const entry = beats(shape.laneWidth, shape.inputPorts);
  if (pipeline === "rtl") return entry + (shape.kind === "float" ? 15 : 12) + scan;
  const windows = shape.window === 0 ? 0 : Math.ceil(shape.laneWidth / shape.window);
  return Math.max(entry, windows, scan);
};

/**
 * Cycles that a sequence of groups on one processing element takes beyond the sum of its intervals.
 * rtl: (n − 1) intervals and one latency, so latency − interval = tree depth + 1. overlapped: the latency without
 * its scan, once. published: none.
 */
export const sequenceTail = (pipeline: Pipeline, shape: TimingShape): number => {
  if (pipeline === "published") return 0;
  if (pipeline === "rtl") return maximumTreeDepth(shape.inputPorts) + 1;
  return groupLatency(shape, 0);
};
