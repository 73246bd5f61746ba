import { appendFile } from "node:fs/promises";
import { runPaths } from "./run-directory.ts";
import { StoreError } from "./store-error.ts";

/** Appends a line to a run's log, with the time. The log tells people what happened; nothing reads it. */
export const logToRun = async (directory: string, text: string): Promise<void> => {
  const path = runPaths(directory).log;
  try {
    await appendFile(path, `${new Date().toISOString()} ${text}\n`);
  } catch (error) {
    throw new StoreError(path, `cannot be written: ${(error as Error).message}`);
  }
};
