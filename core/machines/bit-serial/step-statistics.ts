import { essentialDigits, signedDigits } from "../../numerics/encodings.ts";
import { type Format, parseFormat } from "../../numerics/formats.ts";
import { formatWeights } from "../../numerics/formatted-weights.ts";
import { type LayerShape, positions, reductionLength } from "../../workloads/layer.ts";
import { type ActivationCodes, activationCodes } from "../activation-codes.ts";
import {
  type ActivationRequest,
  fieldStatistics,
  type LayerOperands,
  type LayerStatistics,
  shapeAlone,
} from "../layer-statistics.ts";
import type { QuantizationRequest } from "../quantized-weights.ts";
import { staggeredCycles } from "../staggered-columns.ts";
import { laneIndices } from "../tile-organisation.ts";

/** What is asked of a layer's operands. Where every bit is taken, no operand decides the cycles, and sizes are 0. */
export interface StepRequest extends QuantizationRequest {
  /** The operand whose zero bits are skipped. */
  readonly serial: "weights" | "activations" | "none";
  readonly laneWidth: number;
  /** Filters of all tiles together. */
  readonly filtersAtOnce: number;
  readonly windows: number;
  /** Where activations come from, if they are serial. */
  readonly activations?: ActivationRequest;
}

/** Most magnitude bits of a format that the machine runs, and most windows and lanes. */
const mostBits = 15;
const mostWindows = 256;
const mostLanes = 256;

const fields = {
  essentialBits: 1,
  histogram: mostBits + 1,
  magnitudeBits: 1,
  lanesInUse: mostLanes + 1,
  stepCycles: mostWindows + 1,
  stepOfOperand: mostWindows + 1,
  ownCycles: 1,
  staggered: 1,
} as const;

/** How long steps last that skip the zero bits of one operand. An essential bit is a 1 of sign–magnitude's magnitude. */
export interface StepStatistics extends LayerStatistics {
  /** Mean essential bits of a serial operand: what a step would last if no lane waited for another. */
  readonly essentialBits: Float64Array;
  /** Entry b: how many serial operands have b essential bits. */
  readonly histogram: Float64Array;
  /** Magnitude bits of the format. */
  readonly magnitudeBits: Float64Array;
  /** Entry n: steps of one window in which n lanes have work. */
  readonly lanesInUse: Float64Array;
  /** Entry c: mean cycles of a step with c windows; that of the most windows or vectors there are from these on. */
  readonly stepCycles: Float64Array;
  /** Entry c: the same as a mean over operands, each with the cycles of the step it is in. */
  readonly stepOfOperand: Float64Array;
  /** Mean cycles that a processing element would take for a step by itself. */
  readonly ownCycles: Float64Array;
  /** Cycles of all steps of a layer with one position, on staggered columns; 0 of others. */
  readonly staggered: Float64Array;
}

/** The layer's reduction as lanes take it, and lanes with work by step. */
interface LaneSteps {
  readonly indices: Int32Array;
  readonly laneWidth: number;
  readonly steps: number;
  readonly lanes: Uint16Array;
}

const laneSteps = (layer: LayerShape, laneWidth: number): LaneSteps => {
  const indices = laneIndices(layer, laneWidth);
  const steps = indices.length / laneWidth;
  const lanes = new Uint16Array(steps);
  indices.forEach((index, at) => {
    if (index >= 0) lanes[Math.floor(at / laneWidth)]++;
  });
  return { indices, laneWidth, steps, lanes };
};

/** Most essential bits among the lanes of each step; those of operand i in `bits[start + i]`. */
const stepMaxima = (
  { indices, laneWidth, steps }: LaneSteps,
  bits: Uint8Array,
  start: number,
  maxima: Uint8Array,
): void => {
  let at = 0;
  for (let step = 0; step < steps; step++) {
    let most = 0;
    for (const end = at + laneWidth; at < end; at++) {
      const index = indices[at];
      if (index >= 0 && bits[start + index] > most) most = bits[start + index];
    }
    maxima[step] = most;
  }
};

const essentialBitsOf = (codes: Int32Array, { bits }: Format): Uint8Array =>
  essentialDigits(signedDigits(codes, bits, "signMagnitude"));

/** What walking the serial operands comes to: means, each a number or one by windows. */
interface Walked {
  readonly histogram: Float64Array;
  readonly stepCycles: Float64Array;
  readonly stepOfOperand: Float64Array;
  readonly ownCycles: number;
  readonly staggered: number;
  readonly standardError: number;
}

/**
 * Weight-serial: the filters of a pass share a step with all their lanes, whatever the windows. Filters run in their order.
 */
const walkWeights = (
  layer: LayerShape,
  codes: Int32Array,
  format: Format,
  { filtersAtOnce, windows }: StepRequest,
  lanes: LaneSteps,
): Walked => {
  const length = reductionLength(layer);
  const filters = layer.filters / layer.groups;
  const passes = Math.ceil(filters / filtersAtOnce);
  const histogram = new Float64Array(mostBits + 1);
  // Of all passes of all groups, one after another.
  const durations = new Uint8Array(layer.groups * passes * lanes.steps).fill(1);
  const maxima = new Uint8Array(lanes.steps);
  let own = 0;
  let ofOperands = 0;
  let last = 0;
  for (let group = 0; group < layer.groups; group++) {
    for (let first = 0; first < filters; first += filtersAtOnce) {
      const here = Math.min(filtersAtOnce, filters - first);
      const steps = durations.subarray(last, last + lanes.steps);
      last += lanes.steps;
      for (let filter = group * filters + first; filter < group * filters + first + here; filter++) {
        const bits = essentialBitsOf(codes.subarray(filter * length, (filter + 1) * length), format);
        for (const count of bits) histogram[count]++;
        stepMaxima(lanes, bits, 0, maxima);
        for (let step = 0; step < lanes.steps; step++) {
          own += Math.max(1, maxima[step]);
          if (maxima[step] > steps[step]) steps[step] = maxima[step];
        }
      }
      for (let step = 0; step < lanes.steps; step++) ofOperands += steps[step] * lanes.lanes[step] * here;
    }
  }
  const sum = durations.reduce((total, cycles) => total + cycles, 0);
  return {
    histogram,
    stepCycles: new Float64Array(mostWindows + 1).fill(sum / durations.length),
    stepOfOperand: new Float64Array(mostWindows + 1).fill(ofOperands / codes.length),
    ownCycles: own / (layer.filters * lanes.steps),
    staggered:
      positions(layer) === 1 ? staggeredCycles(windows, durations.length, (step) => durations[step]) : 0,
    standardError: 0,
  };
};

/**
 * Activation-serial: the windows of a set share a step with all their lanes, whatever the filters. The windows of a set are
 * activation vectors that follow each other, counted around, and a mean is one over the vector that a set starts with [our
 * decision]; where windows are more than vectors, vectors come again.
 */
const walkActivations = (
  layer: LayerShape,
  { codes, vectors, groups, length }: ActivationCodes,
  format: Format,
  { filtersAtOnce, windows }: StepRequest,
  lanes: LaneSteps,
): Walked => {
  const histogram = new Float64Array(mostBits + 1);
  const steps = groups * lanes.steps;
  // Own cycles of a window: shape [vectors, groups, steps].
  const own = new Uint8Array(vectors * steps);
  for (let row = 0; row < vectors * groups; row++) {
    const bits = essentialBitsOf(codes.subarray(row * length, (row + 1) * length), format);
    for (const count of bits) histogram[count]++;
    stepMaxima(lanes, bits, 0, own.subarray(row * lanes.steps, (row + 1) * lanes.steps));
  }
  for (let index = 0; index < own.length; index++) if (own[index] === 0) own[index] = 1;

  const stepCycles = new Float64Array(mostWindows + 1);
  const stepOfOperand = new Float64Array(mostWindows + 1);
  const most = Math.min(windows, vectors);
  // Sets of the layer's windows that share no vector; their spread says how far the mean may be off.
  const inSet = Math.min(most, positions(layer));
  const sets = new Float64Array(Math.floor(vectors / inSet));
  const longest = new Uint8Array(vectors);
  const ofSteps = new Float64Array(steps);
  for (let step = 0; step < steps; step++) {
    longest.fill(0);
    const share = lanes.lanes[step % lanes.steps] / (groups * length);
    for (let columns = 1; columns <= most; columns++) {
      let sum = 0;
      for (let start = 0; start < vectors; start++) {
        const vector = (start + columns - 1) % vectors;
        const cycles = own[vector * steps + step];
        if (cycles > longest[start]) longest[start] = cycles;
        sum += longest[start];
      }
      stepCycles[columns] += sum / vectors / steps;
      stepOfOperand[columns] += (sum / vectors) * share;
      if (columns !== inSet) continue;
      ofSteps[step] = sum;
      for (let set = 0; set < sets.length; set++) sets[set] += longest[set * inSet];
    }
  }
  for (const means of [stepCycles, stepOfOperand]) means.fill(means[most], most);

  const passes = Math.ceil(layer.filters / layer.groups / filtersAtOnce);
  let staggered = 0;
  for (let vector = 0; vector < vectors && positions(layer) === 1; vector++) {
    staggered += staggeredCycles(windows, layer.groups * passes * lanes.steps, (step) => {
      const group = Math.floor(step / (passes * lanes.steps)) % groups;
      return own[(vector * groups + group) * lanes.steps + (step % lanes.steps)];
    });
  }
  return {
    histogram,
    stepCycles,
    stepOfOperand,
    ownCycles: stepCycles[1],
    staggered: staggered / vectors,
    standardError: relativeStandardError(sets.length > 1 ? sets : ofSteps),
  };
};

/** Standard error of the mean of the values over that mean; 0 of a single value. */
const relativeStandardError = (values: Float64Array): number => {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length) / mean;
};

const compute = (operands: LayerOperands, request: StepRequest): StepStatistics => {
  const { layer, weights } = operands;
  const { serial, quantization, laneWidth } = request;
  const format = parseFormat(request.format);
  const formatted = formatWeights(weights, layer.filters, format, quantization);
  const { signalPower, noisePower } = formatted;
  const numbers = (length: number): Float64Array => new Float64Array(length);
  if (serial === "none" || formatted.kind !== "fixed") {
    const empty = Object.entries(fields).map(([name, length]) => [name, numbers(length)]);
    return { signalPower, noisePower, standardError: 0, ...Object.fromEntries(empty) };
  }
  const lanes = laneSteps(layer, laneWidth);
  const walked =
    request.activations === undefined
      ? walkWeights(layer, formatted.codes, format, request, lanes)
      : walkActivations(
          layer,
          activationCodes(operands, request.activations, format),
          format,
          request,
          lanes,
        );
  const { histogram, stepCycles, stepOfOperand, ownCycles, staggered, standardError } = walked;
  const lanesInUse = numbers(mostLanes + 1);
  for (const inUse of lanes.lanes) lanesInUse[inUse]++;
  const count = histogram.reduce((sum, operands) => sum + operands, 0);
  return {
    signalPower,
    noisePower,
    standardError,
    essentialBits: Float64Array.of(
      histogram.reduce((sum, operands, bits) => sum + operands * bits, 0) / count,
    ),
    histogram,
    magnitudeBits: Float64Array.of(format.magnitudeBits),
    lanesInUse,
    stepCycles,
    stepOfOperand,
    ownCycles: Float64Array.of(ownCycles),
    staggered: Float64Array.of(staggered),
  };
};

/**
 * Statistics of steps. Where fewer than two sets of windows share no vector, the standard error is that of steps which are
 * independent of each other; captured activations are not quite, so that it is then too small. With columns staggered
 * the cycles vary less than it says.
 */
export const stepStatistics = fieldStatistics("bit-serial", fields, {
  decides: shapeAlone,
  activationsOf: ({ activations }: StepRequest) => activations?.activations,
  compute,
});
