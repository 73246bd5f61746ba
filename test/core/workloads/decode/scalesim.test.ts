import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DecodeError } from "../../../../core/errors.ts";
import { decodeScaleSim } from "../../../../core/workloads/decode/scalesim.ts";
import { macs, parameters } from "../../../../core/workloads/layer.ts";

const decode = (text: string) =>
  decodeScaleSim(new TextEncoder().encode(text), { name: "mine", source: "mine.csv" });

const columns =
  "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,";
const rows = (...lines: string[]): string => [columns, ...lines, ""].join("\n");
const layersOf = (text: string) => decode(text).layers;
const onlyLayer = (line: string) => layersOf(rows(line))[0];

describe("a topology of convolutions", () => {
  it("is an architecture without weights, at batch 1", () => {
    const architecture = decode(rows("stem,11,9,3,2,4,5,2,"));
    expect(architecture).toMatchObject({
      name: "mine",
      source: "mine.csv",
      inputs: {},
      movements: [],
      absorbed: {},
    });
    const [layer] = architecture.layers;
    expect(layer).toEqual({
      name: "stem",
      kind: "convolution",
      filters: 5,
      channels: 4,
      groups: 1,
      outputHeight: 5,
      outputWidth: 5,
      kernelHeight: 3,
      kernelWidth: 2,
      strideHeight: 2,
      strideWidth: 2,
      dilationHeight: 1,
      dilationWidth: 1,
      paddingTop: 0,
      inputHeight: 11,
      inputWidth: 9,
      biasParameters: 0,
    });
    expect(macs(layer)).toBe(5 * 5 * 3 * 2 * 4 * 5);
  });

  it("counts the outputs as SCALE-Sim does: windows begun, up to the first that reaches the end of the IFMAP", () => {
    const size = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 6 }), (first, second, stride) => {
        const [kernel, input] = [Math.min(first, second), Math.max(first, second)];
        let windows = 1;
        while ((windows - 1) * stride + kernel < input) windows++;
        const { outputHeight, outputWidth } = onlyLayer(
          `a,${input},${kernel},${kernel},${kernel},1,1,${stride}`,
        );
        expect([outputHeight, outputWidth]).toEqual([windows, 1]);
      }),
    );
  });

  it.each([
    ["blank lines and lines of commas", `${columns}\n,,,,,,,,\n\na,5,5,3,3,2,4,1,\n , ,\n`],
    ["a byte-order mark", `\ufeff${columns}\na,5,5,3,3,2,4,1,\n`],
    [
      "a lower-case header with other words",
      "layer name,Ifmap height,ifmap width,filter height,filter width,channels,num filters,strides,\na,5,5,3,3,2,4,1,",
    ],
    ["a header that says width twice", `${columns.replace("IFMAP Height", "IFMAP Width")}\na,5,5,3,3,2,4,1,`],
    ["padded cells", rows("a     ,5         ,5        , 3           ,3\t,2       ,4        ,1      ,")],
    ["no last line break and no last comma", `${columns.slice(0, -1)}\na,5,5,3,3,2,4,1`],
    ["line breaks of Windows", rows("a,5,5,3,3,2,4,1,").replaceAll("\n", "\r\n")],
    ["columns of notes", `${columns},,Eh,Ew,\na,5,5,3,3,2,4,1,,,9,9,\n`],
    ["text behind the last column", rows("a,5,5,3,3,2,4,1,# the stem, I think")],
    ["a batch of 1", `${columns} Batch Size,\na,5,5,3,3,2,4,1,1,\n`],
    ["a dense sparsity", `${columns.replace("Strides", "Strides, Sparsity")}\na,5,5,3,3,2,4,1,4:4,\n`],
  ])("may have %s", (_, text) => {
    expect(layersOf(text)).toEqual(layersOf(rows("a,5,5,3,3,2,4,1,")));
  });

  it("may have the two strides that SCALE-Sim writes", () => {
    const header = columns.replace("Strides", "Stride height,Stride width");
    expect(layersOf(`${header}\na,9,9,3,3,2,4,2,3,\n`)[0]).toMatchObject({
      strideHeight: 2,
      strideWidth: 3,
      outputHeight: 4,
      outputWidth: 3,
    });
    // A second number without its column is a note: SCALE-Sim drops it, too.
    expect(onlyLayer("a,9,9,3,3,2,4,2, 3")).toMatchObject({ strideHeight: 2, strideWidth: 2 });
  });

  it("tells layers of one name apart", () => {
    const names = layersOf(rows("a,5,5,3,3,2,4,1,", "a,5,5,3,3,2,4,1,", "b,5,5,3,3,2,4,1,")).map(
      ({ name }) => name,
    );
    expect(names).toEqual(["a", "a#2", "b"]);
  });

  it("has depthwise layers by DP in the name, and dense ones of a single filter without it", () => {
    const depthwise = onlyLayer("block1_DP,6,6,3,3,8,1,1,");
    const dense = onlyLayer("block1_dw,6,6,3,3,8,1,1,");
    expect(depthwise).toMatchObject({ filters: 8, channels: 8, groups: 8 });
    expect(dense).toMatchObject({ filters: 1, channels: 8, groups: 1 });
    expect([macs(depthwise), macs(dense)]).toEqual([16 * 9 * 8, 16 * 9 * 8]);
    expect(onlyLayer("DP2,6,6,3,3,8,2,1,")).toMatchObject({ filters: 16, channels: 8, groups: 8 });
  });

  it("has linear layers over a column of pixels", () => {
    expect(onlyLayer("fc,1,1,1,1,512,1000,1,")).toMatchObject({
      kind: "linear",
      filters: 1000,
      channels: 512,
    });
    expect(onlyLayer("tokens,7,1,1,1,512,1000,1,")).toMatchObject({ kind: "linear", outputHeight: 7 });
  });
});

describe("a topology of matrix products", () => {
  it("has M vectors, N filters and K channels", () => {
    const [layer, second] = layersOf("Layer,M,N,K,\nL0,196,192,768,\nL1,1,2,3\n\n");
    expect(layer).toMatchObject({
      name: "L0",
      kind: "linear",
      outputHeight: 196,
      filters: 192,
      channels: 768,
    });
    expect([macs(layer), parameters(layer)]).toEqual([196 * 192 * 768, 192 * 768]);
    expect(macs(second)).toBe(6);
  });

  it.each([
    ["behind K", "Layer,M,N,K,\nqk,10,12,8,3,\n"],
    ["behind the sparsity", "Layer,M,N,K,\nqk,10,12,8,1:1,3,\n"],
    ["in a column of its name", "Layer,M,N,K,Batch\nqk,10,12,8,3"],
  ])("may have a count %s: products of activations", (_, text) => {
    const [layer] = layersOf(text);
    expect(layer).toMatchObject({ kind: "matmul", groups: 3, filters: 36, channels: 24, outputHeight: 10 });
    expect([macs(layer), parameters(layer)]).toEqual([3 * 10 * 12 * 8, 0]);
  });

  it("may have notes of other names", () => {
    expect(layersOf("Layer,M,N,K,GMACs\nqk,10,12,8,3\n")[0]).toMatchObject({ kind: "linear", groups: 1 });
  });
});

const messageOf = (decoding: () => unknown): string => {
  try {
    decoding();
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return (error as DecodeError).message;
  }
  return "no error";
};

describe("what is refused", () => {
  it.each([
    [
      "a,5,B,3,3,2,4,1,",
      'line 2, column IFMAP Width: "B" is no count; expected a whole number from 1 to 2147483647',
    ],
    ["a,5,5,3,3,2,4,,", "line 2, column Strides: is empty; expected a whole number"],
    ["a,5,5,3,3", "line 2, column Channels: is empty"],
    ["a,5,5,3,3,0,4,1,", 'line 2, column Channels: "0" is no count'],
    ["a,5,5,3,3,2.5,4,1,", '"2.5" is no count'],
    ["a,5,5,3,3,-2,4,1,", '"-2" is no count'],
    ["a,5,5,3,3,99999999999,4,1,", '"99999999999" is no count'],
    ["a,2,5,3,3,2,4,1,", "line 2, column Filter Height: 3 is more than the 2 of the IFMAP"],
    ["a,5,2,3,3,2,4,1,", "line 2, column Filter Width: 3 is more than the 2 of the IFMAP"],
    [",5,5,3,3,2,4,1,", "line 2, column Layer name: is empty; expected the layer's name"],
    ["a,5,5,3,3,2,4,1,1:4,", "line 2, column 9: the sparsity 1:4 is not read"],
    [
      "a,70000,70000,1,1,70000,70000,1,",
      "line 2, column Layer name: a has 24010000000000000000 multiply–accumulates",
    ],
  ])("the row %s", (line, message) => {
    expect(messageOf(() => decode(rows(line)))).toContain(message);
  });

  it("a batch other than 1, and a sparsity that is no ratio", () => {
    expect(messageOf(() => decode(`${columns} Batch Size,\n\na,5,5,3,3,2,4,1,8,`))).toBe(
      "SCALE-Sim topology: line 3, column Batch Size: 8; the batch is a parameter of the machine, expected 1",
    );
    expect(messageOf(() => decode(`${columns} Sparsity,\na,5,5,3,3,2,4,1,0.5,`))).toContain(
      "the sparsity 0.5",
    );
    expect(messageOf(() => decode("Layer,M,N,K,Batch\na,1,2,3,x"))).toContain(
      'column Batch: "x" is no count',
    );
  });

  it.each([
    ["a,b,c\n1,2,3", "line 1: its columns are a, b, c; expected Layer name, IFMAP Height"],
    [columns.replace("Height, IFMAP Width", "Width, IFMAP Height"), "line 1: its columns are"],
    [
      columns.replace("Filter Height, Filter Width", "Filter Width, Filter Height"),
      "line 1: its columns are",
    ],
    ["Layer,M,K,N\na,1,2,3", "or Layer, M, N, K"],
    ["a,5,5,3,3,2,4,1,", "line 1: its columns are a, 5, 5"],
    ["\n\n", "the file: it is empty"],
    [columns, "the file: it has no layers"],
  ])("the file %j", (text, message) => {
    expect(messageOf(() => decode(text))).toContain(message);
  });

  it("a file that is too large, has too many layers, or is no text", () => {
    const request = { name: "a", source: "a" };
    expect(messageOf(() => decodeScaleSim(new Uint8Array(2 ** 20 + 1), request))).toContain(
      "it has 1048577 bytes, expected at most 1048576",
    );
    expect(messageOf(() => decode(`Layer,M,N,K\n${"a,1,1,1\n".repeat(100_001)}`))).toContain(
      "it has 100001 layers, expected at most 100000",
    );
    expect(messageOf(() => decodeScaleSim(Uint8Array.of(0xff, 0xfe, 0x4c), request))).toContain(
      "no text in UTF-8",
    );
  });

  it("any other damage, never with another error", () => {
    const text = rows("a,5,5,3,3,2,4,1,", "b_DP,6,6,3,3,8,1,2,");
    const edit = fc.record({
      at: fc.nat(text.length),
      with: fc.constantFrom(",", "\n", "9", "-", "x", ":", ""),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
        const damaged = edits.reduce(
          (left, { at, with: put }) => left.slice(0, at) + put + left.slice(at + 1),
          text,
        );
        try {
          for (const layer of layersOf(damaged)) expect(Number.isSafeInteger(macs(layer))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
  });
});
