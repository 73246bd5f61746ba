import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { lackingDesign } from "../space/lacking.ts";
import { parseSweep } from "../spec/parse.ts";
import type { Sweep } from "../spec/sweep.ts";
import {
  essentialDifference,
  type Manifest,
  type ManifestDifference,
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
  /** What of that is damaged and is evaluated again, a sentence each. */
  readonly repaired: readonly string[];
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
    const difference = essentialDifference(stored.identity, asked.identity);
    const another =
      difference === undefined ? "the run of this sweep before it was edited" : otherRun(difference);
    throw new StoreError(directory, `holds ${another}; bitfront run evaluates this one`);
  }
  return { stored, earlier: undefined, repaired: [] };
};

/** Whose run a folder holds instead of the one asked for. */
const otherRun = ({ field, stored, asked }: ManifestDifference): string =>
  field === "version"
    ? `a run of bitfront ${stored}, this is bitfront ${asked}`
    : `the run of another sweep (${field} ${stored}, now ${asked})`;

/**
 * Opens the folder of a run to be written, which must be this process's alone. A run of the same sweep goes on. Where
 * the sweep has been enlarged, what is stored moves aside as `earlier`, from where its rows are taken over. Throws
 * StoreError where the folder holds the run of another sweep, or one with designs that this sweep lacks, or points
 * without a manifest to say whose they are.
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
    // The manifest goes last: points without it would be nobody's, should this be cut short.
    const names = (await readdir(directory)).map((name) => join(directory, name));
    const others = names.filter((path) => path !== lock && path !== paths.manifest);
    for (const path of [...others, paths.manifest]) await rm(path, { recursive: true, force: true });
  }
  const stored = await readManifest(paths.manifest);
  if (stored === undefined) await checkEmpty(directory);
  if (stored !== undefined && !sameRows(stored.identity, asked.identity)) {
    await checkExtends(directory, stored, asked, sweep);
    await checkFinished(directory, stored);
    await setEarlier(directory, stored);
  }
  await mkdir(paths.points, { recursive: true }).catch((error: Error) => {
    throw new StoreError(paths.points, `cannot be created: ${error.message}`);
  });
  await removeTemporaryFiles(directory);
  return { stored, ...(await readEarlier(directory)) };
};

/** Throws where there are points though there is no manifest: nothing says which designs they are. */
const checkEmpty = async (directory: string): Promise<void> => {
  for (const pass of ["analytical", "cycle"] as const) {
    const [part] = await storedParts(directory, pass);
    if (part === undefined) continue;
    throw new StoreError(
      runPaths(directory).manifest,
      `is missing, so nothing says of which sweep ${part.path} is; put it back, or discard what is stored with --fresh`,
    );
  }
};

/** By how much the cycle model evaluates. */
const fidelities: readonly Manifest["identity"]["fidelity"][] = ["analytical", "staged", "cycle"];

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
    throw new StoreError(directory, `holds ${otherRun(difference)}; ${remedy}`);
  }
  const [have, want] = [stored.identity.fidelity, asked.identity.fidelity];
  if (fidelities.indexOf(want) < fidelities.indexOf(have)) {
    throw new StoreError(
      directory,
      `holds a run with fidelity ${have}, of which fidelity ${want} would keep less than the cycle model has evaluated; ${remedy}`,
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
};

/** Throws where the stored run is itself still being extended. What a finished one has left behind is removed. */
const checkFinished = async (directory: string, stored: Manifest): Promise<void> => {
  const unfinished = await readManifest(runPaths(runPaths(directory).earlier).manifest);
  if (unfinished === undefined || sameRows(unfinished.identity, stored.identity)) return;
  if (stored.status === "finished") return forgetEarlier(directory);
  throw new StoreError(
    directory,
    `is still being extended to the sweep of ${join(directory, "manifest.json")}; finish that first, or discard what is stored with --fresh`,
  );
};

/** Moves what is stored aside, part by part. It may be cut short anywhere: the next run finds either state and goes on. */
const setEarlier = async (directory: string, stored: Manifest): Promise<void> => {
  const { earlier, points } = runPaths(directory);
  const moved = runPaths(earlier).points;
  try {
    await mkdir(moved, { recursive: true });
    await writeManifest(runPaths(earlier).manifest, stored);
    const names = await readdir(points).catch((error: NodeJS.ErrnoException) => {
      // Moved already by a run that was cut short then.
      if (error.code === "ENOENT") return [];
      throw error;
    });
    for (const name of names) await rename(join(points, name), join(moved, name));
  } catch (error) {
    throw new StoreError(earlier, `cannot be made: ${(error as Error).message}`);
  }
};

/** The rows of a run's `earlier` folder; undefined where it has none. Damaged parts are left out: as good as none. */
const readEarlier = async (directory: string): Promise<Omit<OpenedRun, "stored">> => {
  const { earlier } = runPaths(directory);
  const manifest = await readManifest(runPaths(earlier).manifest);
  const repaired: string[] = [];
  if (manifest === undefined) return { earlier: undefined, repaired };
  const sweep = parseSweep(manifest.spec, { file: manifest.specFile });
  const networks = manifest.identity.networks.map(({ name }) => name);
  const partsOf = async (pass: Pass): Promise<EarlierPart[]> => {
    const { names } = columnLayout(sweep, networks, pass);
    const parts: EarlierPart[] = [];
    for (const { path } of await storedParts(earlier, pass)) {
      const chunk = await readPart(path, names).catch((error: Error) => {
        repaired.push(`${error.message}; its points are evaluated again`);
      });
      const index = chunk?.columns[0] ?? new Float64Array(0);
      if (index.length > 0) parts.push({ path, first: index[0], last: index[index.length - 1] });
    }
    return parts;
  };
  const parts = { analytical: await partsOf("analytical"), cycle: await partsOf("cycle") };
  return { earlier: { sweep, networks, parts }, repaired };
};

/**
 * Removes the front of the run as it was, and its plots, which may be of other networks: they are made anew when the run is
 * published, and never taken for that until then.
 */
export const forgetFront = async (directory: string): Promise<void> => {
  const { frontCsv, frontParquet, plots, evidence } = runPaths(directory);
  for (const path of [frontCsv, frontParquet, plots, evidence])
    await rm(path, { recursive: true, force: true });
};

/** Removes the `earlier` folder once all of it is taken over, the points first: without a manifest they would stay. */
export const forgetEarlier = async (directory: string): Promise<void> => {
  const { earlier } = runPaths(directory);
  await rm(runPaths(earlier).points, { recursive: true, force: true });
  await rm(earlier, { recursive: true, force: true });
};
