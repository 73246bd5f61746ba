import { describe, expect, it } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import { nodeFactors, scaledKinds } from "../../../core/technology/scaling.ts";
import { configuredTechnology } from "./configured-technology.ts";

const { scaling } = configuredTechnology;

describe("nodeFactors", () => {
  it("is the evidence between its two nodes, either way, and nothing at one node", () => {
    const { factors, mark } = nodeFactors(scaling, 65, 28);
    expect(factors.logicArea).toBeCloseTo(1 / 3.76, 12);
    expect(factors.logicPower).toBeCloseTo(1 / 3.2, 12);
    // Leakage of the small node is the larger one.
    expect(factors.sramLeakage).toBeCloseTo(1 / 0.313, 12);
    expect(mark).toBe("derived");
    const back = nodeFactors(scaling, 28, 65).factors;
    for (const kind of scaledKinds) expect(factors[kind] * back[kind]).toBeCloseTo(1, 12);
    expect(new Set(Object.values(nodeFactors(scaling, 28, 28).factors))).toEqual(new Set([1]));
    expect(nodeFactors(scaling, 250, 250).mark).toBe("stated");
  });

  it("is one power of the feature size elsewhere, which nobody has checked", () => {
    const { factors, mark } = nodeFactors(scaling, 28, 14);
    // Halving the feature size divides the area by 3.76^(ln 2 / ln (65/28)) = 2.97.
    expect(factors.logicArea).toBeCloseTo(1 / 2.9746, 4);
    expect(mark).toBe("remembered");
    const steps =
      nodeFactors(scaling, 28, 20).factors.logicArea * nodeFactors(scaling, 20, 14).factors.logicArea;
    expect(steps).toBeCloseTo(factors.logicArea, 12);
  });

  it("refuses nodes out of its reach", () => {
    for (const [from, to] of [
      [28, 5],
      [250, 28],
    ]) {
      expect(() => nodeFactors(scaling, from, to)).toThrow(ModelError);
      expect(() => nodeFactors(scaling, from, to)).toThrow("costs can be scaled between 7 and 180 nm only");
    }
  });
});
