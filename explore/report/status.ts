import { join } from "node:path";
import * as Effect from "effect/Effect";
import { readPartBytes } from "../engine/part.ts";
import { readManifest } from "../store/manifest.ts";
import { type Pass, runPaths, storedParts } from "../store/run-directory.ts";
import { StoreError } from "../store/store-error.ts";

/** How far a run is. */
export interface RunStatus {
  readonly directory: string;
  /** `incomplete`: it was finished, but parts are missing since. */
  readonly status: "running" | "finished" | "interrupted" | "incomplete";
  readonly fidelity: string;
  /** Indices of the space, excluded ones counted. */
  readonly points: number;
  /** Positions of each pass whose parts are stored; how many the cycle pass has is known when it is done. */
  readonly stored: Readonly<Record<Pass, number>>;
  readonly counts: { readonly evaluated: number; readonly failed: number; readonly front: number };
}

/** Reads the status of run `name` in a folder of runs. Fails with StoreError where there is none, or a part is damaged. */
export const runStatus = (results: string, name: string): Effect.Effect<RunStatus, StoreError> =>
  Effect.tryPromise({
    try: async (): Promise<RunStatus> => {
      const directory = join(results, name);
      const manifest = await readManifest(runPaths(directory).manifest);
      if (manifest === undefined) throw new StoreError(directory, "holds no run; make one with bitfront run");
      const positions = async (pass: Pass): Promise<number> => {
        let sum = 0;
        for (const { path, from, to } of await storedParts(directory, pass)) {
          await readPartBytes(path);
          sum += to - from;
        }
        return sum;
      };
      const stored = { analytical: await positions("analytical"), cycle: await positions("cycle") };
      const lacking =
        stored[manifest.identity.fidelity === "cycle" ? "cycle" : "analytical"] < manifest.points;
      return {
        directory,
        status: manifest.status === "finished" && lacking ? "incomplete" : manifest.status,
        fidelity: manifest.identity.fidelity,
        points: manifest.points,
        stored,
        counts: manifest.counts,
      };
    },
    catch: (error) => error as StoreError,
  });

/** A status for a terminal. */
export const statusText = ({ directory, status, fidelity, points, stored, counts }: RunStatus): string => {
  const passes = [];
  if (fidelity !== "cycle") passes.push(`analytical model ${stored.analytical} of ${points}`);
  if (fidelity === "cycle") passes.push(`cycle model ${stored.cycle} of ${points}`);
  if (fidelity === "staged") passes.push(`cycle model ${stored.cycle} of those that need it`);
  const lines = [`${directory}: ${status}`, `  stored: ${passes.join(", ")}`];
  if (status === "finished") {
    lines.push(`  ${counts.evaluated} designs, ${counts.failed} failed, ${counts.front} on the front`);
  }
  if (status === "incomplete") lines.push("  parts are missing; bitfront run evaluates their points again");
  return lines.join("\n");
};
