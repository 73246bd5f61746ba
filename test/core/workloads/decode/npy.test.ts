import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../../core/errors.ts";
import { decodeNpy } from "../../../../core/workloads/decode/npy.ts";
import { npyFile, type WrittenArray, writeNpy } from "../../../fixtures/npy-writer.ts";

/** Element types with the precision they are said to be stored in, and values that they and float32 hold exactly. */
const types: Readonly<Record<string, { stored: string; values: fc.Arbitrary<number> }>> = {
  f2: { stored: "float16", values: fc.integer({ min: -2047, max: 2047 }).map((value) => value / 16) },
  f4: { stored: "float32", values: fc.float() },
  f8: { stored: "float64", values: fc.float() },
  i1: { stored: "int8", values: fc.integer({ min: -128, max: 127 }) },
  i2: { stored: "int16", values: fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 }) },
  i4: { stored: "int32", values: fc.integer({ min: -(2 ** 24), max: 2 ** 24 }) },
  i8: { stored: "int64", values: fc.integer({ min: -(2 ** 24), max: 2 ** 24 }) },
  u1: { stored: "uint8", values: fc.nat(255) },
  u2: { stored: "uint16", values: fc.nat(65535) },
  u4: { stored: "uint32", values: fc.nat(2 ** 24) },
  u8: { stored: "uint64", values: fc.nat(2 ** 24) },
  b1: { stored: "bool", values: fc.nat(1) },
};

const arrays: fc.Arbitrary<WrittenArray> = fc
  .record({
    type: fc.constantFrom(...Object.keys(types)),
    order: fc.constantFrom("<", ">"),
    shape: fc.array(fc.nat(4), { maxLength: 4 }),
    fortranOrder: fc.boolean(),
    version: fc.constantFrom(1 as const, 2 as const, 3 as const),
  })
  .chain(({ type, order, shape, ...rest }) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const descr = `${type.endsWith("1") ? "|" : order}${type}`;
    return fc
      .array(types[type].values, { minLength: length, maxLength: length })
      .map((values) => ({ descr, shape, values: values.map((value) => value + 0), ...rest }));
  });

describe("decodeNpy", () => {
  it("reads what was written, in every type, order, version and shape, wherever its bytes lie", () => {
    fc.assert(
      fc.property(arrays, fc.nat(3), (array, shift) => {
        const bytes = writeNpy(array);
        const within = new Uint8Array(bytes.length + shift);
        within.set(bytes, shift);
        expect(decodeNpy(within.subarray(shift))).toEqual({
          shape: array.shape,
          values: Float32Array.from(array.values),
          stored: types[array.descr.slice(1)].stored,
        });
      }),
      { numRuns: 300 },
    );
  });

  it("reads a file written out byte by byte", () => {
    // What numpy.save makes of numpy.array([[1, 2, 3], [4, 5, 6]], dtype=">i2", order="F").
    const header = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }";
    const bytes = [
      ...[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0],
      ...new TextEncoder().encode(`${header.padEnd(117)}\n`),
      ...[0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6],
    ];
    expect(decodeNpy(Uint8Array.from(bytes))).toEqual({
      shape: [2, 3],
      values: Float32Array.of(1, 2, 3, 4, 5, 6),
      stored: "int16",
    });
  });

  it("rounds float64 values and wide integers to float32, and lets NaN and infinities through", () => {
    const read = (descr: string, values: number[]) => [
      ...decodeNpy(writeNpy({ descr, shape: [values.length], values })).values,
    ];
    expect(read("<f8", [0.1, 2 ** -1074])).toEqual([Math.fround(0.1), 0]);
    expect(read(">u4", [2 ** 32 - 1])).toEqual([2 ** 32]);
    expect(read("<i8", [-(2 ** 53) + 1])).toEqual([-(2 ** 53)]);
    for (const descr of ["<f4", ">f8"]) {
      const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      expect(read(descr, values)).toEqual(values);
    }
  });

  it("takes the header's keys in any order, in both quotes, with the L of Python 2, without last commas", () => {
    for (const header of [
      `{"shape": (2L, 1), "fortran_order": False, 'descr': '<u2'}`,
      "{ 'descr' :'<u2','shape':( 2 ,1 , ) ,'fortran_order':False,}",
    ]) {
      expect(decodeNpy(npyFile(header, [1, 0, 0, 1]))).toEqual({
        shape: [2, 1],
        values: Float32Array.of(1, 256),
        stored: "uint16",
      });
    }
    const scalar = "{'descr': '|u1', 'fortran_order': False, 'shape': ()}";
    expect(decodeNpy(npyFile(scalar, [7]))).toMatchObject({ shape: [], values: Float32Array.of(7) });
  });
});

const good = { descr: "'<f4'", fortran_order: "False", shape: "(2,)" };
const withHeader = (changes: Record<string, string>): Uint8Array =>
  npyFile(
    `{${Object.entries({ ...good, ...changes })
      .map(([key, value]) => `'${key}': ${value}`)
      .join(", ")}}`,
    new Uint8Array(8),
  );
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

describe("decodeNpy refuses", () => {
  it.each<[string, Uint8Array, string]>([
    ["an empty file", new Uint8Array(0), "byte 0: the file does not begin with \\x93NUMPY"],
    ["another file", Uint8Array.from([0x50, 0x4b, 3, 4]), "byte 0: the file does not begin with \\x93NUMPY"],
    ["a version that is none", npyFile("{}", [], 4), "byte 6: version 4.0, expected 1.0, 2.0 or 3.0"],
    ["no version", Uint8Array.from(magic), "byte 6: version none.none"],
    ["no length", Uint8Array.from([...magic, 2, 0, 1, 0]), "byte 8: the file has 10 bytes, expected 12"],
    [
      "a header longer than the file",
      Uint8Array.from([...magic, 1, 0, 9, 0, 32]),
      "byte 8: a header of 9 bytes is announced, 1 are left",
    ],
    [
      "a header of 4 GiB",
      Uint8Array.from([...magic, 3, 0, 255, 255, 255, 255]),
      "byte 8: a header of 4294967295 bytes is announced, expected at most 10000",
    ],
    ["a header that is a list", npyFile("[]"), 'byte 10: "[" in the header, expected {'],
    [
      "a header that does not end",
      npyFile("{'descr': '<f4'"),
      "the end of the header in the header, expected ,",
    ],
    [
      "a key that is none",
      withHeader({ order: "1" }),
      'key "order", expected descr, fortran_order and shape',
    ],
    ["a key of every object", withHeader({ toString: "1" }), 'key "toString", expected descr'],
    ["a key twice", npyFile("{'shape': (), 'shape': ()}"), `byte 24: key "shape" stands there twice`],
    ["no shape", npyFile("{'descr': '<f4', 'fortran_order': False}"), "the header has no key shape"],
    [
      "a key without quotes",
      npyFile("{descr: '<f4'}"),
      'byte 11: "d" in the header, expected a key in quotes',
    ],
    ["an escape", withHeader({ descr: "'<\\x664'" }), "descr begins with"],
    ["a call", withHeader({ descr: "str('<f4')" }), 'descr begins with "s", expected an element type'],
    ["an order that is a number", withHeader({ fortran_order: "1" }), 'fortran_order begins with "1"'],
    [
      "an order that only begins well",
      withHeader({ fortran_order: "Falsely" }),
      'fortran_order begins with "F"',
    ],
    ["a shape that is a list", withHeader({ shape: "[2]" }), 'shape begins with "["'],
    ["a shape that is a number", withHeader({ shape: "(2 )" }), "(n) is no tuple, expected (n,)"],
    ["a negative size", withHeader({ shape: "(-2,)" }), '"-" in the shape, expected a size'],
    ["a fraction", withHeader({ shape: "(2.0,)" }), '"2" in the shape, expected a size'],
    ["a size beyond all bounds", withHeader({ shape: "(99999999999999999999,)" }), "expected one below 2^53"],
    ["text behind the header", npyFile("{} x"), 'byte 13: "x" behind the header\'s dictionary'],
    ["too few data", withHeader({ shape: "(3,)" }), "shape [3] in <f4 needs 12 bytes, the file has 8"],
    ["too many data", withHeader({ shape: "(1,)" }), "shape [1] in <f4 needs 4 bytes, the file has 8"],
    [
      "sizes whose product overflows",
      withHeader({ shape: `(${"9007199254740991, ".repeat(30)}0)` }),
      "shape of 31 sizes in <f4 needs",
    ],
    [
      "axes without end",
      withHeader({ shape: `(${"1, ".repeat(65)})`, descr: "'<f8'" }),
      "shape: it has 65 axes, expected at most 64",
    ],
    ["complex numbers", withHeader({ descr: "'<c8'" }), 'descr: its elements are complex numbers ("<c8")'],
    ["objects", withHeader({ descr: "'|O'" }), "its elements are Python objects"],
    ["text", withHeader({ descr: "'<U2'" }), "its elements are text"],
    ["byte strings", withHeader({ descr: "'|S8'" }), "its elements are byte strings"],
    ["raw bytes", withHeader({ descr: "'|V8'" }), "its elements are raw bytes or records"],
    ["dates", withHeader({ descr: "'<M8[ns]'" }), "its elements are dates"],
    ["records", withHeader({ descr: "[('a', '<f4')]" }), "its elements are records (a structured type)"],
    [
      "long doubles",
      withHeader({ descr: "'<f16'" }),
      'element type "<f16" is not read, expected < or > and one of',
    ],
    ["the machine's own order", withHeader({ descr: "'=f4'" }), 'element type "=f4" is not read'],
    ["no order", withHeader({ descr: "'|f4'" }), 'element type "|f4" is not read'],
    [
      "a truth value that is none",
      writeNpy({ descr: "|b1", shape: [2], values: [1, 2] }),
      "byte 129: a truth value is 2, expected 0 or 1",
    ],
    [
      "values beyond float32",
      writeNpy({ descr: "<f8", shape: [2], values: [1, -1e39] }),
      "byte 136: value -1e+39 is beyond the range of float32",
    ],
  ])("%s", (_, bytes, problem) => {
    expect(() => decodeNpy(bytes)).toThrow(DecodeError);
    expect(() => decodeNpy(bytes)).toThrow(problem);
  });

  it("every file that is cut short, and never fails otherwise on damaged headers", () => {
    const bytes = writeNpy({ descr: "<f4", shape: [2, 3], values: [1, 2, 3, 4, 5, 6], version: 2 });
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeNpy(bytes.subarray(0, length))).toThrow(DecodeError);
    }
    fc.assert(
      fc.property(fc.nat(80), fc.nat(255), (position, byte) => {
        const damaged = bytes.slice();
        damaged[position] = byte;
        try {
          expect(decodeNpy(damaged).values.length).toBe(6);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
