import { describe, expect, it } from "vitest";
import type { Group, ProcessingElement } from "../../../core/bit-interleaving/group.ts";
import { processGroup } from "../../../core/bit-interleaving/processing-element.ts";
import type { RecordedGroup } from "../../../explore/catalog/recorded-groups.ts";
import { readVectors } from "../../golden/read-vectors.ts";

const vectors = await readVectors();
const kinds = ["float", "fixed"] as const;

/** All outputs as one text. */
const outputs = (element: ProcessingElement, group: Group): string => {
  const { busy, accumulator, ...rest } = processGroup(element, group);
  return JSON.stringify({ ...rest, accumulator: String(accumulator), busy: [...busy] });
};

const before = new Map(vectors.map((vector) => [vector, outputs(vector.element, vector.group)]));

/** A vector with one bit of its inputs flipped; undefined where the result would be no input. */
type Flip = (vector: RecordedGroup, lane: number) => { element: ProcessingElement; group: Group } | undefined;

const weightFlip =
  (field: "signs" | "exponents" | "magnitudes", bit: number): Flip =>
  ({ element, group }, lane) => {
    const values = group.weights[field].slice();
    values[lane] ^= 1 << bit;
    return { element, group: { ...group, weights: { ...group.weights, [field]: values } } };
  };

const activationFlip =
  (bit: number): Flip =>
  ({ element, group }, lane) => {
    const activations = group.activations.slice();
    activations[lane] ^= 1 << bit;
    return { element, group: { ...group, activations } };
  };

const settingFlip =
  (change: (element: ProcessingElement) => Partial<ProcessingElement>): Flip =>
  ({ element, group }, lane) => {
    const changed = { ...element, ...change(element) };
    return lane > 0 || changed.mask === 0 || changed.quant > 24 ? undefined : { element: changed, group };
  };

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

const flips: Readonly<Record<string, readonly Flip[]>> = {
  "weight sign": [weightFlip("signs", 0)],
  "weight exponent": upTo(8).map((bit) => weightFlip("exponents", bit)),
  "weight magnitude": upTo(24).map((bit) => weightFlip("magnitudes", bit)),
  activation: upTo(32).map(activationFlip),
  prune: upTo(24).map((bit) => settingFlip(({ mask }) => ({ mask: mask ^ (1 << bit) }))),
  quant: upTo(5).map((bit) => settingFlip(({ quant }) => ({ quant: quant ^ (1 << bit) }))),
  isfix: [settingFlip(({ kind }) => ({ kind: kind === "float" ? "fixed" : "float" }))],
  N_input: [settingFlip(({ inputPorts }) => ({ inputPorts: inputPorts / 2 }))],
};

/** Inputs that a kind of group does not look at: the field, and its bits. */
const ignored = (kind: "float" | "fixed", field: string, bit: number): boolean =>
  kind === "float"
    ? field === "quant"
    : field === "weight exponent" || (field === "activation" && bit >= 24 && bit <= 30);

const changed = (vector: RecordedGroup, flipped: ReturnType<Flip>): boolean =>
  flipped !== undefined && outputs(flipped.element, flipped.group) !== before.get(vector);

/** Whether a flip in some lane of some vector changes an output. */
const matters = (kind: "float" | "fixed", flip: Flip): boolean =>
  vectors.some(
    (vector) =>
      vector.element.kind === kind &&
      upTo(vector.element.laneWidth).some((lane) => changed(vector, flip(vector, lane))),
  );

const positions = Object.entries(flips).flatMap(([field, list]) =>
  list.map((flip, bit) => ({ field, bit, flip })),
);

describe.each(kinds)("the %s vectors tell", (kind) => {
  it.each(positions.filter(({ field, bit }) => !ignored(kind, field, bit)))(
    "bit $bit of $field from its opposite",
    ({ flip }) => {
      expect(matters(kind, flip)).toBe(true);
    },
  );

  it("each lane of each width from its negative", () => {
    for (const width of new Set(vectors.map(({ element }) => element.laneWidth))) {
      const ofWidth = vectors.filter(({ element }) => element.kind === kind && element.laneWidth === width);
      expect(ofWidth.length).toBeGreaterThan(0);
      for (let lane = 0; lane < width; lane++) {
        for (const flip of [weightFlip("signs", 0), activationFlip(31)]) {
          expect(ofWidth.some((vector) => changed(vector, flip(vector, lane)))).toBe(true);
        }
      }
    }
  });
});

describe("inputs that nothing depends on", () => {
  const unused = kinds.flatMap((kind) =>
    positions
      .filter(({ field, bit }) => ignored(kind, field, bit))
      .map((position) => ({ kind, ...position })),
  );

  it("are quant in float groups, and in fixed ones weight exponents and activation bits 30 to 24", () => {
    expect(unused.map(({ kind, field }) => `${kind} ${field}`)).toEqual([
      ...new Array(5).fill("float quant"),
      ...new Array(8).fill("fixed weight exponent"),
      ...new Array(7).fill("fixed activation"),
    ]);
  });

  it.each(unused)("$kind: bit $bit of $field, in all lanes", ({ kind, flip }) => {
    for (const vector of vectors.filter(({ element }) => element.kind === kind)) {
      let all = vector;
      for (let lane = 0; lane < vector.element.laneWidth; lane++) {
        all = { ...all, ...flip(all, lane) };
      }
      expect(outputs(all.element, all.group)).toBe(before.get(vector));
    }
  });
});
