import { describe, expect, it } from "vitest";
import { type GroupRequest, groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { ModelError } from "../../../core/errors.ts";

const request: GroupRequest = {
  format: "float32",
  quantization: "per-tensor",
  laneWidth: 16,
  window: 8,
  activePlanes: 24,
  activationExponents: "distribution",
  activationVectors: 2,
  activationZeros: 0,
  seed: 3,
  stream: 5,
};

const weights = Float32Array.from({ length: 12 }, (_, index) => index - 4.5);

/** The error that statistics of these weights end in; undefined where there are statistics. */
const refusalOf = (
  changes: Partial<GroupRequest>,
  values: Float32Array = weights,
  filters = 3,
): ModelError | undefined => {
  try {
    groupStatistics(values, filters, { ...request, ...changes });
    return undefined;
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
};

const expectRefusal = (error: ModelError | undefined, message: string): void => {
  expect(error).toMatchObject({ code: "request", message: `${message} for group statistics` });
};

type Bounded = "laneWidth" | "window" | "activePlanes" | "activationVectors" | "activationZeros";

const bounds: readonly {
  readonly name: Bounded;
  readonly expected: string;
  readonly accepted: readonly number[];
  readonly refused: readonly number[];
}[] = [
  {
    name: "laneWidth",
    expected: "an integer from 1 to 256",
    accepted: [1, 256],
    refused: [0, 257, -1, 1.5],
  },
  { name: "window", expected: "an integer from 0 to 64", accepted: [0, 64], refused: [-1, 65, 0.5] },
  { name: "activePlanes", expected: "an integer from 1 to 24", accepted: [1, 24], refused: [0, 25, 1.5] },
  {
    name: "activationVectors",
    expected: "an integer of at least 1",
    accepted: [1, 300],
    refused: [0, -1, 1.5],
  },
  {
    name: "activationZeros",
    expected: "a share in [0, 1)",
    accepted: [0, 1 - 2 ** -53],
    refused: [-(2 ** -1074), 1],
  },
];

describe("a request for group statistics", () => {
  it.each(bounds)("is refused where $name is not $expected", ({ name, expected, accepted, refused }) => {
    for (const value of accepted) expect(refusalOf({ [name]: value }), `${value}`).toBeUndefined();
    for (const value of [...refused, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expectRefusal(refusalOf({ [name]: value }), `${name} ${value}: expected ${expected}`);
    }
  });

  it.each(["float32", "float16", "bfloat16", "fixed24", "fixed1"])("has the same bounds in %s", (format) => {
    for (const changes of [
      { laneWidth: 257 },
      { window: 65 },
      { activePlanes: 0 },
      { activePlanes: 25 },
      { activationZeros: 1 },
    ]) {
      expect(refusalOf({ ...changes, format }), JSON.stringify(changes)).toMatchObject({ code: "request" });
    }
  });

  it("needs activation vectors only where exponents are drawn", () => {
    for (const format of ["float32", "float16", "bfloat16"]) {
      expect(refusalOf({ format, activationVectors: 0 })).toMatchObject({ code: "request" });
      expect(refusalOf({ format, activationVectors: 0, activationExponents: "ignore" })).toBeUndefined();
    }
    expect(refusalOf({ format: "fixed8", activationVectors: 0 })).toBeUndefined();
    const captured = { exponents: new Uint8Array(4), vectors: 1, groups: 1 };
    const asked = { ...request, activationExponents: "captured" as const, activationVectors: 0 };
    expect(groupStatistics(weights, 3, asked, captured).vectors).toBe(1);
  });

  it("is for weights that are a positive multiple of the filters", () => {
    for (const filters of [1, 2, 3, 4, 6, 12]) expect(refusalOf({}, weights, filters)).toBeUndefined();
    for (const filters of [5, 7, 13, 24]) {
      expectRefusal(
        refusalOf({}, weights, filters),
        `weights 12: expected a positive multiple of ${filters} filters`,
      );
    }
    expectRefusal(refusalOf({}, new Float32Array(0)), "weights 0: expected a positive multiple of 3 filters");
    for (const filters of [0, -3, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expectRefusal(refusalOf({}, weights, filters), `filters ${filters}: expected an integer of at least 1`);
    }
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "is for no weight %s",
    (value) => {
      for (const format of ["float32", "float16", "bfloat16", "fixed24", "fixed8", "fixed1"]) {
        for (const place of [0, 5, 11]) {
          expect(refusalOf({ format }, weights.with(place, value)), format).toMatchObject({
            code: "not-finite",
          });
        }
      }
      expect(refusalOf({}, weights.with(5, 3.4e38))).toBeUndefined();
    },
  );
});
