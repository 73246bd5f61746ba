import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTensors } from "../../../explore/catalog/tensor-file.ts";
import { writeNpy } from "../../fixtures/npy-writer.ts";
import { writeOnnx } from "../../fixtures/onnx-writer.ts";
import { writeSafetensors } from "../../fixtures/safetensors-writer.ts";

let directory = "";
const write = (name: string, content: string | Uint8Array): void => {
  const path = join(directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
};
const read = (name: string) => readTensors(join(directory, name));
const two = writeNpy({ descr: "<f4", shape: [2], values: [1, 2] });

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bitfront-tensors-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

test("a folder of .npy files has a tensor a file, and other files are passed over", async () => {
  write("folder/conv1.npy", two);
  write("folder/block%2Fconv 2%25.npy", writeNpy({ descr: ">i2", shape: [1, 1], values: [-3] }));
  write("folder/README.md", "text");
  expect([...(await read("folder"))].sort(([left], [right]) => (left < right ? -1 : 1))).toEqual([
    ["block/conv 2%", { shape: [1, 1], values: Float32Array.of(-3), stored: "int16" }],
    ["conv1", { shape: [2], values: Float32Array.of(1, 2), stored: "float32" }],
  ]);
});

test("a single .npy file is a tensor, a safetensors file all of its own, an ONNX model its initializers", async () => {
  write("fc.npy", two);
  expect([...(await read("fc.npy")).keys()]).toEqual(["fc"]);
  write("a.safetensors", writeSafetensors([{ name: "t", dtype: "F16", shape: [1], values: [0.5] }]));
  expect((await read("a.safetensors")).get("t")).toMatchObject({
    stored: "float16",
    values: Float32Array.of(0.5),
  });
  const graph = {
    inputs: {},
    outputs: ["y"],
    nodes: [{ operator: "Identity", inputs: ["w"], outputs: ["y"] }],
    tensors: [
      { name: "w", type: "float32" as const, shape: [2], values: [3, 4] },
      { name: "shape", type: "int64" as const, shape: [1], values: [7] },
    ],
  };
  write("m.onnx", writeOnnx(graph, 13));
  const initializers = await read("m.onnx");
  expect([...initializers.keys()]).toEqual(["w"]);
  expect(initializers.get("w")).toEqual({ shape: [2], values: Float32Array.of(3, 4), stored: "float32" });
});

test("what names no tensor, and what is damaged, is refused by its path", async () => {
  write("empty/x.txt", "");
  await expect(read("empty")).rejects.toThrow(/empty: it has no \.npy file, expected one a tensor$/);
  write("wrong/a%zz.npy", two);
  await expect(read("wrong")).rejects.toThrow("its name has a % that is no %2F, %25 or the like");
  write("double/a%2e.npy", two);
  write("double/a%2E.npy", two);
  await expect(read("double")).rejects.toThrow("another file of the folder is tensor a. too");
  write("cut/a.npy", two.subarray(0, 100));
  await expect(read("cut")).rejects.toMatchObject({
    _tag: "DecodeError",
    where: expect.stringMatching(/cut\/a\.npy: byte 8$/),
  });
  mkdirSync(join(directory, "nested/b.npy"), { recursive: true });
  await expect(read("nested")).rejects.toThrow(/b\.npy: it is no file$/);
  write("a.npz", two);
  await expect(read("a.npz")).rejects.toThrow(
    "expected tensors: a .safetensors, .npy or .onnx file, or a folder of .npy files",
  );
  await expect(read("none.npy")).rejects.toMatchObject({ _tag: "CatalogError" });
  await expect(read("none.safetensors")).rejects.toThrow("there is no such file");
});
