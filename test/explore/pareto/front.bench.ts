import { uniformStream } from "../../../core/random.ts";
import { paretoFront } from "../../../explore/pareto/front.ts";
import type { Benchmark } from "../../bench/measure.ts";

const points = 100_000;
const objectives = [0, 1, 2].map((stream) => {
  const uniform = uniformStream(7, stream);
  return Float64Array.from({ length: points }, uniform);
});

/** Points a second through the front over three objectives, against sorting one of them. */
const benchmark: Benchmark = {
  title: "paretoFront, 100,000 points, 3 objectives",
  items: "points",
  subjects: [
    {
      name: "paretoFront",
      quantity: points,
      work: () => paretoFront(objectives, ["maximize", "minimize", "minimize"]).length,
    },
  ],
  yardsticks: [{ name: "sorting numbers", quantity: points, work: () => objectives[0].slice().sort()[0] }],
};

export default benchmark;
