import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readModelFile } from "../../../explore/catalog/model-file.ts";
import { temporaryFolder } from "../engine/fixture.ts";

const folder = temporaryFolder();

it.each([
  ["nests without end", "[".repeat(100_000), /model\.json: byte 64: the JSON nests more than 64 levels deep/],
  ["has a key twice", '{"a":1,"a":2}', /model\.json: byte 7: the key "a" stands there twice/],
  ["is no text", "\u00ff", /model\.json: byte 0: the JSON is not valid UTF-8/],
  ["is no JSON", "{", /model\.json: byte 0: this is not JSON/],
])("a model.json that %s is refused with its place", async (_, text, message) => {
  const path = join(folder, "model.json");
  writeFileSync(path, text, "latin1");
  await expect(readModelFile(path, { name: "m", source: "", inputs: {} })).rejects.toThrow(message);
});
