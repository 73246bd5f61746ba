import { parse } from "yaml";
import type { Choices } from "./choices.ts";
import { damages } from "./fuzzed-decoder.ts";
import { type Json, jsonTree, writeJson } from "./json-tree.ts";
import { mutateJson } from "./mutate-json.ts";
import { mutateText } from "./mutate-text.ts";

/** A text with a few places damaged. */
export const damagedText = (text: string, words: readonly string[], choices: Choices): string => {
  let changed = text;
  for (let count = damages(choices); count > 0; count--) changed = mutateText(changed, words, choices);
  return changed;
};

/** JSON with a few values or keys damaged. */
export const damagedJson = (data: unknown, words: readonly string[], choices: Choices): string => {
  let tree: Json = jsonTree(data);
  for (let count = damages(choices); count > 0; count--) tree = mutateJson(tree, words, choices);
  return writeJson(tree);
};

/** YAML damaged in its text, or in its data: then it is the JSON that YAML includes. */
export const damagedYaml = (text: string, words: readonly string[], choices: Choices): string =>
  choices.chance(0.5) ? damagedText(text, words, choices) : damagedJson(parse(text), words, choices);
