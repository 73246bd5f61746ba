import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as Schema from "effect/Schema";
import { decodeYaml } from "../explore/catalog/yaml.ts";
import { yamlText } from "../explore/spec/document.ts";
import { writeFileAtomically } from "../explore/store/atomic-file.ts";

const Measures = Schema.NullOr(
  Schema.Struct({ zeroBits_percent: Schema.Finite, meanScan_cycles: Schema.Finite }),
);

const RecordedNetwork = Schema.Struct({
  name: Schema.String,
  weights: Schema.String,
  layers: Schema.Int,
  macs: Schema.Int,
  parameters: Schema.Int,
  measures: Schema.Record(Schema.String, Measures),
});

/** A shipped network with what was measured of its weights, by format; null where the file holds fewer bits. */
export type RecordedNetwork = typeof RecordedNetwork.Type;

const file = new URL("shipped-networks.yaml", import.meta.url);

/** The networks that were measured, by name. */
export const readRecordedNetworks = async (): Promise<ReadonlyMap<string, RecordedNetwork>> => {
  const text = await readFile(file, "utf8");
  const networks = decodeYaml(text, "docs/shipped-networks.yaml", Schema.Array(RecordedNetwork));
  return new Map(networks.map((network) => [network.name, network]));
};

/** Writes what was measured, in the order of the names. */
export const writeRecordedNetworks = async (networks: Iterable<RecordedNetwork>): Promise<void> => {
  const sorted = [...networks].sort((left, right) => (left.name < right.name ? -1 : 1));
  await writeFileAtomically(
    fileURLToPath(file),
    yamlText(sorted, ["What docs/record-networks.ts measured of the networks in configs/networks."]),
  );
};
