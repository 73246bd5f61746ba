import fc from "fast-check";
import { expect, it } from "vitest";
import { radixOrder } from "../../../explore/engine/radix-order.ts";

it("orders positions by key, equal keys by position, as a comparison does", () => {
  const key = fc.oneof(fc.nat(3), fc.nat(5000), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 60 }), fc.nat(60), (keys, spare) => {
      const room = Uint32Array.of(...keys, ...new Array<number>(spare).fill(7));
      const expected = [...keys.keys()].sort((left, right) => keys[left] - keys[right] || left - right);
      expect([...radixOrder(room, keys.length)]).toEqual(expected);
    }),
  );
});
