import { createArchive } from "../../../explore/pareto/archive.ts";
import { paretoFront } from "../../../explore/pareto/front.ts";
import { candidates } from "../../../explore/pareto/staged.ts";
import type { Benchmark, Work } from "../../bench/measure.ts";
import { allMinimized, drawn } from "./points.ts";
import { sweepLike } from "./sweep-like.ts";

const count = 1_000_000;
const chunk = 10_000;
const sphere = drawn("sphere", 3, count, 7);
const cube = drawn("cube", 3, count, 7);
const sweep = sweepLike(count);
const fewer = drawn("sphere", 4, 100_000, 7);

const frontOf = (name: string, objectives: Float64Array[]): Work => ({
  name,
  quantity: objectives[0]!.length,
  work: () => paretoFront(objectives, allMinimized(objectives)).length,
});

const archiveOf = (name: string, objectives: Float64Array[]): Work => ({
  name,
  quantity: objectives[0]!.length,
  work: () => {
    const archive = createArchive(allMinimized(objectives));
    for (let start = 0; start < count; start += chunk) {
      archive.add(
        objectives.map((column) => column.subarray(start, start + chunk)),
        new Float64Array(chunk),
      );
    }
    return archive.front().ids.length;
  },
});

const worse = sweep.map((column) => column.map((value) => value * 1.25));
const all = new Uint8Array(count).fill(1);

/** Points a second through the front, the archive and the staged selection, against sorting as many numbers. */
const benchmark: Benchmark = {
  title: "fronts of 1,000,000 points, 3 objectives",
  items: "points",
  subjects: [
    frontOf("paretoFront, all on the front", sphere),
    frontOf("paretoFront, sweep-like", sweep),
    frontOf("paretoFront, random cube", cube),
    frontOf("paretoFront, 100,000 in 4 objectives, all on the front", fewer),
    archiveOf("archive in chunks of 10,000, all on the front", sphere),
    archiveOf("archive in chunks of 10,000, sweep-like", sweep),
    archiveOf("archive in chunks of 10,000, random cube", cube),
    {
      name: "staged candidates, sweep-like",
      quantity: count,
      work: () => candidates(sweep, worse, allMinimized(sweep), all).length,
    },
  ],
  yardsticks: [{ name: "sorting numbers", quantity: count, work: () => cube[0]!.slice().sort()[0]! }],
};

export default benchmark;
