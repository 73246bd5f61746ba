import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { lackingDesign } from "../space/lacking.ts";
import { parseSweep } from "../spec/parse.ts";
import type { Sweep } from "../spec/sweep.ts";
import {
  essentialDifference,
  type Manifest,
  readManifest,
  sameRows,
  writeManifest,
} from "../store/manifest.ts";
import { type Pass, removeTemporaryFiles, runPaths, storedParts } from "../store/run-directory.ts";
import { StoreError } from "../store/store-error.ts";
import { columnLayout } from "./columns.ts";
import { readPart } from "./part.ts";
import type { EarlierPart, EarlierRun } from "./plan.ts";

/** What a run finds in its folder. */
export interface OpenedRun {
  /** The manifest of an earlier run that goes on, or whose sweep is extended. */
  readonly stored: Manifest | undefined;
  /** What it had stored under the sweep as it was before, if that is not all taken over yet. */
  readonly earlier: EarlierRun | undefined;
}

/** Makes the folder of a run, with nothing in it yet but what an earlier run has left. */
export const makeRunFolder = async (directory: string): Promise<void> => {
  await mkdir(directory, { recursive: true }).catch((error: Error) => {
    throw new StoreError(directory, `cannot be created: ${error.message}`);
  });
};

/** Opens a finished run to be read. Throws StoreError where there is none of this sweep. */
export const openStored = async (directory: string, asked: Manifest): Promise<OpenedRun> => {
  const stored = await readManifest(runPaths(directory).manifest);
  if (stored === undefined) throw new StoreError(directory, "holds no run; make one with bitfront run");
  if (!sameRows(stored.identity, asked.identity)) {
    const { field, ...values } = essentialDifference(stored.identity, asked.identity) ?? {
      field: "the sweep",
      stored: "as it was",
      asked: "edited since",
    };
    throw new StoreError(
      directory,
      `holds the run of another sweep (${field}: ${values.stored}, now ${values.asked}); bitfront run evaluates this one`,
    );
  }
  return { stored, earlier: undefined };
};

/**
 * Opens the folder of a run to be written, which must be this process's alone. A run of the same sweep goes on. Where
 * the sweep has been enlarged, what is stored moves aside as `earlier`, from where its rows are taken over. Throws
 * StoreError where the folder holds the run of another sweep, or one with designs that this sweep lacks.
 */
export const openRun = async (
  directory: string,
  asked: Manifest,
  sweep: Sweep,
  fresh: boolean,
  lock: string,
): Promise<OpenedRun> => {
  const paths = runPaths(directory);
  if (fresh) {
    for (const name of await readdir(directory)) {
      if (join(directory, name) !== lock) await rm(join(directory, name), { recursive: true, force: true });
    }
  }
  const stored = await readManifest(paths.manifest);
  if (stored !== undefined && !sameRows(stored.identity, asked.identity)) {
    await checkExtends(directory, stored, asked, sweep);
    await setEarlier(directory, stored);
  }
  await mkdir(paths.points, { recursive: true }).catch((error: Error) => {
    throw new StoreError(paths.points, `cannot be created: ${error.message}`);
  });
  await removeTemporaryFiles(directory);
  return { stored, earlier: await readEarlier(directory) };
};

/** Throws where rows of the stored run are not all rows of the one asked for. */
const checkExtends = async (
  directory: string,
  stored: Manifest,
  asked: Manifest,
  sweep: Sweep,
): Promise<void> => {
  const remedy = "give the sweep another name, or discard what is stored with --fresh";
  const difference = essentialDifference(stored.identity, asked.identity);
  if (difference !== undefined) {
    const { field, ...values } = difference;
    throw new StoreError(
      directory,
      `holds the run of another sweep (${field} ${values.stored}, now ${values.asked}); ${remedy}`,
    );
  }
  const before = parseSweep(stored.spec, { file: stored.specFile });
  const lacking = lackingDesign(before.space, sweep.space);
  if (lacking !== undefined) {
    throw new StoreError(
      directory,
      `holds the run of a sweep with designs that this one has not, such as ${lacking}; ${remedy}`,
    );
  }
  const unfinished = await readManifest(runPaths(runPaths(directory).earlier).manifest);
  if (unfinished !== undefined && !sameRows(unfinished.identity, stored.identity)) {
    throw new StoreError(
      directory,
      `is still being extended to the sweep of ${join(directory, "manifest.json")}; finish that first, or discard what is stored with --fresh`,
    );
  }
};

/** Moves what is stored aside. It may be cut short anywhere: the next run finds either state and goes on. */
const setEarlier = async (directory: string, stored: Manifest): Promise<void> => {
  const { earlier, points } = runPaths(directory);
  try {
    await mkdir(earlier, { recursive: true });
    await writeManifest(runPaths(earlier).manifest, stored);
    await rename(points, runPaths(earlier).points).catch((error: NodeJS.ErrnoException) => {
      // Moved already by a run that was cut short then.
      if (error.code !== "ENOENT") throw error;
    });
  } catch (error) {
    throw new StoreError(earlier, `cannot be made: ${(error as Error).message}`);
  }
};

/** The rows of a run's `earlier` folder; undefined where it has none. */
const readEarlier = async (directory: string): Promise<EarlierRun | undefined> => {
  const { earlier } = runPaths(directory);
  const manifest = await readManifest(runPaths(earlier).manifest);
  if (manifest === undefined) return undefined;
  const sweep = parseSweep(manifest.spec, { file: manifest.specFile });
  const networks = manifest.identity.networks.map(({ name }) => name);
  const partsOf = async (pass: Pass): Promise<EarlierPart[]> => {
    const listed = pass === "cycle" && sweep.fidelity === "staged";
    const parts: EarlierPart[] = [];
    for (const { path, from, to } of await storedParts(earlier, pass)) {
      if (!listed) {
        parts.push({ path, first: from, last: to - 1 });
        continue;
      }
      // A part of a list of designs: which they are stands in it. A damaged one is as good as none.
      const chunk = await readPart(path, columnLayout(sweep, networks, pass).names).catch(() => undefined);
      const index = chunk?.columns[0] ?? new Float64Array(0);
      if (index.length > 0) parts.push({ path, first: index[0], last: index[index.length - 1] });
    }
    return parts;
  };
  return {
    sweep,
    networks,
    parts: { analytical: await partsOf("analytical"), cycle: await partsOf("cycle") },
  };
};

/** Removes the `earlier` folder once all of it is taken over. */
export const forgetEarlier = async (directory: string): Promise<void> => {
  await rm(runPaths(directory).earlier, { recursive: true, force: true });
};
