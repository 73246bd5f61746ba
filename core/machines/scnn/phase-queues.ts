import { bankOfFilter, places } from "./banks.ts";
import { vectorWidth } from "./configuration.ts";
import {
  phaseOfInput,
  phaseOfTap,
  quotientOfInput,
  quotientOfTap,
  type TiledPlane,
  tilesOf,
} from "./tiles.ts";

/** Stride phases of a plane; phase (vertical, horizontal) has the number vertical · strideWidth + horizontal. */
export const phasesOf = ({ vertical, horizontal }: TiledPlane): number => vertical.stride * horizontal.stride;

/**
 * Which queue each input of a plane goes to, and its output coordinates with tap 0; shape [height, width]. Queue
 * tile · phases + phase is that of a tile's inputs of a phase.
 */
export interface InputPlaces {
  readonly queues: number;
  readonly queue: Int32Array;
  readonly column: Int32Array;
  readonly row: Int32Array;
}

/** The places of a plane's inputs. */
export const inputPlaces = (plane: TiledPlane): InputPlaces => {
  const { vertical, horizontal } = plane;
  const phases = phasesOf(plane);
  const inputs = vertical.input * horizontal.input;
  const places = {
    queues: tilesOf(plane) * phases,
    queue: new Int32Array(inputs),
    column: new Int32Array(inputs),
    row: new Int32Array(inputs),
  };
  for (let y = 0, index = 0; y < vertical.input; y++) {
    for (let x = 0; x < horizontal.input; x++, index++) {
      const tile = Math.floor(y / vertical.tile) * horizontal.tiles + Math.floor(x / horizontal.tile);
      const phase = phaseOfInput(vertical, y) * horizontal.stride + phaseOfInput(horizontal, x);
      places.queue[index] = tile * phases + phase;
      places.column[index] = quotientOfInput(horizontal, x);
      places.row[index] = quotientOfInput(vertical, y);
    }
  }
  return places;
};

/** The non-zero inputs of a channel, queue by queue: entries start[q] … start[q + 1] − 1 are those of queue q. */
export interface InputQueues {
  readonly start: Int32Array;
  readonly column: Int32Array;
  readonly row: Int32Array;
}

/** Queues without entries yet. */
export const emptyQueues = ({ queues, queue }: InputPlaces): InputQueues => ({
  start: new Int32Array(queues + 1),
  column: new Int32Array(queue.length),
  row: new Int32Array(queue.length),
});

/** Fills the queues with the marked inputs; within a queue they keep their order, row by row [DNNsim]. */
export const fillQueues = (places: InputPlaces, marks: Uint8Array, into: InputQueues): void => {
  const { start, column, row } = into;
  start.fill(0);
  for (let index = 0; index < marks.length; index++) {
    if (marks[index] !== 0) start[places.queue[index] + 1]++;
  }
  for (let queue = 0; queue < places.queues; queue++) start[queue + 1] += start[queue];
  const next = start.slice();
  for (let index = 0; index < marks.length; index++) {
    if (marks[index] === 0) continue;
    const at = next[places.queue[index]]++;
    column[at] = places.column[index];
    row[at] = places.row[index];
  }
};

/** A tap of the kernel: its number, row by row, and what it takes off the output coordinates. */
interface Tap {
  readonly index: number;
  readonly column: number;
  readonly row: number;
}

/** The taps of each phase, row by row. */
export const tapsOfPhases = (plane: TiledPlane): readonly (readonly Tap[])[] => {
  const { vertical, horizontal } = plane;
  const taps: Tap[][] = Array.from({ length: phasesOf(plane) }, () => []);
  for (let r = 0; r < vertical.kernel; r++) {
    for (let s = 0; s < horizontal.kernel; s++) {
      const phase = phaseOfTap(vertical, r) * horizontal.stride + phaseOfTap(horizontal, s);
      taps[phase].push({
        index: r * horizontal.kernel + s,
        column: quotientOfTap(horizontal, s),
        row: quotientOfTap(vertical, r),
      });
    }
  }
  return taps;
};

/**
 * Non-zero weights of one channel and group of filters as vectors of 4, in the order in which they come: phase, tap row
 * by row, and the filter fastest [DNNsim]. Neighbours of a vector with the same tap and filters of different banks are a
 * run: their outputs at one position hit different banks. Vectors phase[φ] … phase[φ + 1] − 1 are those of phase φ, runs
 * vector[v] … vector[v + 1] − 1 those of vector v.
 */
export interface WeightVectors {
  readonly phase: Int32Array;
  readonly vector: Int32Array;
  readonly column: Int32Array;
  readonly row: Int32Array;
  /** Weights of a run. */
  readonly weights: Int32Array;
  /** Banks that a run hits, one bit each, by the place of its output: entry run · 8 + place. */
  readonly masks: Int32Array;
}

/** Vectors without entries yet, with room for `weights` weights. */
export const emptyVectors = (phases: number, weights: number): WeightVectors => ({
  phase: new Int32Array(phases + 1),
  vector: new Int32Array(weights + 1),
  column: new Int32Array(weights),
  row: new Int32Array(weights),
  weights: new Int32Array(weights),
  masks: new Int32Array(weights * places),
});

/**
 * Fills the vectors with the non-zero weights of a channel. `codes` has the shape [filters, taps, channels]; `channel` is
 * within these, filters `first` … `first + count − 1` are the group.
 */
export const fillVectors = (
  codes: Int32Array,
  taps: readonly (readonly Tap[])[],
  channels: number,
  channel: number,
  first: number,
  count: number,
  into: WeightVectors,
): void => {
  const kernel = taps.reduce((sum, { length }) => sum + length, 0);
  let run = -1;
  let vector = 0;
  taps.forEach((ofPhase, phase) => {
    into.phase[phase] = vector;
    let inVector = vectorWidth;
    for (const tap of ofPhase) {
      let isNewTap = true;
      for (let k = first; k < first + count; k++) {
        if (codes[(k * kernel + tap.index) * channels + channel] === 0) continue;
        const isNewVector = inVector === vectorWidth;
        if (isNewVector) {
          into.vector[vector++] = run + 1;
          inVector = 0;
        }
        const bit = 1 << bankOfFilter(k);
        if (isNewVector || isNewTap || (into.masks[run * places] & bit) !== 0) {
          run++;
          into.column[run] = tap.column;
          into.row[run] = tap.row;
          into.weights[run] = 0;
          into.masks.fill(0, run * places, (run + 1) * places);
          isNewTap = false;
        }
        for (let place = 0; place < places; place++) {
          into.masks[run * places + place] |= 1 << (bankOfFilter(k) ^ (place << 2));
        }
        into.weights[run]++;
        inVector++;
      }
    }
  });
  into.phase[taps.length] = vector;
  into.vector[vector] = run + 1;
};
