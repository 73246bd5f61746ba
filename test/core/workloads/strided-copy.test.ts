import fc from "fast-check";
import { expect, test } from "vitest";
import { stridedCopy } from "../../../core/workloads/strided-copy.ts";

test("each element is the one that the strides point to", () => {
  const axis = fc.record({ size: fc.integer({ min: 0, max: 4 }), stride: fc.integer({ min: -3, max: 5 }) });
  fc.assert(
    fc.property(fc.array(axis, { maxLength: 4 }), (axes) => {
      const shape = axes.map(({ size }) => size);
      const strides = axes.map(({ stride }) => stride);
      const source = Float64Array.from({ length: 200 }, (_, index) => index);
      const copy = stridedCopy(source, shape, strides, 100);
      let indices: number[][] = [[]];
      for (const size of shape) {
        indices = indices.flatMap((index) => Array.from({ length: size }, (_, next) => [...index, next]));
      }
      const expected = indices.map(
        (index) => 100 + index.reduce((sum, next, axis) => sum + next * strides[axis], 0),
      );
      expect([...copy]).toEqual(expected);
    }),
  );
});

test("the copy has the type of its source", () => {
  expect(stridedCopy(Float32Array.of(1, 2, 3, 4, 5, 6), [3, 2], [1, 3])).toEqual(
    Float32Array.of(1, 4, 2, 5, 3, 6),
  );
});
