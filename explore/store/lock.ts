import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { resolve } from "node:path";
import { temporaryEnding } from "./atomic-file.ts";
import { StoreError } from "./store-error.ts";

/** Who holds a lock. */
interface Holder {
  readonly pid: number;
  readonly host: string;
}

/** The locks that this process has or is about to take. */
const held = new Set<string>();

/**
 * Whether the process that took a lock may still be there; on another machine nobody here can tell. This process knows
 * its own: another lock with its number is that of a process before it.
 */
const mayLive = ({ pid, host }: Holder): boolean => {
  if (host !== hostname()) return true;
  if (pid === process.pid) return false;
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

/** What a file system without links answers. */
const linkless = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** Makes the file with its text, both at once where the file system can; false where it is there already. */
const create = async (path: string, text: string): Promise<boolean> => {
  const temporary = `${path}.${process.pid}${temporaryEnding}`;
  try {
    await writeFile(temporary, text);
    await link(temporary, path).catch(async (error: NodeJS.ErrnoException) => {
      if (!linkless.has(error.code ?? "")) throw error;
      await writeFile(path, text, { flag: "wx" });
    });
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
  const mine: Holder = { pid: process.pid, host: hostname() };
  const file = resolve(path);
  if (held.has(file)) throw heldBy(path, mine);
  held.add(file);
  try {
    await takeFile(path, JSON.stringify(mine));
  } catch (error) {
    held.delete(file);
    throw error;
  }
  return async () => {
    await rm(file, { force: true });
    held.delete(file);
  };
};

const heldBy = (path: string, { pid, host }: Holder): StoreError =>
  new StoreError(
    path,
    `another run has this folder: process ${pid} on ${host}; wait for it, or remove the file if there is no such process`,
  );

const takeFile = async (path: string, mine: string): Promise<void> => {
  for (let attempt = 0; attempt < 2; attempt++) {
    if (await create(path, mine)) return;
    const text = await readFile(path, "utf8").catch(() => "");
    const holder = holderOf(text);
    if (holder !== undefined && mayLive(holder)) throw heldBy(path, holder);
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
