import { describe, expect, it } from "vitest";
import { compiledFile } from "../compiled-file.ts";
import { tryDecoder } from "./campaign.ts";
import { decoders } from "./decoders.ts";

describe("a damaged file", () => {
  it.each(decoders.map(({ name }) => name))(
    "%s: is refused with its place, or is a network of counts",
    async (name) => {
      const campaign = { seed: 1, from: 0, seconds: 60, iterations: 150 };
      const { decoded, refused, failures } = await tryDecoder(
        name,
        compiledFile("test/fuzz/child"),
        campaign,
      );
      expect(failures).toEqual([]);
      expect(decoded + refused).toBe(campaign.iterations);
      // Damage that is always seen, or never, would show little.
      expect(Math.min(decoded, refused)).toBeGreaterThan(campaign.iterations / 100);
    },
  );
});
