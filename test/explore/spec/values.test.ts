import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ParameterDescriptor } from "../../../core/machines/parameter.ts";
import { expandValues, type WrittenParameter } from "../../../explore/spec/values.ts";

const count: ParameterDescriptor = {
  name: "count",
  kind: "integer",
  minimum: 0,
  maximum: 4096,
  default: 1,
  description: "",
};
const size: ParameterDescriptor = {
  ...count,
  name: "size",
  kind: "number",
  unit: "KiB",
  minimum: 0.5,
  maximum: 2048,
};
const format: ParameterDescriptor = {
  name: "format",
  kind: "choice",
  choices: ["float32", "fixed8"],
  default: "float32",
  description: "",
};

const valuesOf = (descriptor: ParameterDescriptor, written: WrittenParameter) => {
  const expanded = expandValues(descriptor, written);
  return "values" in expanded ? expanded.values : expanded.faults.map((fault) => fault.problem);
};

const firstFault = (descriptor: ParameterDescriptor, written: WrittenParameter) => {
  const expanded = expandValues(descriptor, written);
  if ("values" in expanded) throw new Error(`no fault, but ${expanded.values}`);
  return expanded.faults[0]!;
};

describe("expandValues", () => {
  it.each([
    [count, 3, [3]],
    [count, { choice: [16, 4, 64] }, [16, 4, 64]],
    [count, { pow2: [8, 64] }, [8, 16, 32, 64]],
    [count, { pow2: [8, 8] }, [8]],
    [count, { int: [3, 6] }, [3, 4, 5, 6]],
    [count, { int: [1, 10, 4] }, [1, 5, 9]],
    [count, { int: [0, 0] }, [0]],
    [count, { linear: [0, 9], steps: 4 }, [0, 3, 6, 9]],
    [count, { log: [1, 100], steps: 3 }, [1, 10, 100]],
    [size, "1 MiB", [1024]],
    [size, 64, [64]],
    [size, { choice: [64, "128 KiB", "1 MiB"] }, [64, 128, 1024]],
    [size, { choice: [1, "64 KiB"], unit: "MiB" }, [1024, 64]],
    [size, { pow2: [0.5, 2], unit: "MiB" }, [512, 1024, 2048]],
    [size, { linear: [0.5, 1.1], steps: 7 }, [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1]],
    [format, "fixed8", ["fixed8"]],
    [format, { choice: ["fixed8", "float32"] }, ["fixed8", "float32"]],
  ] as const)("%# expands as documented", (descriptor, written, values) => {
    expect(valuesOf(descriptor, written)).toEqual(values);
  });

  it("lists exactly the powers of two and the steps between the bounds", () => {
    const all = Array.from({ length: 4097 }, (_, value) => value);
    fc.assert(
      fc.property(fc.nat(12), fc.nat(12), (a, b) => {
        const [from, to] = [2 ** Math.min(a, b), 2 ** Math.max(a, b)];
        const powers = all.filter((value) => value >= from && value <= to && (value & (value - 1)) === 0);
        expect(valuesOf(count, { pow2: [from, to] })).toEqual(powers);
      }),
    );
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), fc.integer({ min: 1, max: 50 }), (from, length, step) => {
        const steps = all.filter((v) => v >= from && v <= from + length && (v - from) % step === 0);
        expect(valuesOf(count, { int: [from, from + length, step] })).toEqual(steps);
      }),
    );
  });

  it("spaces linear values evenly and log values by one ratio, both ends included", () => {
    const bounds = fc.tuple(
      fc.integer({ min: 1, max: 900 }),
      fc.integer({ min: 1, max: 900 }),
      fc.integer({ min: 2, max: 40 }),
    );
    fc.assert(
      fc.property(bounds, ([from, length, steps]) => {
        const to = from + length;
        const linear = valuesOf(size, { linear: [from, to], steps }) as number[];
        const log = valuesOf(size, { log: [from, to], steps }) as number[];
        expect([linear.length, linear[0], linear.at(-1)]).toEqual([steps, from, to]);
        expect([log.length, log[0], log.at(-1)]).toEqual([steps, from, to]);
        for (let index = 1; index < steps; index++) {
          expect(linear[index]! - linear[index - 1]!).toBeCloseTo(length / (steps - 1), 7);
          expect(Math.log(log[index]! / log[index - 1]!)).toBeCloseTo(Math.log(to / from) / (steps - 1), 7);
        }
      }),
    );
  });

  it.each([
    [count, { pow2: [64, 8] }, ["pow2"], /empty range/],
    [count, { int: [6, 3] }, ["int"], /empty range/],
    [size, { linear: [3, 3], steps: 2 }, ["linear"], /empty range/],
    [size, { log: [3, 1], steps: 2 }, ["log"], /empty range/],
    [count, { pow2: [3, 8] }, ["pow2"], /powers of two/],
    [count, { pow2: [0, 8] }, ["pow2"], /powers of two/],
    [count, { int: [1.5, 3] }, ["int"], /range of integers/],
    [count, { int: [1, 3, 0] }, ["int"], /range of integers/],
    [count, { int: [0, 1e12] }, ["int"], /1000000000001 values/],
    [size, { log: [0, 3], steps: 2 }, ["log"], /zero or below/],
    [count, { log: [1, 8], steps: 3 }, ["log"], /holds 2.8284271247[0-9]*, which is out of range/],
    [count, { pow2: [1024, 8192] }, ["pow2"], /holds 8192, which is out of range/],
    [count, { choice: [1, 2, 1] }, ["choice", 2], /given twice/],
    [size, { choice: [1024, "1 MiB"] }, ["choice", 1], /given twice/],
    [count, { choice: [1, 5000] }, ["choice", 1], /out of range/],
    [count, 1.5, [], /out of range/],
    [count, -1, [], /out of range/],
    [size, "3 MiB", [], /out of range \(3072 KiB\)/],
    [size, { choice: [1], unit: "KB" }, ["unit"], /unknown unit KB/],
    [count, { choice: [1], unit: "KiB" }, ["unit"], /has a unit/],
    [format, "fixed9", [], /not a choice/],
    [format, { choice: ["float32", "fixd8"] }, ["choice", 1], /not a choice/],
  ] as const)("%# refuses what is wrong, at the place where it is", (descriptor, written, path, problem) => {
    const fault = firstFault(descriptor, written);
    expect(fault.path).toEqual(path);
    expect(fault.problem).toMatch(problem);
  });

  it("reports every wrong value of a list", () => {
    expect(valuesOf(count, { choice: [5000, 1, 1, 2.5] })).toHaveLength(3);
  });
});
