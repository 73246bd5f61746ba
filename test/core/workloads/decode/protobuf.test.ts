import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError } from "../../../../core/errors.ts";
import {
  appendIntegers,
  appendNumbers,
  type Field,
  integerOf,
  type Message,
  readFields,
  textOf,
} from "../../../../core/workloads/decode/protobuf.ts";

const message = (bytes: readonly number[]): Message => ({
  format: "test",
  bytes: Uint8Array.from(bytes),
  offset: 0,
});

const fieldsOf = (bytes: readonly number[]): Field[] => [...readFields(message(bytes))];

const varint = (value: bigint): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
};

test("integers are read as signed 64-bit numbers", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
      const [field] = fieldsOf([0x08, ...varint(value)]);
      expect(integerOf(field)).toBe(Number(value));
    }),
  );
});

test("packed and single integers are the same", () => {
  const values = [0, 1, 127, 128, 300, -1, 2 ** 40];
  const packed = values.flatMap((value) => varint(BigInt(value)));
  const target: number[] = [];
  for (const field of fieldsOf([0x0a, ...varint(BigInt(packed.length)), ...packed]))
    appendIntegers(field, target);
  for (const field of fieldsOf(values.flatMap((value) => [0x08, ...varint(BigInt(value))])))
    appendIntegers(field, target);
  expect(target).toEqual([...values, ...values]);
});

test("texts, floats and nested bytes carry their place in the file", () => {
  const fields = fieldsOf([0x12, 2, 0x68, 0x69, 0x1d, 0, 0, 0x80, 0x3f]);
  expect(fields.map(({ number, wire }) => [number, wire])).toEqual([
    [2, "bytes"],
    [3, "fixed32"],
  ]);
  expect(textOf(fields[0])).toBe("hi");
  const numbers: number[] = [];
  appendNumbers(fields[1], 4, numbers);
  expect(numbers).toEqual([1]);
  expect(fields[1].payload.offset).toBe(5);
});

test.each([
  ["a length past the end", [0x0a, 5, 1, 2], "test: byte 2: 5 bytes are announced, 2 are left"],
  ["a negative length", [0x0a, ...varint(-1n), 1], "test: byte 11: -1 bytes are announced, 1 are left"],
  ["an end inside an integer", [0x08, 0x80], "test: byte 2: the file ends inside an integer"],
  [
    "an endless integer",
    [0x08, ...new Array<number>(11).fill(0x80)],
    "test: byte 1: an integer takes more than 10 bytes",
  ],
  ["a group", [0x0b], "test: byte 0: wire type 3 is not known"],
  ["field number 0", [0x00, 0], "test: byte 0: field number 0 is out of range"],
])("%s is an error with its place", (_, bytes, expected) => {
  expect(() => fieldsOf(bytes)).toThrow(
    new DecodeError("test", ...(expected.split(": ").slice(1) as [string, string])),
  );
});

test("a field of the wrong kind, broken UTF-8 and half a float are errors", () => {
  const [integer] = fieldsOf([0x08, 1]);
  expect(() => textOf(integer)).toThrow("field 1 is of wire type varint, expected bytes");
  const [bytes] = fieldsOf([0x0a, 3, 0xff, 0xfe, 0xfd]);
  expect(() => textOf(bytes)).toThrow("not valid UTF-8");
  expect(() => appendNumbers(bytes, 4, [])).toThrow("3 bytes are no whole number of values");
});

test("any bytes are fields or a DecodeError", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      try {
        for (const field of readFields({ format: "test", bytes, offset: 0 }))
          expect(field.number).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
    { numRuns: 1000 },
  );
});
