import { open, readFile, rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { StoreError } from "./store-error.ts";

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** Whether the process that took a lock may still be there; on another machine nobody here can tell. */
const mayLive = ({ pid, host }: Holder): boolean => {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

const holderOf = (text: string): Holder | undefined => {
  try {
    return JSON.parse(text) as Holder;
  } catch {
    return undefined;
  }
};

/**
 * Takes the lock file at `path`; answers with what lets go of it again. A lock whose process is gone (killed, crashed)
 * is taken over. Throws a StoreError where a process holds it, on this machine or another, which cannot be asked.
 */
export const takeLock = async (path: string): Promise<() => Promise<void>> => {
  const mine = JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = await open(path, "wx");
      await file.writeFile(mine);
      await file.close();
      return () => rm(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
        throw new StoreError(path, `cannot be written: ${(error as Error).message}`);
      }
    }
    const text = await readFile(path, "utf8").catch(() => "");
    const holder = holderOf(text);
    if (holder !== undefined && mayLive(holder)) {
      throw new StoreError(
        path,
        `another run has this folder: process ${holder.pid} on ${holder.host}; wait for it, or remove the file if there is no such process`,
      );
    }
    // Renamed first: of two processes that find the lock abandoned, one gets it out of the way.
    const aside = `${path}.${process.pid}`;
    await rename(path, aside).catch(() => undefined);
    const taken = await readFile(aside, "utf8").catch(() => text);
    if (taken !== text) {
      await rename(aside, path).catch(() => undefined);
      throw new StoreError(path, "another run has taken this folder just now");
    }
    await rm(aside, { force: true });
  }
  throw new StoreError(path, "another run has taken this folder just now");
};
