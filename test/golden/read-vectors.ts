import { fileURLToPath } from "node:url";
import { type RecordedGroup, recordedGroups } from "../../explore/catalog/recorded-groups.ts";

/** The files of recorded groups, float32 first. */
export const vectorFiles = ["public-float32.jsonl", "public-fixed.jsonl"].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);

/** The 300 recorded groups of the authors' RTL. Their format is described in test/golden/README.md. */
export const readVectors = async (): Promise<RecordedGroup[]> => {
  const vectors: RecordedGroup[] = [];
  for (const file of vectorFiles) {
    for await (const group of recordedGroups(file)) vectors.push(group);
  }
  return vectors;
};
