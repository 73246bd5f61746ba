import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { raw, writeOnnx } from "../../fixtures/onnx-writer.ts";

let directory = "";
const values = [1, 2, 3, 4, 5, 6];
const bytes = Uint8Array.from(values.flatMap(raw.float32));

const model = (location: string): Uint8Array =>
  writeOnnx({
    inputs: { x: [1, 3] },
    outputs: ["y"],
    tensors: [
      { name: "w", type: "float32", shape: [3, 2], values: [], external: { location, length: "24" } },
    ],
    nodes: [{ operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
  });

const load = (location: string) => {
  writeFileSync(join(directory, "models", "model.onnx"), model(location));
  return loadNetwork("models/model.onnx", { baseDirectory: directory });
};

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bitfront-external-"));
  mkdirSync(join(directory, "models", "parts"), { recursive: true });
  writeFileSync(join(directory, "models", "parts", "model.onnx.data"), bytes);
  writeFileSync(join(directory, "models", "short.data"), bytes.subarray(4));
  writeFileSync(join(directory, "secret.data"), bytes);
  symlinkSync(join(directory, "secret.data"), join(directory, "models", "link.data"));
});

afterAll(() => rmSync(directory, { recursive: true }));

test("external data is read from the folder of the model", async () => {
  const [layer] = (await load("parts/model.onnx.data")).layers;
  expect([...layer.weights.values]).toEqual([1, 3, 5, 2, 4, 6]);
});

test.each(["../secret.data", "/etc/hostname", "link.data", "."])(
  "external data outside the folder of the model is refused: %s",
  async (location) => {
    await expect(load(location)).rejects.toMatchObject({ _tag: "CatalogError" });
    await expect(load(location)).rejects.toThrow(
      `its external data ${location} is outside the directory of the model`,
    );
  },
);

test("external data that is absent or too short is refused by name", async () => {
  await expect(load("absent.data")).rejects.toThrow(/absent\.data: there is no such file/);
  await expect(load("short.data")).rejects.toMatchObject({
    _tag: "DecodeError",
    where: expect.stringMatching(/model\.onnx: tensor "w"$/),
    problem: 'its values are 24 bytes from byte 0 of "short.data", which has 20',
  });
});
