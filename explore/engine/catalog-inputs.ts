import { dirname } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { loadNetwork } from "../catalog/load-network.ts";
import { loadTechnology } from "../catalog/technology.ts";
import { type InputError, Inputs } from "./inputs.ts";

/** Networks and cost tables from configs/ and npm packages; paths start at the folder of the sweep's file. */
export const catalogInputs = (sweepFile: string): Layer.Layer<Inputs> =>
  Layer.succeed(
    Inputs,
    Inputs.of({
      network: ({ use, inputs, activations }) =>
        loading(() => loadNetwork(use, { baseDirectory: dirname(sweepFile), inputs, activations })),
      technology: ({ technology, components }) =>
        loading(() =>
          loadTechnology({ files: technology, components, baseDirectory: dirname(sweepFile), sweepFile }),
        ),
    }),
  );

const loading = <A>(load: () => Promise<A>): Effect.Effect<A, InputError> =>
  Effect.tryPromise({ try: load, catch: (error) => error as InputError });
