import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createIndexMap, type IndexMap } from "../../../explore/space/index-map.ts";
import { createSpace, type SpaceDescription } from "../../../explore/space/space.ts";
import { spacePairs } from "./random-spaces.ts";

/** The same, looking every design up. */
const lookedUp = (from: SpaceDescription, to: SpaceDescription): IndexMap => {
  const [space, target] = [createSpace(from), createSpace(to)];
  return (index) => {
    const point = space.pointAt(index);
    return point === null ? null : target.indexOf(point.machine, point.configuration);
  };
};

describe("createIndexMap", () => {
  it("finds every design where it is, and else nothing or an index that has no design", () => {
    fc.assert(
      fc.property(spacePairs, fc.boolean(), (pair, backwards) => {
        const [from, to] = backwards ? [pair[1], pair[0]] : pair;
        const [map, expected] = [createIndexMap(from, to), lookedUp(from, to)];
        const target = createSpace(to);
        for (let index = 0; index < createSpace(from).total; index++) {
          const found = map(index);
          const excluded = found !== null && target.pointAt(found) === null;
          expect(excluded ? null : found).toBe(expected(index));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("refuses an index outside the space", () => {
    fc.assert(
      fc.property(spacePairs, ([from, to]) => {
        const { total } = createSpace(from);
        expect(() => createIndexMap(from, to)(total)).toThrow(RangeError);
      }),
      { numRuns: 50 },
    );
  });
});
