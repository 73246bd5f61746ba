import { countOnes } from "../../../core/bit-interleaving/count-ones.ts";
import { emptyWindows } from "../../../core/bit-interleaving/empty-windows.ts";
import {
  countAt,
  groupCounts,
  largestPlanes,
  sumCounts,
  topPlane,
} from "../../../core/bit-interleaving/sliced-counts.ts";
import { floatFields } from "../../../core/numerics/float-fields.ts";
import { gridPlanes } from "../../../core/numerics/formats.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import type { Benchmark } from "../../bench/measure.ts";

const laneWidth = 64;
const window = 8;
const mask = 0xffffff;
const uniform = uniformStream(7, 0);
const words = floatFields(Float32Array.from({ length: laneWidth * 4096 }, () => normal(uniform))).magnitudes;
const ones = groupCounts(laneWidth);
const empty = groupCounts(laneWidth);
const scans = groupCounts(laneWidth);
const counts = new Int32Array(gridPlanes);

/** The sum over groups of what `ofGroup` finds for the words from an offset on. */
const overGroups = (ofGroup: (group: Int32Array) => number): (() => number) => {
  const groups = Array.from({ length: words.length / laneWidth }, (_, group) =>
    words.slice(group * laneWidth, (group + 1) * laneWidth),
  );
  return () => {
    let sum = 0;
    for (let index = 0; index < groups.length; index++) sum += ofGroup(groups[index]);
    return sum;
  };
};

/** The rule of a channel, window after window, plane after plane. */
const obviousScan = (group: Int32Array): number => {
  let largest = 0;
  for (let plane = 0; plane < gridPlanes; plane++) {
    let cycles = 0;
    for (let pointer = 0; pointer < laneWidth; cycles++) {
      const end = Math.min(pointer + window, laneWidth);
      let seen = 0;
      let next = pointer + window;
      for (let lane = pointer; lane < end; lane++) {
        seen += (group[lane] >>> plane) & 1;
        if (seen === 2) {
          next = lane;
          break;
        }
      }
      pointer = next;
    }
    largest = Math.max(largest, cycles);
  }
  return largest;
};

/** Weights a second through the kernels of the distillation: 4,096 groups of 64 lanes, 24 planes. */
const benchmark: Benchmark = {
  title: "largest plane of a group, 64 lanes, 24 planes",
  items: "weights",
  subjects: [
    {
      name: "ideal",
      quantity: words.length,
      work: overGroups((group) => {
        countOnes(group, laneWidth, ones);
        return countAt(ones, topPlane(largestPlanes(ones, mask)));
      }),
    },
    {
      name: "windowed",
      quantity: words.length,
      work: overGroups((group) => {
        countOnes(group, laneWidth, ones);
        emptyWindows(group, laneWidth, window, empty);
        sumCounts(ones, empty, scans);
        return countAt(scans, topPlane(largestPlanes(scans, mask)));
      }),
    },
  ],
  yardsticks: [
    {
      name: "counting bits",
      quantity: words.length,
      work: () => {
        for (let index = 0; index < words.length; index++) {
          for (let plane = 0; plane < gridPlanes; plane++) counts[plane] += (words[index] >>> plane) & 1;
        }
        return counts[0];
      },
    },
    { name: "scanning planes", quantity: words.length, work: overGroups(obviousScan) },
    {
      name: "adding up",
      quantity: words.length,
      work: () => {
        let sum = 0;
        for (let index = 0; index < words.length; index++) sum = (sum + words[index]) | 0;
        return sum;
      },
    },
  ],
};

export default benchmark;
