import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { META_SCHEMA_URI_DRAFT_07, toDocumentDraft07 } from "effect/JsonSchema";
import * as Schema from "effect/Schema";
import { SweepFile } from "./schema.ts";

/** Where the generated schema is kept, in the root of the package. */
export const sweepSchemaFile = new URL("../../schema/sweep.schema.json", import.meta.url);

/**
 * The JSON Schema of a sweep file as text, generated from `SweepFile`. It is draft 7, which the language servers for
 * YAML understand. It describes the shape only: names in expressions, ranges of values and conditions between
 * parameters are checked by `parseSweep`.
 */
export const sweepJsonSchema = (): string => {
  const document = toDocumentDraft07(Schema.toJsonSchemaDocument(SweepFile, { onExcessProperty: "error" }));
  const schema = {
    $schema: META_SCHEMA_URI_DRAFT_07,
    title: "bitfront sweep",
    ...document.schema,
    definitions: document.definitions,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
};

/** Run as a script, this file writes the schema. */
if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(sweepSchemaFile, sweepJsonSchema());
}
