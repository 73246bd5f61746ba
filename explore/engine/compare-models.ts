import { readFile } from "node:fs/promises";
import * as Effect from "effect/Effect";
import { ModelError } from "../../core/errors.ts";
import type { Agreement } from "../../core/model/agreement.ts";
import { configurationKey } from "../space/key.ts";
import { writeFileAtomically } from "../store/atomic-file.ts";
import { runPaths } from "../store/run-directory.ts";
import { StoreError } from "../store/store-error.ts";
import type { Evaluator } from "./evaluator.ts";

/** How far the analytical model lies from the cycle model on one design of a run. */
export interface ModelAgreement {
  readonly key: string;
  readonly networks: readonly ({ readonly name: string } & Agreement)[];
}

/**
 * Compares the models on the design with this index and keeps the result in the run's folder, since a later answer
 * from stored points has no statistics to repeat it with. Null where the design cannot be evaluated.
 */
export const compareModels = (
  evaluator: Evaluator,
  directory: string,
  index: number,
): Effect.Effect<ModelAgreement | null, StoreError> =>
  Effect.tryPromise({
    try: async () => {
      const point = evaluator.space.pointAt(index);
      if (point === null) return null;
      try {
        const found: ModelAgreement = {
          key: configurationKey(point.machine, point.configuration),
          networks: evaluator
            .agreements(point)
            .map((agreement, network) => ({ name: evaluator.plan.workloads[network].name, ...agreement })),
        };
        await writeFileAtomically(runPaths(directory).agreement, `${JSON.stringify(found, null, 2)}\n`);
        return found;
      } catch (error) {
        if (error instanceof ModelError) return null;
        throw error;
      }
    },
    catch: (error) => (error instanceof StoreError ? error : new StoreError(directory, String(error))),
  });

/** What `compareModels` kept; null where there is none that can be read. */
export const readAgreement = async (directory: string): Promise<ModelAgreement | null> => {
  try {
    return JSON.parse(await readFile(runPaths(directory).agreement, "utf8")) as ModelAgreement;
  } catch {
    return null;
  }
};

/** Whether an agreement is that of the design with this index, on all networks of the sweep. */
export const isAgreementOf = (
  { key, networks }: ModelAgreement,
  { space, plan }: Evaluator,
  index: number,
): boolean => {
  const point = space.pointAt(index);
  if (point === null || configurationKey(point.machine, point.configuration) !== key) return false;
  return networks.map(({ name }) => name).join() === plan.workloads.map(({ name }) => name).join();
};
