import { expect, test } from "vitest";
import { broadcastShape, elementCount, rowMajorStrides } from "../../../core/workloads/shape.ts";

test("shapes broadcast from the last axis, as in NumPy", () => {
  expect(
    broadcastShape([
      [8, 1, 6, 1],
      [7, 1, 5],
    ]),
  ).toEqual([8, 7, 6, 5]);
  expect(broadcastShape([[3], [], [2, 1]])).toEqual([2, 3]);
  expect(
    broadcastShape([
      [2, 3],
      [3, 2],
    ]),
  ).toBeUndefined();
  expect(broadcastShape([])).toEqual([]);
});

test("strides of a row-major tensor end with 1", () => {
  expect(rowMajorStrides([2, 3, 4])).toEqual([12, 4, 1]);
  expect(rowMajorStrides([])).toEqual([]);
  expect(elementCount([])).toBe(1);
  expect(elementCount([2, 0, 3])).toBe(0);
});
