import { createHash } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { temporaryEnding } from "./atomic-file.ts";
import { StoreError } from "./store-error.ts";

/** The two passes over a sweep: the closed formulas for every point, and the cycle model for those that need it. */
export type Pass = "analytical" | "cycle";

/** Positions `from` (inclusive) to `to` (exclusive) in a pass's list of points. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Where everything of a run lies. */
export interface RunPaths {
  readonly directory: string;
  readonly manifest: string;
  readonly points: string;
  /** What the run had stored before its sweep was extended: a manifest and points, until all is taken over. */
  readonly earlier: string;
  readonly frontCsv: string;
  readonly frontParquet: string;
  readonly plots: string;
  readonly agreement: string;
  /** What is known of the designs on the fronts beyond their metrics. */
  readonly evidence: string;
  readonly log: string;
  /** There while a process writes to the run. */
  readonly lock: string;
}

/** The paths of the run in `directory`; nothing is created. */
export const runPaths = (directory: string): RunPaths => ({
  directory,
  manifest: join(directory, "manifest.json"),
  points: join(directory, "points"),
  earlier: join(directory, "earlier"),
  frontCsv: join(directory, "front.csv"),
  frontParquet: join(directory, "front.parquet"),
  plots: join(directory, "plots"),
  agreement: join(directory, "agreement.json"),
  evidence: join(directory, "evidence.json"),
  log: join(directory, "run.log"),
  lock: join(directory, "run.lock"),
});

const digits = 12;
const partName = /^(analytical|cycle)-(\d{12,})-(\d{12,})-([0-9a-f]{16})\.parquet$/;

/** A range of a pass that is stored, and the file that holds it. */
export interface StoredPart extends Range {
  readonly path: string;
}

/**
 * The file that holds a range of a pass: `points/<pass>-<from>-<to>-<checksum>.parquet`, the numbers padded to 12 digits
 * so that names sort as ranges do, and the first 16 hexadecimal digits of the SHA-256 of its bytes.
 */
export const partPath = (directory: string, pass: Pass, { from, to }: Range, bytes: Uint8Array): string => {
  const padded = (position: number) => String(position).padStart(digits, "0");
  const name = `${pass}-${padded(from)}-${padded(to)}-${checksum(bytes)}.parquet`;
  return join(runPaths(directory).points, name);
};

const checksum = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

/** Whether the bytes of a part are those that its name was made from. */
export const isWhole = (path: string, bytes: Uint8Array): boolean =>
  partName.exec(basename(path))?.[4] === checksum(bytes);

/** The names in a folder of a run; none where the run has not come so far. */
const filesIn = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new StoreError(folder, `cannot be listed: ${(error as Error).message}`);
  }
};

/**
 * The parts of a pass that are on disk, in ascending order. A part gets its name only when it is complete, so
 * the name is enough and no part is opened; files that are still being written and foreign files are ignored. Parts
 * that overlap (two runs with different chunk sizes in one directory) fail with a StoreError, since their points
 * would count twice.
 */
export const storedParts = async (directory: string, pass: Pass): Promise<StoredPart[]> => {
  const parts: StoredPart[] = [];
  for (const name of await filesIn(runPaths(directory).points)) {
    const match = partName.exec(name);
    if (match?.[1] !== pass) continue;
    const path = join(runPaths(directory).points, name);
    parts.push({ from: Number(match[2]), to: Number(match[3]), path });
  }
  parts.sort((left, right) => left.from - right.from || left.to - right.to);
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    if (next !== undefined && next.from < part.to) {
      throw new StoreError(next.path, `overlaps ${part.path}; remove one of the two parts`);
    }
  }
  return parts;
};

/**
 * Removes what writers that were killed left behind in a run's folders. Only for a run that has the directory to
 * itself: a file that another process is writing would be removed as well.
 */
export const removeTemporaryFiles = async (directory: string): Promise<void> => {
  const { points, plots } = runPaths(directory);
  for (const folder of [directory, points, plots]) {
    for (const name of await filesIn(folder)) {
      if (name.endsWith(temporaryEnding)) await rm(join(folder, name), { force: true });
    }
  }
};

/** The ending of a part that was found damaged: it is kept for whoever wants to see, and counts no more. */
const damagedEnding = ".damaged";

/** Renames a damaged part so that its range is missing again; answers with its new path. */
export const setAside = async (path: string): Promise<string> => {
  const aside = `${path}${damagedEnding}`;
  try {
    await rename(path, aside);
  } catch (error) {
    throw new StoreError(path, `is damaged and cannot be renamed: ${(error as Error).message}`);
  }
  return aside;
};

/**
 * The chunks that remain of `total` positions: the gaps between the finished ranges, cut at multiples of `chunk`, in
 * ascending order, so that any mixture of earlier chunk sizes is filled exactly. Throws a RangeError where `total`
 * or `chunk` is no whole number, or where finished ranges are not ascending, overlap, or exceed `total`.
 */
export const missingRanges = (total: number, chunk: number, finished: readonly Range[]): Range[] => {
  if (!Number.isSafeInteger(total) || total < 0) {
    throw new RangeError(`total is ${total}, expected a whole number from 0`);
  }
  if (!Number.isSafeInteger(chunk) || chunk < 1) {
    throw new RangeError(`chunk is ${chunk}, expected a whole number from 1`);
  }
  const missing: Range[] = [];
  const fill = (start: number, end: number): void => {
    for (let from = start; from < end; ) {
      const to = Math.min((Math.floor(from / chunk) + 1) * chunk, end);
      missing.push({ from, to });
      from = to;
    }
  };
  let covered = 0;
  for (const { from, to } of finished) {
    if (from < covered || to < from || to > total) {
      throw new RangeError(
        `finished range ${from} to ${to}: expected ascending ranges within ${covered} to ${total}`,
      );
    }
    fill(covered, from);
    covered = to;
  }
  fill(covered, total);
  return missing;
};
