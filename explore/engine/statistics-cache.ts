import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { threadId } from "node:worker_threads";
import type { KindRequest } from "./slab.ts";

/** Raise it when the meaning of a statistic changes: cached ones of another version are not found. */
const version = 3;

/** SHA-256 of a tensor's values, in hex. */
export const contentHash = (values: Float32Array): string =>
  createHash("sha256")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");

/**
 * The file in which a statistic of the weights (and captured activations) with this content hash is kept; `decides` is
 * what of the layer's shape decides it.
 */
export const cacheFile = (
  directory: string,
  hash: string,
  decides: unknown,
  { kind, request }: KindRequest,
): string => {
  const key = createHash("sha256")
    .update(JSON.stringify([version, hash, decides, kind, request]))
    .digest("hex");
  return join(directory, key.slice(0, 2), `${key}.bin`);
};

/** Checksum in front of a cached statistic. */
const checksum = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();

/** Reads a cached statistic into `target`; false if there is none, or it is damaged or of another size. */
export const readCached = async (path: string, target: Uint8Array): Promise<boolean> => {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined || bytes.length !== target.length + 32) return false;
  const body = bytes.subarray(32);
  if (!checksum(body).equals(bytes.subarray(0, 32))) return false;
  target.set(body);
  return true;
};

/**
 * Keeps a statistic. It is not flushed: a file that a power failure cut short fails its checksum and is made again.
 * Answers with why it could not be kept, which no result depends on; undefined where it is.
 */
export const writeCached = async (path: string, bytes: Uint8Array): Promise<string | undefined> => {
  const body = Buffer.from(bytes);
  const temporary = `${path}.${process.pid}-${threadId}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, Buffer.concat([checksum(body), body]));
    await rename(temporary, path);
    return undefined;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    return (error as Error).message;
  }
};
