import { places } from "./banks.ts";
import { vectorWidth } from "./configuration.ts";
import type { InputQueues, WeightVectors } from "./phase-queues.ts";

/** Products inside the output plane that were accumulated. */
export interface ProductTally {
  products: number;
}

/** A coordinate that lies outside every plane, for the inputs that an incomplete vector lacks. */
const outside = -0x40000000;

/**
 * Cycles in which a processing element multiplies a queue of inputs, 4 at a time, with the weight vectors of the queue's
 * phase: for each pair of vectors the most products that hit one bank, at least 1 [DNNsim]. Products outside the output
 * plane (width, height) hit nothing. Banks are counted side by side: bit b of `ones`, `twos`, … are the digits of the
 * hits of bank b, to which the four inputs of a run of weights are added by carry-save adders.
 */
export const productCycles = (
  inputs: InputQueues,
  queue: number,
  weights: WeightVectors,
  phase: number,
  width: number,
  height: number,
  tally: ProductTally,
): number => {
  const { start, column, row } = inputs;
  const { vector: runs, column: runColumn, row: runRow, weights: runWeights, masks } = weights;
  const firstVector = weights.phase[phase];
  const lastVector = weights.phase[phase + 1];
  const end = start[queue + 1];
  let cycles = 0;
  let products = 0;
  for (let at = start[queue]; at < end; at += vectorWidth) {
    const x0 = column[at];
    const y0 = row[at];
    const x1 = at + 1 < end ? column[at + 1] : outside;
    const y1 = at + 1 < end ? row[at + 1] : outside;
    const x2 = at + 2 < end ? column[at + 2] : outside;
    const y2 = at + 2 < end ? row[at + 2] : outside;
    const x3 = at + 3 < end ? column[at + 3] : outside;
    const y3 = at + 3 < end ? row[at + 3] : outside;
    for (let vector = firstVector; vector < lastVector; vector++) {
      let ones = 0;
      let twos = 0;
      let fours = 0;
      let eights = 0;
      let sixteens = 0;
      const lastRun = runs[vector + 1];
      for (let run = runs[vector]; run < lastRun; run++) {
        const tapColumn = runColumn[run];
        const tapRow = runRow[run];
        const own = runWeights[run];
        const base = run * places;
        let hits0 = 0;
        let hits1 = 0;
        let hits2 = 0;
        let hits3 = 0;
        let x = x0 - tapColumn;
        let y = y0 - tapRow;
        // Seen as an unsigned word, a negative coordinate is beyond every plane too.
        if (x >>> 0 < width && y >>> 0 < height) {
          hits0 = masks[base + ((y & 1) | ((x & 1) << 1) | (((x ^ y) & 2) << 1))];
          products += own;
        }
        x = x1 - tapColumn;
        y = y1 - tapRow;
        if (x >>> 0 < width && y >>> 0 < height) {
          hits1 = masks[base + ((y & 1) | ((x & 1) << 1) | (((x ^ y) & 2) << 1))];
          products += own;
        }
        x = x2 - tapColumn;
        y = y2 - tapRow;
        if (x >>> 0 < width && y >>> 0 < height) {
          hits2 = masks[base + ((y & 1) | ((x & 1) << 1) | (((x ^ y) & 2) << 1))];
          products += own;
        }
        x = x3 - tapColumn;
        y = y3 - tapRow;
        if (x >>> 0 < width && y >>> 0 < height) {
          hits3 = masks[base + ((y & 1) | ((x & 1) << 1) | (((x ^ y) & 2) << 1))];
          products += own;
        }
        let half = hits0 ^ hits1;
        const carry = (hits0 & hits1) | (half & ones);
        ones ^= half;
        half = hits2 ^ hits3;
        const carryToo = (hits2 & hits3) | (half & ones);
        ones ^= half;
        half = carry ^ carryToo;
        const toFours = (carry & carryToo) | (half & twos);
        twos ^= half;
        const toEights = fours & toFours;
        fours ^= toFours;
        sixteens |= eights & toEights;
        eights ^= toEights;
      }
      cycles += (twos | fours | eights | sixteens) === 0 ? 1 : mostHits(ones, twos, fours, eights, sixteens);
    }
  }
  tally.products += products;
  return cycles;
};

/** The largest count over the banks from the digits of all counts. */
const mostHits = (ones: number, twos: number, fours: number, eights: number, sixteens: number): number => {
  let most = 0;
  let among = -1;
  if (sixteens !== 0) {
    among = sixteens;
    most = 16;
  }
  if ((among & eights) !== 0) {
    among &= eights;
    most += 8;
  }
  if ((among & fours) !== 0) {
    among &= fours;
    most += 4;
  }
  if ((among & twos) !== 0) {
    among &= twos;
    most += 2;
  }
  return (among & ones) === 0 ? most : most + 1;
};
