import { describe, expect, it } from "vitest";
import { configurationKey } from "../../../explore/space/key.ts";

describe("configurationKey", () => {
  it("is the start of the SHA-256 of the canonical JSON", () => {
    // printf '{"configuration":{"a":1,"b":"x"},"machine":"m"}' | sha256sum
    expect(configurationKey("m", { b: "x", a: 1 })).toBe("0b1061b78c535464");
  });

  it("does not depend on the order of the parameters, but on every name and value", () => {
    const key = configurationKey("m", { a: 1, b: 2 });
    expect(configurationKey("m", { b: 2, a: 1 })).toBe(key);
    const others = [
      configurationKey("n", { a: 1, b: 2 }),
      configurationKey("m", { a: 2, b: 1 }),
      configurationKey("m", { a: 1, b: "2" }),
      configurationKey("m", { a: 1 }),
    ];
    expect(new Set([key, ...others]).size).toBe(5);
  });
});
