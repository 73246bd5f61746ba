/** JSON that a program may write and JSON.stringify would not: keys twice, numbers of any spelling. */
export type Json = JsonObject | Json[] | JsonScalar;

/** A scalar as it stands in the text. */
export interface JsonScalar {
  literal: string;
}

export interface JsonObject {
  entries: [key: string, value: Json][];
}

/** The tree of plain data. */
export const jsonTree = (data: unknown): Json => {
  if (Array.isArray(data)) return data.map(jsonTree);
  if (typeof data === "object" && data !== null)
    return { entries: Object.entries(data).map(([key, value]) => [key, jsonTree(value)]) };
  return { literal: JSON.stringify(data) };
};

/** The text of a tree, on one line. */
export const writeJson = (json: Json): string => {
  if (Array.isArray(json)) return `[${json.map(writeJson).join(", ")}]`;
  if ("literal" in json) return json.literal;
  return `{${json.entries.map(([key, value]) => `${JSON.stringify(key)}: ${writeJson(value)}`).join(", ")}}`;
};
