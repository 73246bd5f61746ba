import { expect, test } from "vitest";
import { decodeTensor } from "../../../../core/workloads/decode/onnx-tensor.ts";
import { tensorBytes, type WrittenTensor } from "../../../fixtures/onnx-writer.ts";

const decode = (tensor: WrittenTensor) =>
  decodeTensor({ format: "ONNX", bytes: Uint8Array.from(tensorBytes(tensor)), offset: 0 }, new Map());

const types: readonly [WrittenTensor["type"], readonly number[], string | undefined][] = [
  ["float32", [0.1, -2, 3e38], "float32"],
  ["float64", [0.1, -2, 1e300], "float64"],
  ["float16", [0.5, -2.25, 1024], "float16"],
  ["bfloat16", [0.5, -2.25, 2 ** 100], "bfloat16"],
  ["uint8", [0, 128, 255], "uint8"],
  ["int8", [-128, 0, 127], "int8"],
  ["uint16", [0, 1, 65535], "uint16"],
  ["int16", [-32768, 0, 32767], "int16"],
  ["int32", [-(2 ** 31), 0, 2 ** 31 - 1], undefined],
  ["int64", [-(2 ** 53), -1, 2 ** 53], undefined],
  ["bool", [0, 1, 1], undefined],
];

test.each(types)(
  "%s is read from raw and typed data, with the precision it was stored in",
  (type, values, stored) => {
    for (const typed of [false, true]) {
      const { name, constant } = decode({ name: "t", type, shape: [3, 1], values, typed });
      expect(name).toBe("t");
      expect(constant.shape).toEqual([3, 1]);
      expect(constant.elementType).toBe(type);
      expect(constant.stored).toBe(stored);
      expect([...constant.values]).toEqual(type === "float32" ? values.map(Math.fround) : values);
    }
  },
);

const small: WrittenTensor = { name: "w", type: "float32", shape: [2], values: [1, 2] };

test("what cannot be read is refused by the name of the tensor", () => {
  expect(() => decode({ ...small, shape: [3] })).toThrow(
    'tensor "w": shape [3] needs 3 values, the file has 2',
  );
  expect(() => decode({ ...small, shape: [2 ** 40, 2 ** 40] })).toThrow(/the file has 2/);
  expect(() => decode({ ...small, shape: [-2] })).toThrow(/shape \[-2\] has a size that is no count/);
  const text = tensorBytes(small);
  text[text.indexOf(0x10) + 1] = 8;
  const decodeBytes = (bytes: readonly number[]) => () =>
    decodeTensor({ format: "ONNX", bytes: Uint8Array.from(bytes), offset: 0 }, new Map());
  expect(decodeBytes(text)).toThrow('tensor "w": element type string is not supported');
  text[text.indexOf(0x10) + 1] = 22;
  expect(decodeBytes(text)).toThrow("element type int4 is not supported");
  expect(decodeBytes([...tensorBytes(small), 0x1a, 0])).toThrow("it is one segment of a larger tensor");
  expect(decodeBytes([...tensorBytes(small), 0x22, 4, 0, 0, 0, 0])).toThrow(
    "it has values in raw_data and in typed data",
  );
  expect(() => decode({ ...small, type: "int8", values: [1, 128], typed: true })).toThrow(
    "entry 1 is 128, outside its type int8",
  );
});
