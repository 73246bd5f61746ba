import { expect, test } from "vitest";
import { DecodeError } from "../../../../core/errors.ts";
import { decodeOnnx } from "../../../../core/workloads/decode/onnx.ts";
import { onnxExternalLocations } from "../../../../core/workloads/decode/onnx-model.ts";
import { raw, type WrittenTensor, writeOnnx } from "../../../fixtures/onnx-writer.ts";

const values = [1, -2, 3.5, 4, 5, 6];
const content = Uint8Array.from(values.flatMap(raw.float32));
const external = (entries: Readonly<Record<string, string>>, name = "w"): WrittenTensor => ({
  name,
  type: "float32",
  shape: [3, 2],
  values: [],
  external: entries,
});

/** A product with weights in another file; the same tensor lies in a branch that is not taken, and in a Constant node. */
const model = (entries: Readonly<Record<string, string>>): Uint8Array => {
  const branch = (name: string) => ({
    inputs: {},
    outputs: [name],
    tensors: [external({ location: "branch.bin" }, name)],
    nodes: [],
  });
  return writeOnnx({
    inputs: { x: [1, 3] },
    outputs: ["y"],
    tensors: [external(entries), { name: "yes", type: "bool", shape: [], values: [1] }],
    nodes: [
      {
        operator: "Constant",
        inputs: [],
        outputs: ["c"],
        attributes: { value: { tensor: external({ location: "constant.bin" }, "") } },
      },
      {
        operator: "If",
        inputs: ["yes"],
        outputs: ["z"],
        attributes: { then_branch: { graph: branch("t") }, else_branch: { graph: branch("e") } },
      },
      { operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] },
    ],
  });
};

const decode = (entries: Readonly<Record<string, string>>, file: Uint8Array = content) => {
  const files = new Map([
    ["w.bin", file],
    ["branch.bin", content],
    ["constant.bin", content],
  ]);
  return decodeOnnx(model(entries), { name: "n", source: "s", inputs: {} }, files).layers[0].weights;
};

test("the files that hold values are listed once each, those of nested graphs and attributes too", () => {
  expect(onnxExternalLocations(model({ location: "w.bin" }))).toEqual([
    "constant.bin",
    "branch.bin",
    "w.bin",
  ]);
  expect(onnxExternalLocations(writeOnnx({ inputs: {}, outputs: [], nodes: [] }))).toEqual([]);
});

test("values are read from the whole file, from an offset on, or from a part of it", () => {
  const columns = [1, 3.5, 5, -2, 4, 6];
  expect([...decode({ location: "w.bin" }).values]).toEqual(columns);
  const behind = Uint8Array.from([9, 9, 9, ...content]);
  expect([...decode({ location: "w.bin", offset: "3" }, behind).values]).toEqual(columns);
  const between = Uint8Array.from([9, 9, 9, ...content, 7, 7]);
  expect([...decode({ location: "w.bin", offset: "3", length: "24" }, between).values]).toEqual(columns);
  // A checksum is not read.
  expect(decode({ location: "w.bin", checksum: "0" }).stored).toBe("float32");
});

test.each([
  [{}, 'tensor "w": its external data names no location'],
  [
    { location: "absent.bin" },
    'its values are in the file "absent.bin" beside the model, which was not given',
  ],
  [{ location: "w.bin", offset: "-1" }, 'offset of its external data is "-1", expected a count of bytes'],
  [{ location: "w.bin", length: "0x18" }, 'length of its external data is "0x18"'],
  [{ location: "w.bin", length: "99999999999999999999" }, "expected a count of bytes"],
  [
    { location: "w.bin", offset: "4", length: "24" },
    'its values are 24 bytes from byte 4 of "w.bin", which has 24',
  ],
  [{ location: "w.bin", offset: "25" }, 'its values are the bytes from byte 25 of "w.bin", which has 24'],
  [{ location: "w.bin", length: "20" }, "shape [3, 2] needs 24 bytes, its part of the external file has 20"],
  [{ location: "w.bin", offset: "4" }, "needs 24 bytes, its part of the external file has 20"],
])("external data %j that does not fit is refused", (entries, problem) => {
  const refused = () => decode(entries as Record<string, string>);
  expect(refused).toThrow(DecodeError);
  expect(refused).toThrow(problem);
});
