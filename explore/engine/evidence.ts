import { readFile } from "node:fs/promises";
import { type CycleBreakdown, networkCycles } from "../../core/model/cycle-breakdown.ts";
import type { EnergyBreakdown } from "../../core/model/energy.ts";
import { type Mark, weakestMark } from "../../core/technology/component.ts";
import { writeFileAtomically } from "../store/atomic-file.ts";
import { runPaths } from "../store/run-directory.ts";
import { type CertainDesigns, certainDesigns, type StoredFronts } from "./certain-designs.ts";

/** A network on a design of the front, taken apart. */
export interface NetworkEvidence {
  /** Clock cycles of a batch by cause; absent where the analytical model decides, which knows no schedule. */
  readonly cycles?: CycleBreakdown;
  /** Energy of an inference by consumer. */
  readonly energy: EnergyBreakdown;
}

/** So many designs of the fronts are taken apart; of a larger front the first ones. */
const mostTakenApart = 20_000;

/** What a run knows of the designs on its fronts beyond their metrics. */
export interface FrontEvidence {
  /** For each front the designs that stay on it although numbers are uncertain. */
  readonly fronts: readonly CertainDesigns[];
  /** By index, the weakest mark of what entered, and each network taken apart. */
  readonly designs: Readonly<
    Record<string, { readonly mark: Mark; readonly networks: readonly NetworkEvidence[] }>
  >;
}

/**
 * Takes the designs on the fronts apart and keeps the result in the run's folder, since a later answer from stored
 * points has no statistics to repeat it with.
 */
export const gatherEvidence = async (run: StoredFronts): Promise<FrontEvidence> => {
  const { evaluator, pass, fronts, directory } = run;
  const designs: Record<string, FrontEvidence["designs"][string]> = {};
  for (const [index] of takenApart(fronts)) {
    const point = evaluator.space.pointAt(index);
    if (point === null) throw new Error(`index ${index} is no design of the space`);
    const clock = Number(point.configuration.clock) * 1e9;
    designs[index] = {
      mark: weakestMark(evaluator.costs(point).map(({ costs }) => costs)),
      networks: evaluator.results(point, pass).map((result, network) => ({
        ...(pass === "cycle" && {
          cycles: networkCycles(result, evaluator.splits(point, network), clock),
        }),
        energy: perInference(result.energy, result.batch),
      })),
    };
  }
  const found: FrontEvidence = { fronts: await certainDesigns(run), designs };
  await writeFileAtomically(runPaths(directory).evidence, `${JSON.stringify(found)}\n`);
  return found;
};

const takenApart = (fronts: StoredFronts["fronts"]): readonly Float64Array[] =>
  fronts.flatMap(({ rows }) => rows).slice(0, mostTakenApart);

const perInference = (energy: EnergyBreakdown, batch: number): EnergyBreakdown =>
  Object.fromEntries(
    Object.entries(energy).map(([name, joules]) => [name, joules / batch]),
  ) as unknown as EnergyBreakdown;

/** What `gatherEvidence` kept, if it is of all designs on these fronts; null where it is not there. */
export const readEvidence = async ({
  directory,
  fronts,
}: Pick<StoredFronts, "directory" | "fronts">): Promise<FrontEvidence | null> => {
  try {
    const kept = JSON.parse(await readFile(runPaths(directory).evidence, "utf8")) as FrontEvidence;
    const known = takenApart(fronts).every(([index]) => kept.designs[index] !== undefined);
    return known && kept.fronts.length === fronts.length ? kept : null;
  } catch {
    return null;
  }
};
