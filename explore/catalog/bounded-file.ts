import { readFile, stat } from "node:fs/promises";
import { CatalogError } from "./catalog-error.ts";

/** Largest file of weights or activations: 2 GiB less one byte, which is also what Node reads at once. */
export const mostModelBytes = 2 ** 31 - 1;

/** The bytes of a file of at most `mostBytes`. Rejects with a CatalogError for what is absent, no file, or larger. */
export const readBoundedFile = async (path: string, mostBytes: number): Promise<Uint8Array> => {
  const status = await stat(path).catch(() => undefined);
  if (status === undefined) throw new CatalogError(path, "there is no such file");
  if (!status.isFile()) throw new CatalogError(path, "it is no file");
  if (status.size > mostBytes)
    throw new CatalogError(path, `it has ${status.size} bytes, expected at most ${mostBytes}`);
  return readFile(path);
};
