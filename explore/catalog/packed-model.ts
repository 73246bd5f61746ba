import { basename } from "node:path";
import { DecodeError } from "../../core/errors.ts";
import { scriptExport } from "../../core/workloads/decode/script-module.ts";
import { readBoundedFile } from "./bounded-file.ts";

/** Largest script that is read: its text has to fit into one string. */
const mostScriptBytes = 2 ** 28;

/** The ending of the scripts that a package such as nsfwjs packs its TensorFlow.js models into. */
const ending = ".min.js";

/** Whether a path names a model.json that is packed into a script: `model.min.js`, shards `<shard>.min.js`. */
export const isPackedModel = (path: string): boolean => path.endsWith(ending);

/** The path of a shard of a packed model, from that of the shard. */
export const packedShard = (path: string): string => `${path}${ending}`;

/** The model.json that a script exports as an object; nothing is run. Rejects as readBoundedFile and scriptExport do. */
export const readPackedModel = async (path: string): Promise<unknown> =>
  scriptExport(
    "TFJS",
    basename(path),
    new TextDecoder().decode(await readBoundedFile(path, mostScriptBytes)),
  );

/** The bytes of a shard that a script exports as base64 text. Rejects as above, and with DecodeError for other text. */
export const readPackedShard = async (path: string): Promise<Uint8Array> => {
  const text = await readPackedModel(path);
  const isBase64 = typeof text === "string" && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  if (!isBase64) throw new DecodeError("TFJS", basename(path), "the script exports no base64 text");
  return Buffer.from(text, "base64");
};
