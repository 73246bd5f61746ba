import { readFile } from "node:fs/promises";
import * as Schema from "effect/Schema";
import { writeFileAtomically } from "./atomic-file.ts";
import { StoreError } from "./store-error.ts";

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0));

/**
 * What decides the rows of a run. `version` is bitfront's; `technology` and the `hash` of a network are SHA-256, in hex,
 * of the cost tables and of the layers with their weights; `space` that of the space's description; `joint` that of how
 * networks are joined into one point; `decided` that of objectives and requirements where the choice of designs for the
 * cycle model rests on them, else empty.
 */
const Identity = Schema.Struct({
  version: Schema.String,
  seed: Schema.Int,
  technology: Schema.String,
  networks: Schema.Array(Schema.Struct({ name: Schema.String, hash: Schema.String })),
  fidelity: Schema.Literals(["analytical", "cycle", "staged"]),
  space: Schema.String,
  joint: Schema.String,
  decided: Schema.String,
});

/** A decoded identity. */
export type Identity = typeof Identity.Type;

/**
 * What a run is and how far it came. `node` is the runtime's version; `spec` is the sweep file's text and `specFile`
 * where it was. `points` counts the indices of the space, `chunk` those of a chunk.
 */
export const Manifest = Schema.Struct({
  name: Schema.String,
  spec: Schema.String,
  specFile: Schema.String,
  identity: Identity,
  node: Schema.String,
  points: count,
  chunk: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  status: Schema.Literals(["running", "finished", "interrupted"]),
  counts: Schema.Struct({ evaluated: count, failed: count, front: count }),
});

/** A decoded manifest. */
export type Manifest = typeof Manifest.Type;

const Json = Schema.fromJsonString(Manifest);

/**
 * Reads a manifest; undefined where there is none. A file that is no manifest, or whose values are out of range,
 * fails with a StoreError that names the field.
 */
export const readManifest = async (path: string): Promise<Manifest | undefined> => {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new StoreError(path, `cannot be read: ${(error as Error).message}`);
  }
  try {
    return Schema.decodeUnknownSync(Json)(text, { errors: "all", onExcessProperty: "error" });
  } catch (error) {
    throw new StoreError(
      path,
      `is no manifest of a run (--fresh discards it with its run): ${(error as Error).message}`,
    );
  }
};

/** Writes a manifest, whole or not at all. */
export const writeManifest = async (path: string, manifest: Manifest): Promise<void> => {
  const plain = Schema.encodeSync(Manifest)(manifest);
  await writeFileAtomically(path, `${JSON.stringify(plain, null, 2)}\n`);
};

/** A field in which a stored run differs from the one asked for. */
export interface ManifestDifference {
  readonly field: string;
  readonly stored: string | number;
  readonly asked: string | number;
}

/**
 * What keeps any row of the stored run from being a row of the one asked for; undefined where rows may be taken over.
 * Networks may be added.
 */
export const essentialDifference = (stored: Identity, asked: Identity): ManifestDifference | undefined => {
  for (const field of ["version", "seed", "technology"] as const) {
    if (stored[field] !== asked[field]) return { field, stored: stored[field], asked: asked[field] };
  }
  for (const { name, hash } of stored.networks) {
    const now = asked.networks.find((network) => network.name === name);
    if (now?.hash !== hash) return { field: `network ${name}`, stored: hash, asked: now?.hash ?? "absent" };
  }
  return undefined;
};

/** Whether the parts of one run are those of the other, so that it can simply go on. */
export const sameRows = (stored: Identity, asked: Identity): boolean =>
  JSON.stringify(Schema.encodeSync(Identity)(stored)) === JSON.stringify(Schema.encodeSync(Identity)(asked));
