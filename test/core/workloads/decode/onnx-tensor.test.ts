import { expect, test } from "vitest";
import { decodeTensor } from "../../../../core/workloads/decode/onnx-tensor.ts";
import { tensorBytes, type WrittenTensor } from "../../../fixtures/onnx-writer.ts";

const decode = (tensor: WrittenTensor) =>
  decodeTensor({ format: "ONNX", bytes: Uint8Array.from(tensorBytes(tensor)), offset: 0 });

const types: readonly [WrittenTensor["type"], readonly number[], string | undefined][] = [
  ["float32", [0.1, -2, 3e38], "float32"],
  ["float64", [0.1, -2, 1e300], "float64"],
  ["float16", [0.5, -2.25, 1024], "float16"],
  ["bfloat16", [0.5, -2.25, 2 ** 100], "bfloat16"],
  ["uint8", [0, 128, 255], "uint8"],
  ["int8", [-128, 0, 127], "int8"],
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
  expect(() => decode({ ...small, external: true })).toThrow(/tensor "w": its values are in another file/);
  expect(() => decode({ ...small, shape: [3] })).toThrow(
    'tensor "w": shape [3] needs 3 values, the file has 2',
  );
  expect(() => decode({ ...small, shape: [2 ** 40, 2 ** 40] })).toThrow(/the file has 2/);
  expect(() => decode({ ...small, shape: [-2] })).toThrow(/shape \[-2\] has a size that is no count/);
  const text = tensorBytes(small);
  text[text.indexOf(0x10) + 1] = 8;
  expect(() => decodeTensor({ format: "ONNX", bytes: Uint8Array.from(text), offset: 0 })).toThrow(
    "element type 8",
  );
});
