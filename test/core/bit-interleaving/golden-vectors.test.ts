import { describe, expect, it } from "vitest";
import { alignGroup } from "../../../core/bit-interleaving/align.ts";
import { countOnes } from "../../../core/bit-interleaving/count-ones.ts";
import { distill } from "../../../core/bit-interleaving/distill.ts";
import { emptyWindows } from "../../../core/bit-interleaving/empty-windows.ts";
import { groupLevels, planeTotals } from "../../../core/bit-interleaving/sliced-counts.ts";
import { groupLatency, largestExponentCycle } from "../../../core/bit-interleaving/timing.ts";
import { readVectors, type Vector } from "../../golden/read-vectors.ts";

const window = 8;

/** Aligned magnitudes and largest exponent of a vector; an activation of ±0 has exponent 0, a denormal exponent 1. */
const align = (vector: Vector): { words: Int32Array; largest: number } => {
  const magnitudes = Int32Array.from(vector.w, (text) => Number.parseInt(text.slice(3), 16));
  if (vector.isfix === 1) return { words: magnitudes, largest: 0 };
  const weightExponents = Uint8Array.from(vector.w, (text) => Number.parseInt(text.slice(1, 3), 16));
  const activationExponents = Uint8Array.from(vector.a, (text) => {
    const word = Number.parseInt(text, 16);
    const field = (word >>> 23) & 0xff;
    return field === 0 && (word & 0x7fffff) !== 0 ? 1 : field;
  });
  const words = new Int32Array(magnitudes.length);
  const largest = alignGroup(magnitudes, weightExponents, 0, activationExponents, 0, words.length, words);
  return { words, largest };
};

describe("300 vectors of the authors' RTL", () => {
  const vectors = readVectors();

  it("are 170 float32 and 130 fixed-point cases", () => {
    expect(vectors.filter((vector) => vector.isfix === 0)).toHaveLength(170);
    expect(vectors.filter((vector) => vector.isfix === 1)).toHaveLength(130);
  });

  it.each(vectors.map((vector) => [vector.id, vector] as const))("%s", (_, vector) => {
    const { words, largest } = align(vector);
    const mask = Number.parseInt(vector.prune, 16);
    const { busy, scan } = distill(words, window, mask);
    expect([...busy]).toEqual(vector.busy);
    expect(scan).toBe(vector.scan);
    const ones = new Int32Array(groupLevels);
    const empty = new Int32Array(groupLevels);
    countOnes(words, words.length, ones);
    emptyWindows(words, words.length, window, empty);
    const cycles = planeTotals(ones).map((count, plane) => count + planeTotals(empty)[plane]);
    expect([...cycles].map((count, plane) => ((mask >>> plane) & 1) * count)).toEqual(vector.busy);
    expect(largest).toBe(vector.emax);
    expect(largestExponentCycle(vector.N_total, vector.N_input)).toBe(vector.emax_cycle);
    const shape = {
      kind: vector.isfix === 1 ? ("fixed" as const) : ("float" as const),
      laneWidth: vector.N_total,
      inputPorts: vector.N_input,
      window,
    };
    expect(groupLatency(shape, scan)).toBe(vector.latency);
  });
});
