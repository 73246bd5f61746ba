import * as Effect from "effect/Effect";
import { StoreError } from "./store-error.ts";

/** A store operation as an effect: what it throws is a StoreError. */
export const storing = <A>(operation: () => Promise<A>): Effect.Effect<A, StoreError> =>
  Effect.tryPromise({
    try: operation,
    catch: (error) => (error instanceof StoreError ? error : new StoreError("", String(error))),
  });
