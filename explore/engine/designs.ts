import { selectRows } from "../pareto/objectives.ts";
import { type Pass, storedParts } from "../store/run-directory.ts";
import { concatenate } from "./concatenate.ts";
import type { Evaluator } from "./evaluator.ts";
import { readPart } from "./part.ts";

/** A run whose designs are stored; `pass` is the one that decides. */
export interface StoredDesigns {
  readonly evaluator: Evaluator;
  readonly directory: string;
  readonly pass: Pass;
}

/**
 * Calls `visit` for all evaluated designs of a run, a part at a time, with the columns that both passes have, up to the
 * bound, or with `ends` with all columns. Every
 * design comes once, in the best fidelity it was evaluated in; failed ones do not come. Holds one part at a time.
 * Throws StoreError where a part cannot be read.
 */
export const visitDesigns = async (
  { evaluator, directory, pass }: StoredDesigns,
  visit: (columns: readonly Float64Array[], pass: Pass) => void,
  which: "metrics" | "ends" = "metrics",
): Promise<void> => {
  const visitPass = async (passHere: Pass, skipped: Float64Array): Promise<Float64Array> => {
    const { names, bound } = evaluator.layout(passHere);
    const read = which === "ends" ? names : names.slice(0, bound + 1);
    const seen: Float64Array[] = [];
    let next = 0;
    for (const { path } of await storedParts(directory, passHere)) {
      const { columns, errors } = await readPart(path, read);
      const [index] = columns;
      // Parts, and the indices to skip, are both in ascending order.
      const rows = Array.from(index.keys()).filter((row) => {
        while (next < skipped.length && skipped[next] < index[row]) next++;
        return skipped[next] !== index[row] && !errors.has(row);
      });
      const chosen = rows.length === index.length ? columns : selectRows(columns, rows);
      if (chosen[0].length > 0) visit(chosen, passHere);
      if (passHere !== "analytical") seen.push(chosen[0]);
    }
    return concatenate(seen);
  };
  const none = new Float64Array(0);
  const traced = pass === "cycle" ? await visitPass("cycle", none) : none;
  const staged = evaluator.plan.sweep.fidelity === "staged";
  if (pass === "analytical" || staged) await visitPass("analytical", traced);
};
