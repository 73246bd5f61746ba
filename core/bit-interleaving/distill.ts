import { ModelError } from "../errors.ts";
import { gridPlanes } from "../numerics/formats.ts";

/**
 * Cycles one channel needs for its plane, a bit a lane (RTL, check window). From a pointer at lane 0 the channel looks
 * at `window` bits in a cycle (zeros past the last lane). With two or more ones the pointer moves to the second one,
 * otherwise behind the window; the scan ends when the pointer has passed the last lane. The cycles are the essential
 * bits plus the all-zero windows visited, at least ⌈lanes / window⌉.
 * A window of 0 stands for no limit: the channel takes its essential bits one a cycle.
 */
export const scanChannel = (bits: ArrayLike<number>, window: number): number => {
  const lanes = bits.length;
  let cycles = 0;
  if (window === 0) {
    for (let lane = 0; lane < lanes; lane++) cycles += bits[lane];
    return cycles;
  }
  let pointer = 0;
  while (pointer < lanes) {
    let ones = 0;
    let next = pointer + window;
    for (let lane = pointer; lane < Math.min(pointer + window, lanes); lane++) {
      ones += bits[lane];
      if (ones === 2) {
        next = lane;
        break;
      }
    }
    pointer = next;
    cycles++;
  }
  return cycles;
};

/** What the distillation of one group takes. */
export interface Distillation {
  /** Cycles of each channel, index = significance; 0 for a disabled one. */
  readonly busy: Int32Array;
  /** The largest of them: the cycles of the group. */
  readonly scan: number;
}

/**
 * Distils one group of aligned 24-bit `words`, a word a lane, channel by channel; bit b of `mask` enables plane b.
 * Throws ModelError `no-plane` when no plane is enabled (the RTL would never finish).
 */
export const distill = (words: ArrayLike<number>, window: number, mask: number): Distillation => {
  if ((mask & ((1 << gridPlanes) - 1)) === 0) {
    throw new ModelError(
      "no-plane",
      "no bit plane is enabled: the processing element would never finish a group",
    );
  }
  const busy = new Int32Array(gridPlanes);
  for (let plane = 0; plane < gridPlanes; plane++) {
    if (((mask >>> plane) & 1) === 0) continue;
    const bits = Array.from(words, (word) => (word >>> plane) & 1);
    busy[plane] = scanChannel(bits, window);
  }
  return { busy, scan: Math.max(...busy) };
};
