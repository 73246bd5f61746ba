import { expect, test } from "vitest";
import {
  contributions,
  createArchive,
  epsilonIndicator,
  hypervolume,
  hypervolumeCurve,
  igdPlus,
  paretoFront,
} from "../../../explore/index.ts";

/** The examples of the docstrings, by the package's own names. */
test("the examples hold", () => {
  expect(paretoFront([Float64Array.of(1, 2, 2), Float64Array.of(5, 5, 9)], ["maximize", "minimize"])).toEqual(
    Int32Array.of(1),
  );
  const points = [Float64Array.of(3, 1), Float64Array.of(2, 1)];
  const directions = ["maximize", "minimize"] as const;
  expect(hypervolume(points, directions, [0, 4])).toEqual({ volume: 7, outside: 0 });
  expect(hypervolumeCurve(points, directions, [0, 4], [1, 2])).toEqual(Float64Array.of(6, 7));
  expect(contributions(points, directions, [0, 4])).toEqual(Float64Array.of(4, 1));

  const archive = createArchive(["maximize", "minimize"]);
  archive.add([Float64Array.of(1, 2), Float64Array.of(5, 5)], Float64Array.of(70, 71));
  archive.add([Float64Array.of(3), Float64Array.of(6)], Float64Array.of(72));
  expect(archive.front().ids).toEqual(Float64Array.of(71, 72));

  const front = [Float64Array.of(1, 3), Float64Array.of(3, 1)];
  const target = [Float64Array.of(1), Float64Array.of(1)];
  expect(epsilonIndicator(front, target, ["minimize", "minimize"])).toBe(2);
  expect(igdPlus(front, target, ["minimize", "minimize"])).toBe(2);
});
