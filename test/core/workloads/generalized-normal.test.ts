import { describe, expect, it } from "vitest";
import { uniformStream } from "../../../core/random.ts";
import {
  generalizedNormal,
  kurtosis,
  logScale,
  shapeOfRatio,
} from "../../../core/workloads/generalized-normal.ts";

/** Integral of |x|^power · exp(−|x|^shape) over `from` … `to`, by the midpoint rule on ln x. */
const integral = (power: number, shape: number, from = 1e-12, to = 1e6): number => {
  const parts = 5_000;
  const step = Math.log(to / from) / parts;
  let sum = 0;
  for (let part = 0; part < parts; part++) {
    const x = from * Math.exp((part + 0.5) * step);
    sum += x ** (power + 1) * Math.exp(-(x ** shape)) * step;
  }
  return sum;
};

const shapes = [0.5, 1, 1.7, 2, 4, 32];

describe("generalizedNormal", () => {
  it.each(shapes)("with shape %s has the shares of its density", (shape) => {
    const uniform = uniformStream(1, shape);
    const draw = generalizedNormal(shape);
    const draws = 50_000;
    const values = Float64Array.from({ length: draws }, () => draw(uniform));
    // In units where the density is exp(−|x|^shape), the variance is that of `width`.
    const width = Math.sqrt(integral(2, shape) / integral(0, shape));
    for (const limit of [0.1, 0.5, 1, 1.5, 2.5]) {
      const share = Math.min(1, integral(0, shape, 1e-12, limit * width) / integral(0, shape));
      const found = values.filter((value) => Math.abs(value) < limit).length / draws;
      const error = Math.sqrt((share * (1 - share)) / draws);
      expect(Math.abs(found - share), `below ${limit}`).toBeLessThanOrEqual(4.5 * error + 1e-4);
    }
    const above = values.filter((value) => value > 0).length / draws;
    expect(Math.abs(above - 0.5)).toBeLessThan(4.5 * Math.sqrt(0.25 / draws));
  });

  it.each(shapes)("with shape %s has the moments that fits go by", (shape) => {
    const [all, sizes, squares, fourth] = [0, 1, 2, 4].map((power) => integral(power, shape));
    expect(kurtosis(shape) / ((fourth * all) / squares ** 2)).toBeCloseTo(1, 3);
    expect(shapeOfRatio(sizes ** 2 / (squares * all))).toBeCloseTo(shape, shape > 10 ? 0 : 2);
  });

  it("is Laplace, normal and uniform at 1, 2 and in the limit", () => {
    expect(kurtosis(1)).toBeCloseTo(6, 8);
    expect(kurtosis(2)).toBeCloseTo(3, 8);
    expect(kurtosis(1e4)).toBeCloseTo(1.8, 3);
    expect(shapeOfRatio(1 / 2)).toBeCloseTo(1, 8);
    expect(shapeOfRatio(2 / Math.PI)).toBeCloseTo(2, 8);
    expect(shapeOfRatio(3 / 4)).toBeGreaterThan(30);
    expect(shapeOfRatio(0)).toBeCloseTo(0.25, 6);
  });
});

describe("logScale", () => {
  it.each([0.1, 0.5, 2])("of spread %s has mean 0, that deviation, and its tail below", (spread) => {
    const uniform = uniformStream(2, spread * 10);
    const draw = logScale(spread);
    const values = Array.from({ length: 50_000 }, () => draw(uniform));
    const moment = (power: number): number =>
      values.reduce((sum, value) => sum + (value / spread) ** power, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.03);
    expect(moment(2)).toBeGreaterThan(0.93);
    expect(moment(2)).toBeLessThan(1.07);
    expect(moment(3)).toBeLessThan(0);
  });

  it("of spread 0 is 0 always", () => {
    expect(logScale(0)(uniformStream(1, 1))).toBe(0);
  });
});
