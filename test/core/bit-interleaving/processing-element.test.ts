import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Group, ProcessingElement } from "../../../core/bit-interleaving/group.ts";
import { idealResult } from "../../../core/bit-interleaving/ideal-result.ts";
import { processGroup } from "../../../core/bit-interleaving/processing-element.ts";
import { anyCase } from "./arbitrary-group.ts";
import { fixedCase, floatCase } from "./make-group.ts";

/**
 * The processing element once more, as a simulation on texts of binary digits: every cycle each channel that has lanes
 * left looks at its window and adds at most one activation.
 */
const simulate = (element: ProcessingElement, { weights, activations }: Group) => {
  const { kind, laneWidth, inputPorts, window, mask, quant } = element;
  const binary = (value: number | bigint, digits: number) => value.toString(2).padStart(digits, "0");
  const lanes = Array.from(activations, (word, lane) => {
    const digits = binary(word, 32);
    const field = Number.parseInt(digits.slice(1, 9), 2);
    const isZero = !digits.slice(1).includes("1");
    const magnitude = BigInt(`0b1${digits.slice(9)}`);
    const activation =
      kind === "fixed"
        ? BigInt(`0b${digits.slice(8)}`) - (digits[0] === "1" ? 1n << 24n : 0n)
        : isZero
          ? 0n
          : magnitude * (digits[0] === "1" ? -1n : 1n);
    const negated = weights.signs[lane] === 1 && activation !== -(1n << 24n);
    return {
      word: binary(weights.magnitudes[lane], 24),
      exponent: weights.exponents[lane] + (isZero ? 0 : Math.max(field, 1)),
      signed: negated ? -activation : activation,
    };
  });
  const largest = kind === "fixed" ? 0 : Math.max(...lanes.map(({ exponent }) => exponent));
  const words = lanes.map(({ word, exponent }) =>
    kind === "fixed" ? word : `${"0".repeat(largest - exponent)}${word}`.slice(0, 24),
  );
  const pointers = Array.from({ length: 24 }, (_, plane) => ((mask >>> plane) & 1 ? 0 : laneWidth));
  const busy = new Array<number>(24).fill(0);
  let sum = 0n;
  let scan = 0;
  for (; pointers.some((pointer) => pointer < laneWidth); scan++) {
    for (const [plane, pointer] of pointers.entries()) {
      if (pointer >= laneWidth) continue;
      const essential = words.flatMap((word, lane) =>
        lane >= pointer && lane < pointer + window && word[23 - plane] === "1" ? [lane] : [],
      );
      if (essential.length > 0) sum += lanes[essential[0]].signed * 2n ** BigInt(plane);
      pointers[plane] = essential[1] ?? pointer + window;
      busy[plane]++;
    }
  }
  const beats = Math.ceil(laneWidth / inputPorts);
  let depth = 0;
  while (2 ** depth < inputPorts) depth++;
  const sign = sum < 0n ? "1" : "0";
  let result: string;
  if (kind === "fixed") {
    const digits = binary(BigInt.asUintN(64, sum), 64);
    const oddParity = digits.slice(0, 16).replaceAll("0", "").length % 2 === 1;
    const unlike = [...digits.slice(16, 40 - quant)].some((digit) => digit !== sign);
    const saturated = sign === "1" ? "0".repeat(24) : "1".repeat(24);
    result = `${sign}0000000${oddParity || unlike ? saturated : digits.slice(40 - quant, 64 - quant)}`;
  } else if (sum === 0n) {
    result = "0".repeat(32);
  } else {
    const digits = (sum < 0n ? -sum : sum).toString(2);
    const exponent = largest - 174 + digits.length;
    const significand = digits.padEnd(24, "0").slice(0, 24);
    if (exponent > 254) result = `${sign}${"1".repeat(8)}${"0".repeat(23)}`;
    else if (exponent >= 0) result = `${sign}${binary(exponent, 8)}${significand.slice(1)}`;
    else result = `${sign}${"0".repeat(8)}${`${"0".repeat(1 - exponent)}${significand}`.slice(1, 24)}`;
  }
  return {
    result: Number.parseInt(result, 2),
    accumulator: sum,
    largestExponent: largest,
    largestExponentCycle: beats + depth + 1,
    busy,
    scan,
    latency: beats + depth + (kind === "float" ? 16 : 13) + scan,
  };
};

describe("processGroup", () => {
  it.each(["float", "fixed"] as const)("%s: is a cycle-by-cycle simulation", (kind) => {
    fc.assert(
      fc.property(anyCase(kind, 40), ({ element, group }) => {
        const { busy, ...rest } = processGroup(element, group);
        expect({ ...rest, busy: [...busy] }).toEqual(simulate(element, group));
      }),
      { numRuns: 1000 },
    );
  });

  it("takes 256 lanes of full words", () => {
    const full = fixedCase(Array.from({ length: 256 }, () => [-0xffffff, -0xffffff]));
    const { accumulator, scan } = processGroup(full.element, full.group);
    expect(accumulator).toBe(256n * 0xffffffn ** 2n);
    expect(scan).toBe(256);
  });

  it("gives the ideal result where nothing is lost and nothing is odd: small integers and their halves", () => {
    const small = fc.integer({ min: -15, max: 15 }).map((value) => value / 2);
    const products = fc.array(fc.tuple(small, small), { minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(products, (pairs) => {
        const { element, group } = floatCase(pairs);
        const { result } = processGroup(element, group);
        const sum = pairs.reduce((total, [weight, activation]) => total + weight * activation, 0);
        expect(result).toBe(new Uint32Array(Float32Array.of(sum === 0 ? 0 : sum).buffer)[0]);
        expect(idealResult(element, group)).toBe(result);
      }),
    );
  });

  it("gives the ideal result of integers that the shift divides and the result word holds", () => {
    const products = fc.array(
      fc.tuple(fc.integer({ min: -127, max: 127 }), fc.integer({ min: -128, max: 127 })),
      { minLength: 1, maxLength: 256 },
    );
    fc.assert(
      fc.property(products, fc.integer({ min: 0, max: 8 }), (pairs, quant) => {
        const shifted = pairs.map(([weight, activation]) => [weight * 2 ** quant, activation] as const);
        const { element, group } = fixedCase(shifted, { quant });
        const { result } = processGroup(element, group);
        const sum = pairs.reduce((total, [weight, activation]) => total + weight * activation, 0);
        expect(result).toBe((sum < 0 ? 2 ** 31 : 0) + (sum & 0xffffff));
        expect(idealResult(element, group)).toBe(result);
      }),
    );
  });
});

describe("what is no group", () => {
  const { element, group } = fixedCase([
    [1, 2],
    [3, 4],
  ]);
  const { weights } = group;
  it.each([
    ["laneWidth 0: expected an integer from 1 to 256", { laneWidth: 0 }, {}],
    ["laneWidth 257: expected an integer from 1 to 256", { laneWidth: 257 }, {}],
    ["inputPorts 1.5: expected an integer", { inputPorts: 1.5 }, {}],
    ["inputPorts 0: expected", { inputPorts: 0 }, {}],
    ["window -1: expected", { window: -1 }, {}],
    ["mask 16777216: expected an integer from 0 to 16777215", { mask: 2 ** 24 }, {}],
    ["mask 0: expected at least one enabled plane", { mask: 0 }, {}],
    ["quant 25: expected an integer from 0 to 24", { quant: 25 }, {}],
    ["quant NaN: expected", { quant: Number.NaN }, {}],
    ["2 signs: expected one for each of 3 lanes", { laneWidth: 3 }, {}],
    ["3 activations: expected one for each of 2 lanes", {}, { activations: new Uint32Array(3) }],
    ["1 exponents: expected", {}, { weights: { ...weights, exponents: new Uint8Array(1) } }],
    ["1 magnitudes: expected", {}, { weights: { ...weights, magnitudes: new Int32Array(1) } }],
    ["weight 1 has sign 2: expected 0 or 1", {}, { weights: { ...weights, signs: Uint8Array.of(0, 2) } }],
    [
      "weight 0 has magnitude 16777216: expected 24 bits",
      {},
      { weights: { ...weights, magnitudes: Int32Array.of(2 ** 24, 0) } },
    ],
    [
      "weight 1 has magnitude -1: expected 24 bits",
      {},
      { weights: { ...weights, magnitudes: Int32Array.of(0, -1) } },
    ],
  ])("%s", (message, settings, operands) => {
    for (const answer of [processGroup, idealResult]) {
      expect(() => answer({ ...element, ...settings }, { ...group, ...operands })).toThrow(
        expect.objectContaining({ _tag: "ModelError", message: expect.stringContaining(message) }),
      );
    }
  });
});
