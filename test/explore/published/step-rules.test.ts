import { describe, expect, it } from "vitest";
import { machines } from "../../../core/machines/registry.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { quantize } from "../../../core/numerics/quantize.ts";
import { reductionLength } from "../../../core/workloads/layer.ts";
import { errorOf, verdictOf } from "../../../explore/published/published-check.ts";
import { shippedPublished } from "../../../explore/published/published-numbers.ts";
import { stepRuleChecks, stepRuleMachines, stepTiles } from "../../../explore/published/step-rules.ts";

const checks = await stepRuleChecks(shippedPublished());

describe("step rules worked by hand", () => {
  it("are there for every machine", () => {
    expect(Object.keys(machines).filter((name) => !stepRuleMachines.includes(name))).toEqual([]);
  });

  it.each(checks.map((check) => [check.machine, check.what, check] as const))(
    "hold: %s, %s",
    (_, __, check) => {
      expect({ ours: check.ours, demand: check.demand }).toEqual({ ours: check.theirs, demand: "exact" });
      expect(verdictOf(check)).toBe("pass");
      expect(errorOf(check)).toBe(0);
    },
  );

  it("have a tile for each number, and a number for each tile", () => {
    const named = Object.entries(shippedPublished().numbers("step-rules")).flatMap(([machine, { values }]) =>
      Object.keys(values).map((name) => `${machine} ${name}`),
    );
    expect(named.sort()).toEqual(stepTiles.map(({ machine, name }) => `${machine.name} ${name}`).sort());
  });
});

/** A tile's operands as its machine quantizes them. */
const codesOf = (values: readonly (readonly number[])[], filters: number, precision: string): number[] => [
  ...quantize(Float32Array.from(values.flat()), filters, parseFormat(precision), "per-tensor").codes,
];

describe("the tiles", () => {
  it("have as many operands as their layer reads", () => {
    for (const { layer, weights, activations, name } of stepTiles) {
      if (typeof weights === "object") {
        expect(weights.length, name).toBe(layer.filters);
        for (const row of weights) expect(row.length, name).toBe(reductionLength(layer));
      }
      for (const vector of activations ?? []) expect(vector.length, name).toBe(reductionLength(layer));
    }
  });

  it("are the codes that their machine multiplies", () => {
    // SCNN asks only which weights are zero.
    const listed = stepTiles.filter(
      ({ machine, changes }) => machine.name !== "scnn" && changes.precision !== "float32",
    );
    for (const { machine, changes, layer, weights, activations, name } of listed) {
      const precision =
        changes.precision ?? machine.parameters.find((one) => one.name === "precision")?.default;
      const context = `${machine.name} ${name}`;
      if (typeof weights === "object")
        expect(codesOf(weights, layer.filters, String(precision)), context).toEqual(weights.flat());
      if (activations !== undefined)
        expect(codesOf(activations, 1, String(precision)), context).toEqual(activations.flat());
    }
  });
});
