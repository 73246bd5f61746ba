import * as Effect from "effect/Effect";
import { idlePatterns } from "../../core/machines/mixed-precision.ts";
import type { Network } from "../../core/workloads/network.ts";
import { CatalogError } from "../catalog/catalog-error.ts";
import { nearestOf } from "../spec/nearest.ts";
import type { Sweep } from "../spec/sweep.ts";
import { type InputError, Inputs } from "./inputs.ts";

/**
 * The networks of a sweep. Fails for two networks of one name, since columns, fronts and plots go by the names that the
 * networks' own files give; and for a pattern of a precision that decides the format of no layer of any network.
 */
export const loadNetworks = (sweep: Sweep): Effect.Effect<readonly Network[], InputError, Inputs> =>
  Effect.gen(function* () {
    const inputs = yield* Inputs;
    const networks = yield* Effect.forEach(sweep.networks, (network) => inputs.network(network));
    const problem = sameNames(sweep, networks) ?? idlePattern(sweep, networks);
    if (problem !== undefined) return yield* Effect.fail(problem);
    return networks;
  });

const sameNames = (sweep: Sweep, networks: readonly Network[]): CatalogError | undefined => {
  const names = networks.map(({ name }) => name);
  const again = names.findIndex((name, position) => names.indexOf(name) < position);
  if (again < 0) return undefined;
  const [first, second] = [names.indexOf(names[again]), again].map(
    (position) => sweep.networks[position].use,
  );
  return new CatalogError(
    second,
    `its name is ${names[again]}, as that of ${first}; expected every name once`,
  );
};

const idlePattern = ({ space }: Sweep, networks: readonly Network[]): CatalogError | undefined => {
  const layers = networks.flatMap((network) => network.layers.map(({ name }) => name));
  const known = [...(space.baseline ? [space.baseline] : []), ...space.points];
  const precisions = new Set([
    ...(space.parameters.find(({ name }) => name === "precision")?.values ?? []),
    ...known.map(({ configuration }) => configuration.precision),
  ]);
  for (const precision of precisions) {
    const [pattern] = idlePatterns(precision, layers);
    if (pattern === undefined) continue;
    const nearest = nearestOf(pattern, layers);
    return new CatalogError(
      "precision",
      `the pattern ${pattern} decides the format of no layer of ${networks.map(({ name }) => name).join(", ")}; ` +
        `expected one that matches a whole name, which no pattern before it does${nearest === undefined ? "" : `; did you mean ${nearest}?`}`,
    );
  }
  return undefined;
};
