import { contributions } from "../../../explore/pareto/contributions.ts";
import { hypervolume } from "../../../explore/pareto/hypervolume.ts";
import type { Benchmark } from "../../bench/measure.ts";
import { allMinimized, drawn } from "./points.ts";

const count = 100_000;
const three = drawn("sphere", 3, count, 7).map((column) => column.map((value) => 1 - value));
const four = drawn("sphere", 4, 1000, 7).map((column) => column.map((value) => 1 - value));

/** Points a second through hypervolumes, all of them on the front, against sorting as many numbers. */
const benchmark: Benchmark = {
  title: "hypervolume, all points on the front",
  items: "points",
  subjects: [
    {
      name: "hypervolume, 100,000 in 3 objectives",
      quantity: count,
      work: () => hypervolume(three, allMinimized(three), [1, 1, 1]).volume,
    },
    {
      name: "contributions, 100,000 in 3 objectives",
      quantity: count,
      work: () => contributions(three, allMinimized(three), [1, 1, 1])[0]!,
    },
    {
      name: "hypervolume, 1,000 in 4 objectives",
      quantity: 1000,
      work: () => hypervolume(four, allMinimized(four), [1, 1, 1, 1]).volume,
    },
  ],
  yardsticks: [{ name: "sorting numbers", quantity: count, work: () => three[0]!.slice().sort()[0]! }],
};

export default benchmark;
