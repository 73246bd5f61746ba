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

/** What `compareModels` kept; null where there is none. */
export const readAgreement = async (directory: string): Promise<ModelAgreement | null> => {
  const text = await readFile(runPaths(directory).agreement, "utf8").catch(() => undefined);
  return text === undefined ? null : (JSON.parse(text) as ModelAgreement);
};
