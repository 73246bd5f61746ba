import { describe, expect, it } from "vitest";
import { activationOperands } from "../../../core/bit-interleaving/activation-operands.ts";
import { alignGroup } from "../../../core/bit-interleaving/align.ts";
import { countOnes } from "../../../core/bit-interleaving/count-ones.ts";
import { emptyWindows } from "../../../core/bit-interleaving/empty-windows.ts";
import { processGroup } from "../../../core/bit-interleaving/processing-element.ts";
import { groupCounts } from "../../../core/bit-interleaving/sliced-counts.ts";
import { readVectors } from "../../golden/read-vectors.ts";
import { planeTotals } from "./words.ts";

const vectors = await readVectors();

describe("300 vectors of the authors' RTL", () => {
  it("are 170 float32 and 130 fixed-point cases", () => {
    expect(vectors.filter(({ element }) => element.kind === "float")).toHaveLength(170);
    expect(vectors.filter(({ element }) => element.kind === "fixed")).toHaveLength(130);
  });

  it.each(vectors)("$id", ({ element, group, recorded }) => {
    const processed = processGroup(element, group);
    expect(processed.result).toBe(Number.parseInt(recorded.res, 16));
    expect(BigInt.asUintN(64, processed.accumulator)).toBe(BigInt(`0x${recorded.aacc}`));
    expect(processed.largestExponent).toBe(recorded.emax);
    expect(processed.largestExponentCycle).toBe(recorded.emax_cycle);
    expect([...processed.busy]).toEqual(recorded.busy);
    expect(processed.scan).toBe(recorded.scan);
    expect(processed.latency).toBe(recorded.latency);
  });

  it.each(vectors)("$id: the counts of all planes at once", ({ element, group, recorded }) => {
    const { kind, laneWidth, window, mask } = element;
    const { exponents, magnitudes } = group.weights;
    const words = Int32Array.from(magnitudes);
    if (kind === "float") {
      const activations = activationOperands(kind, group.activations);
      alignGroup(magnitudes, exponents, 0, activations.exponents, 0, laneWidth, words);
    }
    const ones = groupCounts(laneWidth);
    const empty = groupCounts(laneWidth);
    countOnes(words, laneWidth, ones);
    emptyWindows(words, laneWidth, window, empty);
    const cycles = planeTotals(ones).map((count, plane) => count + planeTotals(empty)[plane]);
    expect([...cycles].map((count, plane) => ((mask >>> plane) & 1) * count)).toEqual(recorded.busy);
  });
});
