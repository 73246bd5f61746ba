import { readTensorHeaders } from "../../../explore/catalog/safetensors-stream.ts";
import { readTensors } from "../../../explore/catalog/tensor-file.ts";
import { safetensorsFile, safetensorsParts } from "../../fixtures/safetensors-writer.ts";
import { edgeIntegers } from "../choices.ts";
import { damagedJson } from "../damaged-text.ts";
import { type FuzzedDecoder, oneFile } from "../fuzzed-decoder.ts";
import { mutateBytes } from "../mutate-bytes.ts";

const { entries, data } = safetensorsParts([
  { name: "conv.weight", dtype: "F32", shape: [2, 3], values: [1, -2, 3.5, 0, 5, 6] },
  { name: "half", dtype: "F16", shape: [4], values: [1, 2, 3, 4] },
  { name: "brain", dtype: "BF16", shape: [1, 2, 1], values: [0.5, 8] },
  { name: "wide", dtype: "F64", shape: [2], values: [1e-300, 7] },
  { name: "codes", dtype: "I8", shape: [3], values: [-128, 0, 127] },
  { name: "scalar", dtype: "U8", shape: [], values: [9] },
  { name: "none", dtype: "F32", shape: [0, 4], values: [] },
]);
const header = { __metadata__: { format: "pt" }, ...Object.fromEntries(entries) };
const words = [
  "F64",
  "F32",
  "F16",
  "BF16",
  "I64",
  "U8",
  "F8_E4M3",
  "dtype",
  "shape",
  "data_offsets",
  "__metadata__",
];

export const safetensors: FuzzedDecoder = {
  name: "safetensors",
  valid: [oneFile("model.safetensors", safetensorsFile(JSON.stringify(header), data))],
  damaged: (choices) => {
    const values = choices.chance(0.2) ? mutateBytes(Uint8Array.from(data), choices) : data;
    const claimed = choices.chance(0.1) ? choices.of(edgeIntegers) : undefined;
    const bytes = safetensorsFile(damagedJson(header, words, choices), values, claimed);
    return oneFile("model.safetensors", choices.chance(0.1) ? mutateBytes(bytes, choices) : bytes);
  },
  decode: async (path) => {
    const refusal = await readTensorHeaders(path, "/").then(
      () => undefined,
      (error: unknown) => error,
    );
    const tensors = [...(await readTensors(path)).values()];
    // Who reads headers alone, to stream the values, refuses nothing that is read whole.
    if (refusal !== undefined) throw new Error(`refused by its header alone: ${refusal}`);
    return tensors;
  },
};
