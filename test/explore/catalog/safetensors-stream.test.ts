import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DecodeError } from "../../../core/errors.ts";
import { CatalogError } from "../../../explore/catalog/catalog-error.ts";
import { isSafetensorsModel, readTensorHeaders } from "../../../explore/catalog/safetensors-stream.ts";
import {
  safetensorsFile,
  type WrittenSafetensor,
  writeSafetensors,
} from "../../fixtures/safetensors-writer.ts";
import { temporaryFolder } from "../engine/fixture.ts";

const tensor = (name: string): WrittenSafetensor => ({ name, dtype: "F32", shape: [2, 1], values: [1, 2] });

/** A folder `model` with two shards and an index, in a folder of its own. */
const shardedModel = (
  weightMap: unknown = { b: "shard-2.safetensors", a: "shard-1.safetensors", c: "shard-1.safetensors" },
): { readonly folder: string; readonly index: string } => {
  const folder = temporaryFolder();
  const model = join(folder, "model");
  mkdirSync(model);
  writeFileSync(join(model, "shard-1.safetensors"), writeSafetensors([tensor("a"), tensor("c")]));
  writeFileSync(join(model, "shard-2.safetensors"), writeSafetensors([tensor("b")]));
  writeFileSync(join(folder, "outside.safetensors"), writeSafetensors([tensor("a")]));
  const index = "model/model.safetensors.index.json";
  writeFileSync(
    join(folder, index),
    typeof weightMap === "string"
      ? weightMap
      : JSON.stringify({ metadata: { total_size: 24 }, weight_map: weightMap }),
  );
  return { folder, index };
};

it("knows files and indices by their names", () => {
  expect(["a.safetensors", "npm:p/model.safetensors.index.json"].every(isSafetensorsModel)).toBe(true);
  expect(["model.json", "a.safetensors.json", "safetensors", "a.onnx"].some(isSafetensorsModel)).toBe(false);
});

it("reads the header of a file, in the order of the data", async () => {
  const folder = temporaryFolder();
  const bytes = writeSafetensors([
    { name: "z", dtype: "BF16", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
    { name: "a", dtype: "F64", shape: [], values: [7] },
  ]);
  const path = join(folder, "m.safetensors");
  writeFileSync(path, bytes);
  const dataStart = bytes.length - 20;
  expect(await readTensorHeaders("m.safetensors", folder)).toEqual([
    {
      name: "z",
      dtype: "BF16",
      width: 2,
      stored: "bfloat16",
      shape: [2, 3],
      begin: 0,
      end: 12,
      path,
      dataStart,
    },
    { name: "a", dtype: "F64", width: 8, stored: "float64", shape: [], begin: 12, end: 20, path, dataStart },
  ]);
});

it("reads all shards of an index, in the order of their names", async () => {
  const { folder, index } = shardedModel();
  const tensors = await readTensorHeaders(index, folder);
  expect(tensors.map(({ name, path }) => [name, path])).toEqual([
    ["a", join(folder, "model/shard-1.safetensors")],
    ["c", join(folder, "model/shard-1.safetensors")],
    ["b", join(folder, "model/shard-2.safetensors")],
  ]);
});

it("follows links, as the folders of the Hugging Face cache have them", async () => {
  const { folder, index } = shardedModel({ a: "link.safetensors" });
  symlinkSync("../outside.safetensors", join(folder, "model/link.safetensors"));
  expect((await readTensorHeaders(index, folder)).map(({ name }) => name)).toEqual(["a"]);
});

it.each<[string, unknown, RegExp]>([
  [
    "a shard above its folder",
    { a: "../outside.safetensors" },
    /its shard "\.\.\/outside\.safetensors" is outside/,
  ],
  ["a shard at an absolute path", { a: "/etc/passwd" }, /its shard "\/etc\/passwd" is outside/],
  ["the folder itself as a shard", { a: "." }, /its shard "\." is outside/],
  ["a shard that is absent", { a: "shard-3.safetensors" }, /shard-3\.safetensors: there is no such file/],
  [
    "a tensor that its shard lacks",
    { a: "shard-2.safetensors", b: "shard-2.safetensors" },
    /index\.json: it places tensor "a" in shard-2\.safetensors, which does not hold it/,
  ],
  [
    "a shard with a tensor more",
    { a: "shard-1.safetensors" },
    /index\.json: shard-1\.safetensors holds tensor "c", which the index does not place there/,
  ],
  ["a shard that is no text", { a: 1 }, /index\.json: the index\.weight_map: a is 1, expected a text/],
  ["an index without a map", "{}", /index\.json: the index\.weight_map: absent: expected an object/],
  ["a list", "[]", /index\.json: the index: \[\]: expected an object/],
  [
    "a tensor twice",
    '{"weight_map":{"a":"x","a":"y"}}',
    /index\.json: byte 23: the key "a" stands there twice/,
  ],
])("refuses %s", async (_, weightMap, message) => {
  const { folder, index } = shardedModel(weightMap);
  await expect(readTensorHeaders(index, folder)).rejects.toThrow(message);
});

it("refuses files that are absent, none, or damaged, with their path", async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "folder.safetensors"));
  const refused = (name: string) => expect(readTensorHeaders(name, folder)).rejects;
  await refused("absent.safetensors").toThrow(CatalogError);
  await refused("folder.safetensors").toThrow(/folder\.safetensors: it is no file/);
  const damaged = async (bytes: Uint8Array, message: string) => {
    writeFileSync(join(folder, "m.safetensors"), bytes);
    await refused("m.safetensors").toThrow(DecodeError);
    await refused("m.safetensors").toThrow(`safetensors: ${join(folder, "m.safetensors")}: ${message}`);
  };
  await damaged(Uint8Array.of(1, 2), "byte 0: the file has 2 bytes");
  await damaged(safetensorsFile("{}", [], 9n), "byte 0: a header of 9 bytes is announced, 2 are left");
  await damaged(safetensorsFile("[]"), "byte 8: the header does not begin with {");
  const whole = writeSafetensors([tensor("a")]);
  await damaged(
    whole.subarray(0, whole.length - 1),
    'tensor "a": its data end at byte 8, the data of the file at byte 7',
  );
});
