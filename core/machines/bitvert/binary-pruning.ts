import { roundHalfEven } from "../../numerics/half-even.ts";
import { bbsWeightBits } from "../bbs-machine.ts";

/** Weights that are pruned together, and share a constant. */
export const pruningGroup = 32;

/** A group of weights in the columns that are left: weight = code + constant. */
export interface PrunedGroup {
  readonly codes: Int32Array;
  readonly constant: number;
  /** Columns below the sign column that repeat it in every weight, and are left out. */
  readonly redundant: number;
  /** Least significant columns that are zero in every code. */
  readonly low: number;
}

/** Methods of binary pruning in BBS, with the columns of a group that they leave out. */
export type Pruning = "none" | "conservative" | "moderate";
export const prunedColumns: Readonly<Record<Pruning, number>> = { none: 0, conservative: 2, moderate: 4 };

/** At most three columns are counted as redundant: the encoding has two bits for their number. */
const mostRedundant = 3;

/** Constants of the shift: six bits in two's complement. */
const leastShift = -32;
const mostShift = 31;

/** Columns below the sign column that repeat it in all codes between `least` and `largest`, at most `most`. */
const redundantColumns = (least: number, largest: number, most: number): number => {
  let redundant = 0;
  while (redundant < Math.min(most, mostRedundant)) {
    const range = 2 ** (bbsWeightBits - 2 - redundant);
    if (least < -range || largest >= range) break;
    redundant++;
  }
  return redundant;
};

/** Leaves a group as it is. */
const unpruned = (group: Int32Array): PrunedGroup => ({ codes: group, constant: 0, redundant: 0, low: 0 });

/**
 * Rounded averaging: redundant columns first, and of the least significant columns as many as are still to go; these hold
 * the same constant in every weight, the mean of their values, rounded half to even. (BBS; github yc2367/BBS-MICRO.)
 */
const roundedAverage = (group: Int32Array, columns: number): PrunedGroup => {
  const redundant = redundantColumns(...rangeOf(group), columns);
  const low = columns - redundant;
  const mask = 2 ** low - 1;
  const constant = roundHalfEven(group.reduce((sum, code) => sum + (code & mask), 0) / group.length);
  return { codes: group.map((code) => code & ~mask), constant, redundant, low };
};

/** Shifted codes lie between these: −128 … 127 and a constant. */
const leastShifted = leastShift - 128;
const shiftedCodes = mostShift + 127 - leastShifted + 1;

/** What becomes of every shifted code when `redundant` columns repeat the sign and `low` columns are zero. */
interface NearestCodes {
  readonly codes: Int32Array;
  /** Squared distances of the codes. */
  readonly errors: Int32Array;
}

const nearestCodes = (redundant: number, low: number): NearestCodes => {
  const step = 2 ** low;
  const range = 2 ** (bbsWeightBits - 1 - redundant);
  const codes = Int32Array.from({ length: shiftedCodes }, (_, index) =>
    Math.max(-range, Math.min(range - step, step * roundHalfEven((index + leastShifted) / step))),
  );
  return { codes, errors: codes.map((code, index) => (code - index - leastShifted) ** 2) };
};

const tables = new Map<number, readonly NearestCodes[]>();

/** By redundant columns, where `columns` are to go. */
const nearestOf = (columns: number): readonly NearestCodes[] => {
  const known =
    tables.get(columns) ??
    Array.from({ length: Math.min(columns, mostRedundant) + 1 }, (_, redundant) =>
      nearestCodes(redundant, columns - redundant),
    );
  tables.set(columns, known);
  return known;
};

const clip = (code: number): number => Math.max(-128, Math.min(127, code));

/**
 * Zero-point shifting: of all constants of six bits the one with which the weights lose least. The weights are shifted by
 * it and clipped to eight bits, redundant columns go first, and each weight takes the nearest value whose remaining least
 * significant columns are zero. The squared errors of the group decide, ties the lesser constant. (BBS, Algorithm 1.)
 */
const shiftedZeroPoint = (group: Int32Array, columns: number): PrunedGroup => {
  const nearest = nearestOf(columns);
  const [from, to] = rangeOf(group);
  let best = Number.POSITIVE_INFINITY;
  let bestShift = 0;
  let bestRedundant = 0;
  for (let shift = leastShift; shift <= mostShift; shift++) {
    const redundant = redundantColumns(clip(from + shift), clip(to + shift), columns);
    const { errors } = nearest[redundant];
    const offset = shift - leastShifted;
    let error = 0;
    for (let index = 0; index < group.length && error < best; index++) error += errors[group[index] + offset];
    if (error >= best) continue;
    best = error;
    bestShift = shift;
    bestRedundant = redundant;
  }
  const { codes } = nearest[bestRedundant];
  return {
    codes: group.map((code) => codes[code + bestShift - leastShifted]),
    constant: -bestShift,
    redundant: bestRedundant,
    low: columns - bestRedundant,
  };
};

const rangeOf = (group: Int32Array): readonly [number, number] => {
  let least = group[0];
  let largest = group[0];
  for (let index = 1; index < group.length; index++) {
    if (group[index] < least) least = group[index];
    if (group[index] > largest) largest = group[index];
  }
  return [least, largest];
};

/** Prunes a group of int8 weights: two columns by rounded averaging, four by zero-point shifting. */
export const pruneGroup = (group: Int32Array, pruning: Pruning): PrunedGroup => {
  if (pruning === "none") return unpruned(group);
  const prune = pruning === "conservative" ? roundedAverage : shiftedZeroPoint;
  return prune(group, prunedColumns[pruning]);
};
