import { type Uniform, uniformStream } from "../../random.ts";
import { bankOf, banks } from "./banks.ts";
import { vectorWidth } from "./configuration.ts";
import {
  phaseOfInput,
  phaseOfTap,
  quotientOfInput,
  quotientOfTap,
  type TiledAxis,
  type TiledPlane,
} from "./tiles.ts";

/** Shares of non-zero operands. */
export interface Densities {
  readonly weights: number;
  readonly inputs: number;
}

/** Queues of each kind that are drawn, entries of a queue at most, and pairs of vectors that are looked at for two queues. */
const draws = 512;
const mostEntries = 128;
const mostPairs = 8;

/**
 * Expected cycles of a pair of vectors, at least 1: the most of its products that meet in one bank, by the occupancy of
 * the banks at these densities. No operand is read: queues of a random tile and phase are drawn with each entry non-zero
 * at its density, by a stream of their own that is the same for every layer, and the mean is taken over pairs of their
 * vectors [our decision: which banks neighbours of a queue hit is decided by tile, kernel and filters together, so that
 * balls thrown at random into banks are far off]. Of long queues a stretch is drawn. Within 4 % of the walk on drawn
 * operands, 1 % on average.
 */
export const expectedPairCycles = (plane: TiledPlane, groupFilters: number, densities: Densities): number => {
  const { vertical, horizontal } = plane;
  const inputs = { rows: inputsOf(vertical), columns: inputsOf(horizontal) };
  const taps = { rows: tapsOf(vertical), columns: tapsOf(horizontal) };
  const uniform = uniformStream(0x5c44, 0);
  const pick = (count: number): number => Math.floor(uniform() * count);
  const hits = new Int32Array(banks);
  let cycles = 0;
  let pairs = 0;
  for (let draw = 0; draw < draws; draw++) {
    // The phase is that of a random tap, so that phases with more work come more often.
    const phaseY = phaseOfTap(vertical, pick(vertical.kernel));
    const phaseX = phaseOfTap(horizontal, pick(horizontal.kernel));
    const rows = inputs.rows[pick(vertical.tiles)][phaseY];
    const columns = inputs.columns[pick(horizontal.tiles)][phaseX];
    const tapRows = taps.rows[phaseY];
    const tapColumns = taps.columns[phaseX];
    const activations = drawn(uniform, rows.length * columns.length, densities.inputs);
    const weights = drawn(uniform, tapRows.length * tapColumns.length * groupFilters, densities.weights);

    /** The most hits of a bank: each input with each weight, by their numbers in the queues. */
    const hitsOfPair = (firstInput: number, firstWeight: number): number => {
      hits.fill(0);
      let most = 1;
      for (let i = firstInput; i < Math.min(firstInput + vectorWidth, activations.length); i++) {
        const row = rows[Math.floor(activations[i] / columns.length)];
        const column = columns[activations[i] % columns.length];
        for (let w = firstWeight; w < Math.min(firstWeight + vectorWidth, weights.length); w++) {
          const tap = Math.floor(weights[w] / groupFilters);
          const y = row - tapRows[Math.floor(tap / tapColumns.length)];
          const x = column - tapColumns[tap % tapColumns.length];
          if (x < 0 || x >= horizontal.output || y < 0 || y >= vertical.output) continue;
          most = Math.max(most, ++hits[bankOf(weights[w] % groupFilters, x, y)]);
        }
      }
      return most;
    };

    const weightVectors = Math.ceil(weights.length / vectorWidth);
    const all = Math.ceil(activations.length / vectorWidth) * weightVectors;
    const looked = Math.min(all, mostPairs);
    for (let pair = 0; pair < looked; pair++) {
      const at = all === looked ? pair : pick(all);
      const ofPair = hitsOfPair(
        Math.floor(at / weightVectors) * vectorWidth,
        (at % weightVectors) * vectorWidth,
      );
      cycles += (all / looked) * ofPair;
    }
    pairs += all;
  }
  return pairs === 0 ? 1 : cycles / pairs;
};

/** Numbers of the non-zero entries of a queue with room for `entries`; of a random stretch where it is long. */
const drawn = (uniform: Uniform, entries: number, density: number): number[] => {
  const length = Math.min(entries, mostEntries);
  const first = entries > length ? Math.floor(uniform() * (entries - length + 1)) : 0;
  const indices: number[] = [];
  for (let index = first; index < first + length; index++) {
    if (density === 1 || uniform() < density) indices.push(index);
  }
  // The end of a stretch is not the end of its queue.
  if (entries > length && indices.length > vectorWidth) indices.length -= indices.length % vectorWidth;
  return indices;
};

/** Output coordinates with tap 0 of an axis's inputs, by tile and phase. */
const inputsOf = (axis: TiledAxis): readonly (readonly (readonly number[])[])[] => {
  const tiles = Array.from({ length: axis.tiles }, () =>
    Array.from({ length: axis.stride }, (): number[] => []),
  );
  for (let input = 0; input < axis.input; input++) {
    tiles[Math.floor(input / axis.tile)][phaseOfInput(axis, input)].push(quotientOfInput(axis, input));
  }
  return tiles;
};

/** What the taps of an axis take off the output coordinate, by phase. */
const tapsOf = (axis: TiledAxis): readonly (readonly number[])[] => {
  const phases = Array.from({ length: axis.stride }, (): number[] => []);
  for (let tap = 0; tap < axis.kernel; tap++) {
    phases[phaseOfTap(axis, tap)].push(quotientOfTap(axis, tap));
  }
  return phases;
};
