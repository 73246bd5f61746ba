import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../../core/errors.ts";
import { decodeSafetensors } from "../../../../core/workloads/decode/safetensors.ts";
import {
  safetensorsFile,
  safetensorsParts,
  type WrittenSafetensor,
  writeSafetensors,
} from "../../../fixtures/safetensors-writer.ts";

const types: readonly [WrittenSafetensor["dtype"], readonly number[], string][] = [
  ["F64", [0.1, -2, 2 ** -140], "float64"],
  ["F32", [0.1, -2, 3e38], "float32"],
  ["F16", [0.5, -2.25, 1024], "float16"],
  ["BF16", [0.5, -2.25, 2 ** 100], "bfloat16"],
  ["U8", [0, 128, 255], "uint8"],
  ["I8", [-128, 0, 127], "int8"],
];

/** A file of one F32 tensor `a`; changes replace parts of its entry. */
const oneTensor = (changes: Readonly<Record<string, unknown>>, dataBytes = 8): Uint8Array =>
  safetensorsFile(
    JSON.stringify({ a: { dtype: "F32", shape: [2], data_offsets: [0, 8], ...changes } }),
    new Uint8Array(dataBytes),
  );

const entry = (begin: number, end: number, shape = [end - begin]) => ({
  dtype: "U8",
  shape,
  data_offsets: [begin, end],
});

const fileOf = (entries: Readonly<Record<string, unknown>>, dataBytes: number): Uint8Array =>
  safetensorsFile(JSON.stringify(entries), new Uint8Array(dataBytes));

describe("decodeSafetensors", () => {
  it.each(types)("reads %s with the precision it was stored in", (dtype, values, stored) => {
    const [[name, tensor], ...rest] = decodeSafetensors(
      writeSafetensors([{ name: "t", dtype, shape: [3, 1], values }], { made: "by hand" }),
    );
    expect([name, rest]).toEqual(["t", []]);
    expect(tensor).toEqual({ shape: [3, 1], values: Float32Array.from(values), stored });
  });

  it.each([
    ["I64", 8],
    ["BOOL", 1],
    ["U16", 2],
  ])("leaves out tensors of %s, which are no weights, but checks their place", (dtype, width) => {
    const steps = { dtype, shape: [3], data_offsets: [8, 8 + 3 * width] };
    const weights = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
    const file = fileOf({ steps, weights }, 8 + 3 * width);
    expect([...decodeSafetensors(file).keys()]).toEqual(["weights"]);
    const short = { ...steps, shape: [4] };
    expect(() => decodeSafetensors(fileOf({ steps: short, weights }, 8 + 3 * width))).toThrow(
      `tensor "steps": shape [4] in ${dtype} needs ${4 * width} bytes, its data have ${3 * width}`,
    );
  });

  it("reads scalars, empty tensors, no tensors, tensors in any order of names, and data that are not aligned", () => {
    const tensors: WrittenSafetensor[] = [
      { name: "z", dtype: "I8", shape: [], values: [-3] },
      { name: "none", dtype: "F32", shape: [4, 0], values: [] },
      { name: "a", dtype: "F64", shape: [1, 2], values: [1.5, -0.25] },
    ];
    const { entries, data } = safetensorsParts(tensors);
    for (const padding of ["", " ", "   "]) {
      const header = JSON.stringify(Object.fromEntries([...entries].reverse()));
      // The bytes of the file may lie anywhere in their buffer, too.
      const file = safetensorsFile(header + padding, data);
      const within = new Uint8Array(file.length + 3);
      within.set(file, 3);
      const decoded = decodeSafetensors(within.subarray(3));
      expect([...decoded.keys()]).toEqual(["z", "none", "a"]);
      expect([...decoded.values()].map(({ shape, values }) => [shape, [...values]])).toEqual([
        [[], [-3]],
        [[4, 0], []],
        [
          [1, 2],
          [1.5, -0.25],
        ],
      ]);
    }
    expect(decodeSafetensors(safetensorsFile("{}")).size).toBe(0);
  });

  it("lets NaN and infinities through, which the format allows", () => {
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const dtype of ["F64", "F32", "BF16"] as const) {
      const decoded = decodeSafetensors(writeSafetensors([{ name: "t", dtype, shape: [3], values }]));
      expect([...decoded.get("t")!.values]).toEqual(values);
    }
  });

  it("takes names that are keys of every object", () => {
    const names = ["__proto__", "constructor", "toString"];
    const header = names.map((name, index) => `"${name}":${JSON.stringify(entry(index, index + 1))}`);
    const decoded = decodeSafetensors(safetensorsFile(`{${header.join(",")}}`, [7, 8, 9]));
    expect(names.map((name) => decoded.get(name)?.values[0])).toEqual([7, 8, 9]);
  });
});

const nested = "[".repeat(1_000_000);

describe("decodeSafetensors refuses", () => {
  it.each<[string, Uint8Array, string]>([
    ["an empty file", new Uint8Array(0), "byte 0: the file has 0 bytes"],
    ["a file that ends inside the length", new Uint8Array(7), "byte 0: the file has 7 bytes"],
    [
      "a header longer than the file",
      safetensorsFile("{}", [], 3n),
      "byte 0: a header of 3 bytes is announced, 2 are left",
    ],
    [
      "a header of more than 100 MB",
      safetensorsFile("{}", [], 100_000_001n),
      "byte 0: a header of 100000001 bytes is announced, expected at most 100000000",
    ],
    [
      "a header of 2⁶⁴ bytes",
      safetensorsFile("{}", [], 2n ** 64n - 1n),
      "byte 0: a header of 18446744073709552000 bytes",
    ],
    ["no header", safetensorsFile("", [123, 125]), "byte 8: the header does not begin with {"],
    ["a header that is a list", safetensorsFile("[]"), "byte 8: the header does not begin with {"],
    ["a byte order mark", safetensorsFile("\ufeff{}"), "byte 8: the header does not begin with {"],
    ["blanks before the header", safetensorsFile(" {}"), "byte 8: the header does not begin with {"],
    ["JSON that is none", safetensorsFile('{"a":}'), "byte 8: this is not JSON"],
    ["JSON that ends in a text", safetensorsFile('{"a\\'), "byte 8: this is not JSON"],
    ["a key that is no JSON text", safetensorsFile('{"\\x":1}'), "byte 8: this is not JSON"],
    ["two headers", safetensorsFile("{}{}"), "byte 8: this is not JSON"],
    [
      "UTF-8 that is none",
      Uint8Array.from([4, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xff, 0x22]),
      "byte 8: the JSON is not valid UTF-8",
    ],
    [
      "lists without end",
      safetensorsFile(`{"a":${nested}`),
      "byte 15: the JSON nests more than 3 levels deep",
    ],
    [
      "values without end",
      safetensorsFile(`{"a":[${"0,".repeat(2 ** 21)}0]}`),
      "the JSON has more than 2097152 values",
    ],
    ["a tensor that is no object", fileOf({ a: 1 }, 0), 'tensor "a": 1: expected an object'],
    [
      "a tensor without an element type",
      oneTensor({ dtype: undefined }),
      'tensor "a": dtype is absent, expected a text',
    ],
    [
      "an element type that is not read",
      oneTensor({ dtype: "F8_E4M3" }),
      'tensor "a": element type "F8_E4M3" is not read, expected F64, F32, F16, BF16, U8, I8, I16, U16, I32, U32, I64, U64, BOOL',
    ],
    [
      "an element type that every object knows",
      oneTensor({ dtype: "toString" }),
      'tensor "a": element type "toString" is not read',
    ],
    [
      "a negative size",
      oneTensor({ shape: [-2] }),
      'tensor "a": shape is [-2], expected a list of integers of at least 0',
    ],
    ["negative sizes whose product fits", oneTensor({ shape: [-2, -1] }), 'tensor "a": shape is [-2,-1]'],
    ["a fraction", oneTensor({ shape: [0.5, 4] }), 'tensor "a": shape is [0.5,4]'],
    ["a size beyond 2⁵³", oneTensor({ shape: [2 ** 53] }), 'tensor "a": shape is [9007199254740992]'],
    ["a shape that is a text", oneTensor({ shape: "2" }), 'tensor "a": shape is "2", expected a list'],
    [
      "a product that overflows",
      oneTensor({ shape: [2 ** 40, 2 ** 40] }),
      'tensor "a": shape [1099511627776, 1099511627776] in F32 needs 4.835',
    ],
    [
      "a product beyond all numbers",
      oneTensor({ shape: new Array(30).fill(2 ** 52) }),
      'tensor "a": shape of 30 sizes in F32 needs Infinity bytes',
    ],
    [
      "one offset",
      oneTensor({ data_offsets: [0] }),
      'tensor "a": data_offsets has 1 entries, expected begin and end',
    ],
    ["three offsets", oneTensor({ data_offsets: [0, 8, 8] }), 'tensor "a": data_offsets has 3 entries'],
    ["a negative offset", oneTensor({ data_offsets: [-8, 0] }), 'tensor "a": data_offsets is [-8,0]'],
    [
      "offsets in reverse",
      oneTensor({ data_offsets: [8, 0] }),
      'tensor "a": its data end at byte 0, before they begin at byte 8',
    ],
    [
      "offsets past the data",
      oneTensor({ data_offsets: [4, 12] }),
      'tensor "a": its data end at byte 12, the data of the file at byte 8',
    ],
    [
      "data shorter than the shape",
      oneTensor({ shape: [3] }),
      'tensor "a": shape [3] in F32 needs 12 bytes, its data have 8',
    ],
    [
      "data longer than the shape",
      oneTensor({ shape: [1] }),
      'tensor "a": shape [1] in F32 needs 4 bytes, its data have 8',
    ],
    [
      "data for an empty tensor",
      oneTensor({ shape: [0] }),
      'tensor "a": shape [0] in F32 needs 0 bytes, its data have 8',
    ],
    [
      "bytes before the first tensor",
      fileOf({ a: entry(1, 3) }, 3),
      'tensor "a": bytes 0 to 1 of the data, before it, are no tensor\'s',
    ],
    [
      "a hole",
      fileOf({ a: entry(0, 2), b: entry(3, 5) }, 5),
      'tensor "b": bytes 2 to 3 of the data, before it, are no tensor\'s',
    ],
    ["bytes at the end", fileOf({ a: entry(0, 2) }, 5), "byte 63: 3 bytes at the end are no tensor's"],
    [
      "an overlap",
      fileOf({ b: entry(1, 4), a: entry(0, 2) }, 4),
      'tensor "b": its data begin at byte 1, inside another tensor\'s',
    ],
    [
      "the same bytes twice",
      fileOf({ a: entry(0, 2), b: entry(0, 2) }, 2),
      'tensor "b": its data begin at byte 0, inside another tensor\'s',
    ],
    [
      "an empty tensor inside another",
      fileOf({ a: entry(0, 4), b: entry(2, 2) }, 4),
      'tensor "b": its data begin at byte 2, inside another tensor\'s',
    ],
    [
      "metadata that are no texts",
      fileOf({ __metadata__: { version: 1 } }, 0),
      "__metadata__: version is 1, expected a text",
    ],
    [
      "metadata that are a text",
      fileOf({ __metadata__: "made by hand" }, 0),
      '__metadata__: "made by hand": expected an object',
    ],
    [
      "a number beyond float32",
      writeSafetensors([{ name: "a", dtype: "F64", shape: [2], values: [1, -1e39] }]),
      'tensor "a": value 1 is -1e+39, beyond the range of float32',
    ],
  ])("%s", (_, file, problem) => {
    expect(() => decodeSafetensors(file)).toThrow(DecodeError);
    expect(() => decodeSafetensors(file)).toThrow(problem);
  });

  it("names and keys that stand there twice, however they are written", () => {
    const first = JSON.stringify(entry(0, 0));
    const twice = safetensorsFile(`{"ab":${first},"a\\u0062":${first}}`);
    expect(() => decodeSafetensors(twice)).toThrow('byte 62: the key "a\\u0062" stands there twice');
    const keys = safetensorsFile(`{"a":{"dtype":"U8","shape":[0],"dtype" :"F32","data_offsets":[0,0]}}`);
    expect(() => decodeSafetensors(keys)).toThrow('byte 39: the key "dtype" stands there twice');
    // A text that is no key may repeat one, and quotes inside texts end nothing.
    const texts = safetensorsFile('{"__metadata__":{"a":"b","b":"a","c\\"":"\\"a\\":{[","d\\\\":"}"}}');
    expect(decodeSafetensors(texts).size).toBe(0);
  });

  it("a claim of 4 GiB in a file of 1 KiB, and reserves no memory for it", () => {
    const files = [
      ...[2 ** 32, 1024].map((end) => oneTensor({ shape: [2 ** 30], data_offsets: [0, end] }, 1024)),
      // Nor for a sound tensor beside one that is wrong.
      fileOf({ a: entry(0, 2 ** 24), b: entry(0, 1) }, 2 ** 24),
    ];
    const before = process.memoryUsage().arrayBuffers;
    for (const file of files) expect(() => decodeSafetensors(file)).toThrow(DecodeError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 24);
  });

  it("a name without end, in a message that has one", () => {
    const file = fileOf({ [`${"n".repeat(1e6)}`]: entry(0, 1) }, 0);
    expect(() => decodeSafetensors(file)).toThrow(/^safetensors: tensor "n{80}…": its data end/);
  });
});

/** What a header says of a tensor, and may say wrongly. */
interface Claim {
  name: string;
  dtype: string;
  shape: number[];
  data_offsets: number[];
}

const widths: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, U8: 1, I8: 1, BOOL: 1 };

/** Whether a file with these claims keeps the rules: every byte is counted how often it is claimed. */
const keepsRules = (claims: readonly Claim[], dataBytes: number): boolean => {
  const times = new Array<number>(dataBytes).fill(0);
  for (const { dtype, shape, data_offsets } of claims) {
    const [begin, end, ...rest] = data_offsets;
    const counts = [...shape, begin, end].every((count) => Number.isSafeInteger(count) && count >= 0);
    if (!counts || rest.length > 0 || end < begin || end > dataBytes) return false;
    if (!Object.hasOwn(widths, dtype)) return false;
    const elements = shape.reduce((product, size) => product * BigInt(size), 1n);
    if (elements * BigInt(widths[dtype]) !== BigInt(end - begin)) return false;
    for (let byte = begin; byte < end; byte++) times[byte]++;
  }
  // An empty tensor has no bytes to count: it may lie between others, not inside one.
  const inside = (place: number): boolean =>
    claims.some(({ data_offsets: [begin, end] }) => begin < place && place < end);
  const empty = claims.filter(({ data_offsets: [begin, end] }) => begin === end);
  return (
    times.every((count) => count === 1) &&
    !empty.some(({ data_offsets: [begin] }) => inside(begin)) &&
    new Set(claims.map(({ name }) => name)).size === claims.length
  );
};

const headerOf = (claims: readonly Claim[]): string =>
  `{${claims.map(({ name, ...rest }) => `${JSON.stringify(name)}:${JSON.stringify(rest)}`).join(",")}}`;

const shape = fc.array(fc.nat({ max: 4 }), { maxLength: 3 });
const tensors = fc
  .array(fc.tuple(fc.constantFrom("F64", "F32", "F16", "BF16", "U8", "I8"), shape), { maxLength: 5 })
  .map((list) => {
    let end = 0;
    return list.map(([dtype, sizes], index): Claim => {
      const begin = end;
      end += sizes.reduce((product, size) => product * size, 1) * widths[dtype];
      return { name: "abcde"[index], dtype, shape: sizes, data_offsets: [begin, end] };
    });
  });

const number = fc.oneof(
  fc.integer({ min: -2, max: 40 }),
  fc.constantFrom(0.5, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63),
);

/** A change of one claim that leaves the file a safetensors file in form. */
const change = fc.oneof(
  fc.record({ what: fc.constant("offset" as const), at: fc.nat({ max: 1 }), to: number }),
  fc.record({ what: fc.constant("shift" as const), by: fc.integer({ min: -3, max: 3 }) }),
  fc.record({ what: fc.constant("size" as const), at: fc.nat({ max: 2 }), to: number }),
  fc.record({
    what: fc.constant("dtype" as const),
    to: fc.constantFrom("F32", "F16", "U8", "BOOL", "F8", ""),
  }),
  fc.record({ what: fc.constant("name" as const), to: fc.constantFrom("a", "b", "__proto__") }),
  fc.record({ what: fc.constant("swap" as const), to: fc.nat({ max: 4 }) }),
  fc.record({ what: fc.constant("data" as const), by: fc.integer({ min: -2, max: 2 }) }),
);

describe("any file", () => {
  it("is read if and only if it keeps the rules, tensors and data changed at random", () => {
    let read = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        tensors,
        fc.array(fc.tuple(fc.nat({ max: 4 }), change), { maxLength: 2 }),
        fc.nat({ max: 7 }),
        (sound, changes, blanks) => {
          const claims = structuredClone(sound);
          let dataBytes = claims.at(-1)?.data_offsets[1] ?? 0;
          for (const [which, made] of changes) {
            if (made.what === "data") dataBytes = Math.max(0, dataBytes + made.by);
            const claim = claims[which];
            if (claim === undefined) continue;
            if (made.what === "offset") claim.data_offsets[made.at] = made.to;
            else if (made.what === "shift") {
              claim.data_offsets = claim.data_offsets.map((offset) => offset + made.by);
            } else if (made.what === "size") claim.shape[Math.min(made.at, claim.shape.length)] = made.to;
            else if (made.what === "dtype") claim.dtype = made.to;
            else if (made.what === "name") claim.name = made.to;
            else if (made.what === "swap" && claims[made.to] !== undefined) {
              [claims[which], claims[made.to]] = [claims[made.to], claims[which]];
            }
          }
          const data = Uint8Array.from({ length: dataBytes }, (_, index) => (index * 37 + 1) % 64);
          const file = safetensorsFile(headerOf(claims) + " ".repeat(blanks), data);
          if (keepsRules(claims, dataBytes)) {
            read++;
            const decoded = decodeSafetensors(file);
            const weights = claims.filter(({ dtype }) => dtype !== "BOOL");
            expect([...decoded.keys()].sort()).toEqual(weights.map(({ name }) => name).sort());
            for (const { name, dtype, shape: sizes, data_offsets } of weights) {
              const { shape: found, values } = decoded.get(name)!;
              expect(found).toEqual(sizes);
              const bytes = data.slice(...data_offsets);
              if (dtype === "U8") expect([...values]).toEqual([...bytes]);
              if (dtype === "F32") expect(values).toEqual(new Float32Array(bytes.buffer));
              if (dtype === "F64") {
                expect(values).toEqual(Float32Array.from(new Float64Array(bytes.buffer)));
              }
            }
          } else {
            refused++;
            expect(() => decodeSafetensors(file)).toThrow(DecodeError);
          }
        },
      ),
      { numRuns: 4000 },
    );
    // Both sides of the rule were met often.
    expect(Math.min(read, refused)).toBeGreaterThan(500);
  });

  it("is tensors or a DecodeError, bytes changed, cut off and put in at random", () => {
    const { entries, data } = safetensorsParts([
      { name: "conv/1", dtype: "F32", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      { name: "größe", dtype: "F16", shape: [3], values: [1, 2, 3] },
      { name: "f", dtype: "F64", shape: [1], values: [1e300] },
    ]);
    const whole = safetensorsFile(JSON.stringify(Object.fromEntries(entries)), data);
    const edit = fc.tuple(
      fc.nat({ max: whole.length }),
      fc.constantFrom("set", "insert", "delete", "cut"),
      fc.oneof(fc.constantFrom(...new TextEncoder().encode('{}[]",:\\ 0129-.eE')), fc.nat({ max: 255 })),
    );
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        const bytes = [...whole];
        for (const [at, what, byte] of edits) {
          if (what === "set") bytes[Math.min(at, bytes.length - 1)] = byte;
          else if (what === "insert") bytes.splice(at, 0, byte);
          else if (what === "delete") bytes.splice(at, 1);
          else bytes.length = Math.min(at, bytes.length);
        }
        try {
          const decoded = decodeSafetensors(Uint8Array.from(bytes));
          let elements = 0;
          for (const { values } of decoded.values()) elements += values.length;
          expect(elements).toBeLessThanOrEqual(bytes.length);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 4000 },
    );
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeSafetensors(whole.subarray(0, length))).toThrow(DecodeError);
    }
  });
});
