import { dirname } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type { Technology } from "../../core/technology/technology.ts";
import { phaseNetwork } from "../../core/workloads/training.ts";
import { loadNetwork } from "../catalog/load-network.ts";
import { componentError, loadTechnology } from "../catalog/technology.ts";
import type { Sweep } from "../spec/sweep.ts";
import { type InputError, Inputs } from "./inputs.ts";
import { unusedComponents } from "./unused-components.ts";

/** Networks and cost tables from configs/ and npm packages; paths start at the folder of the sweep's file. */
export const catalogInputs = (sweepFile: string): Layer.Layer<Inputs> =>
  Layer.succeed(
    Inputs,
    Inputs.of({
      network: ({ use, inputs, activations, phase }) =>
        loading(async () => {
          const network = await loadNetwork(use, { baseDirectory: dirname(sweepFile), inputs, activations });
          return phaseNetwork(network, phase);
        }),
      technology: (sweep) => loading(() => technologyOf(sweep, sweepFile)),
    }),
  );

/** The cost tables of a sweep. Fails where a component that it gives would change nothing. */
const technologyOf = async (
  sweep: Pick<Sweep, "technology" | "components" | "space">,
  sweepFile: string,
): Promise<Technology> => {
  const { technology: files, components } = sweep;
  const load = (given: Sweep["components"]): Promise<Technology> =>
    loadTechnology({ files, components: given, baseDirectory: dirname(sweepFile), sweepFile });
  const technology = await load(components);
  const changed = new Map<string, Technology>();
  for (const [name, { range: _, ...override }] of Object.entries(components)) {
    const larger = { ...components, [name]: { ...override, value: 1.5 * override.value } };
    // A number that cannot be larger counts for something.
    await load(larger)
      .then((other) => changed.set(name, other))
      .catch(() => undefined);
  }
  const [unused] = unusedComponents(sweep, technology, changed);
  if (unused !== undefined) {
    const fault = {
      path: ["components", unused],
      atKey: true,
      problem: "has no effect: no cost of any design of the sweep depends on it",
      expected: "it left out, or a design that takes it",
    } as const;
    throw await componentError(fault, sweepFile);
  }
  return technology;
};

const loading = <A>(load: () => Promise<A>): Effect.Effect<A, InputError> =>
  Effect.tryPromise({ try: load, catch: (error) => error as InputError });
