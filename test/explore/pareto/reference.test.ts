import { expect, test } from "vitest";
import { worstPoint } from "../../../explore/pareto/reference.ts";

test("worstPoint takes the worst finite value of each objective by itself", () => {
  const columns = [Float64Array.of(5, 3, -Infinity), Float64Array.of(1, Infinity, 9)];
  expect(worstPoint(columns, ["maximize", "minimize"])).toEqual([3, 9]);
  expect(worstPoint([Float64Array.of(0)], ["maximize"])).toEqual([0]);
  expect(() => worstPoint([Float64Array.of(-Infinity)], ["maximize"])).toThrow("no finite value");
});
