import { open, rename, rm } from "node:fs/promises";
import { threadId } from "node:worker_threads";
import { StoreError } from "./store-error.ts";

/** The ending of a file that is still being written. */
export const temporaryEnding = ".tmp";

/**
 * Writes a file so that a reader sees the old content, or the whole of the new, and nothing between: the bytes go to
 * a temporary name beside it, are flushed to the device, and the file is renamed. The directory itself is not
 * flushed: after a power failure the file may be absent, but is never half written. Writers in other threads and
 * processes have temporary names of their own; one thread must not write the same path twice at once.
 * Fails with a StoreError that names the path.
 */
export const writeFileAtomically = async (path: string, content: Uint8Array | string): Promise<void> => {
  const temporary = `${path}.${process.pid}-${threadId}${temporaryEnding}`;
  try {
    const file = await open(temporary, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new StoreError(path, `cannot be written: ${(error as Error).message}`);
  }
};
