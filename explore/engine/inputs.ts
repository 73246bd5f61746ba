import * as Context from "effect/Context";
import type * as Effect from "effect/Effect";
import type { DecodeError, NetworkError } from "../../core/errors.ts";
import type { Technology } from "../../core/technology/technology.ts";
import type { Network } from "../../core/workloads/network.ts";
import type { CatalogError } from "../catalog/catalog-error.ts";
import type { SpecError } from "../spec/problem.ts";
import type { Sweep, SweepNetwork } from "../spec/sweep.ts";

/** What a network or a cost table may fail with. */
export type InputError = CatalogError | SpecError | DecodeError | NetworkError;

/** Networks and cost tables of a sweep; tests hand in their own. */
export class Inputs extends Context.Service<
  Inputs,
  {
    network(network: SweepNetwork): Effect.Effect<Network, InputError>;
    technology(
      sweep: Pick<Sweep, "technology" | "components" | "space">,
    ): Effect.Effect<Technology, InputError>;
  }
>()("bitfront/engine/Inputs") {}
