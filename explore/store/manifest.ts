import { readFile } from "node:fs/promises";
import * as Schema from "effect/Schema";
import { writeFileAtomically } from "./atomic-file.ts";
import { StoreError } from "./store-error.ts";

const count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0));

/**
 * What a run is and how far it came. `version` is bitfront's, `node` the runtime's; `spec` is the sweep file's text and
 * `specFile` where it was; `specHash` is the SHA-256, in hex, of all that decides the results: the sweep as understood,
 * the weights, the cost tables. `points` counts the indices of the space, `chunk` those of a chunk.
 */
export const Manifest = Schema.Struct({
  name: Schema.String,
  spec: Schema.String,
  specFile: Schema.String,
  specHash: Schema.String,
  version: Schema.String,
  node: Schema.String,
  seed: Schema.Int,
  fidelity: Schema.Literals(["analytical", "cycle", "staged"]),
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

/** The fields that two manifests must share for their points to be the same points. */
const identifying = ["specHash", "version", "seed", "fidelity", "points"] as const;

/** A field in which a stored run differs from the one asked for. */
export interface ManifestDifference {
  readonly field: (typeof identifying)[number];
  readonly stored: string | number;
  readonly asked: string | number;
}

/**
 * In which fields the run on disk is another one than the run asked for; none means that it may be resumed. The chunk
 * size, the Node version, the status and the counts may differ: they do not change a point.
 */
export const manifestDifferences = (stored: Manifest, asked: Manifest): ManifestDifference[] =>
  identifying
    .filter((field) => stored[field] !== asked[field])
    .map((field) => ({ field, stored: stored[field], asked: asked[field] }));
