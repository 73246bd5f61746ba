import { readTensors } from "../../../explore/catalog/tensor-file.ts";
import { type WrittenArray, writeNpy } from "../../fixtures/npy-writer.ts";
import { damagedText } from "../damaged-text.ts";
import { type FuzzedDecoder, oneFile } from "../fuzzed-decoder.ts";
import { mutateBytes } from "../mutate-bytes.ts";

const arrays: readonly WrittenArray[] = [
  { descr: "<f4", shape: [2, 3], values: [1, 2, 3, 4, 5, 6] },
  { descr: ">f8", shape: [3, 2], values: [1, 2, 3, 4, 5, 6], fortranOrder: true },
  { descr: "<f2", shape: [4], values: [1, 2, 3, 4], version: 2 },
  { descr: "|i1", shape: [2, 1, 2], values: [-128, 0, 1, 127], version: 3 },
  { descr: "<i8", shape: [], values: [7] },
  { descr: "|b1", shape: [0, 5], values: [] },
];
const files = arrays.map(writeNpy);
const words = [
  "descr",
  "fortran_order",
  "shape",
  "True",
  "False",
  "None",
  "<f4",
  "|O",
  "<U8",
  "<M8[s]",
  "3L",
  "(2, 3)",
];

/** Where the header's text begins and ends. */
const headerOf = (bytes: Uint8Array): [start: number, end: number] => {
  const start = bytes[6] === 1 ? 10 : 12;
  return [start, bytes.indexOf(10, start) + 1];
};

/** A file whose header is another text; its length is written again unless it is too long for its field. */
const withHeader = (bytes: Uint8Array, change: (text: string) => string): Uint8Array => {
  const [start, end] = headerOf(bytes);
  const text = Uint8Array.from(change(String.fromCharCode(...bytes.subarray(start, end))), (character) =>
    character.charCodeAt(0),
  );
  const result = new Uint8Array([...bytes.subarray(0, start), ...text, ...bytes.subarray(end)]);
  const view = new DataView(result.buffer);
  if (start === 10) view.setUint16(8, text.length, true);
  else view.setUint32(8, text.length, true);
  return result;
};

export const npy: FuzzedDecoder = {
  name: "npy",
  valid: files.map((bytes) => oneFile("array.npy", bytes)),
  damaged: (choices) => {
    const valid = choices.of(files);
    const bytes = choices.chance(0.8)
      ? withHeader(valid, (text) => damagedText(text, words, choices))
      : valid;
    return oneFile("array.npy", choices.chance(0.3) ? mutateBytes(bytes, choices) : bytes);
  },
  decode: async (path) => [...(await readTensors(path)).values()],
};
