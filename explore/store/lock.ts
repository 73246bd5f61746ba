import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { StoreError } from "./store-error.ts";

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** The locks of this process: one that bears its number and is not among them is that of a process before it. */
const held = new Set<string>();

/** Whether the process that took the lock at `path` may still be there; on another machine nobody here can tell. */
const mayLive = (path: string, { pid, host }: Holder): boolean => {
  if (host !== hostname()) return true;
  if (pid === process.pid) return held.has(path);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

/** Undefined where a lock names nobody: it is empty or something else was written to it. */
const holderOf = (text: string): Holder | undefined => {
  try {
    const { pid, host } = JSON.parse(text) as Partial<Holder>;
    return Number.isInteger(pid) && pid! > 0 && typeof host === "string" ? { pid: pid!, host } : undefined;
  } catch {
    return undefined;
  }
};

/** Makes the file with its text, both at once; false where it is there already. */
const create = async (path: string, text: string): Promise<boolean> => {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, text);
    await link(temporary, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw new StoreError(path, `cannot be written: ${(error as Error).message}`);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
};

/**
 * Takes the lock file at `path`; answers with what lets go of it again. A lock whose process is gone (killed, crashed),
 * or that names none, is taken over. Throws a StoreError where a process holds it, on this machine or another, which
 * cannot be asked.
 */
export const takeLock = async (path: string): Promise<() => Promise<void>> => {
  const mine = JSON.stringify({ pid: process.pid, host: hostname() } satisfies Holder);
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await create(path, mine)) {
      held.add(path);
      return async () => {
        held.delete(path);
        await rm(path, { force: true });
      };
    }
    const text = await readFile(path, "utf8").catch(() => "");
    const holder = holderOf(text);
    if (holder !== undefined && mayLive(path, holder)) {
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
