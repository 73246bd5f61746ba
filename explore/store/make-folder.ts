import { mkdir } from "node:fs/promises";
import { StoreError } from "./store-error.ts";

/** Makes a folder where there is none. Fails with a StoreError that names it where the disk refuses. */
export const makeFolder = async (directory: string): Promise<void> => {
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw new StoreError(directory, `cannot be made: ${(error as Error).message}`);
  }
};
