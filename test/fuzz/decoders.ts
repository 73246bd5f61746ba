import { networkFile } from "./decoders/network-file.ts";
import { npy } from "./decoders/npy.ts";
import { onnx } from "./decoders/onnx.ts";
import { packedModel } from "./decoders/packed-model.ts";
import { safetensors } from "./decoders/safetensors.ts";
import { scalesim } from "./decoders/scalesim.ts";
import { sweepFile } from "./decoders/sweep-file.ts";
import { tfjs } from "./decoders/tfjs.ts";
import { timeloop } from "./decoders/timeloop.ts";
import { zigzag } from "./decoders/zigzag.ts";
import type { FuzzedDecoder } from "./fuzzed-decoder.ts";

/** Every decoder of files that bitfront did not write. */
export const decoders: readonly FuzzedDecoder[] = [
  onnx,
  safetensors,
  tfjs,
  packedModel,
  npy,
  scalesim,
  timeloop,
  zigzag,
  networkFile,
  sweepFile,
];
