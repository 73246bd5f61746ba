import { expect, it } from "vitest";
import { bitlet } from "../../../../core/machines/bitlet/bitlet.ts";
import { configurationWith } from "../configurations.ts";

it.each([
  ["the published machine", {}, 0],
  ["a single beat of activations", { laneWidth: 16 }, 1],
  ["beats that are no power of two", { laneWidth: 96, inputPorts: 32 }, 1],
  ["another window", { window: 4 }, 1],
  ["no window, since nothing is scanned", { window: 4, distillation: "off" }, 0],
  ["a double-buffered front end", { pipeline: "overlapped" }, 1],
  ["both", { pipeline: "overlapped", laneWidth: 16 }, 2],
  ["filters that share the channels", { precision: "fixed8", packing: 2 }, 1],
  ["filters that share them, by the formula", { precision: "fixed8", packing: 2, pipeline: "published" }, 2],
  ["the formula of the paper", { pipeline: "published" }, 1],
  ["a float that the published element does not take", { precision: "bfloat16" }, 1],
  ["the same by the formula of the paper", { precision: "float16", pipeline: "published" }, 2],
  ["a fixed format without a row in the tables", { precision: "fixed1" }, 0],
])("%s", (_, changes, count) => {
  expect(bitlet.caveats(configurationWith(changes))).toHaveLength(count);
});

it("says that the published RTL does not pack", () => {
  expect(bitlet.caveats(configurationWith({ precision: "fixed8", packing: 2 }))[0]).toMatch(
    /^The published RTL does not pack: 2 filters/,
  );
});
