import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";

/** A table of Markdown from rows of cells, the header first; the columns of `words` are words, the others numbers. */
export const markdownTable = (
  rows: readonly (readonly string[])[],
  words: readonly number[] = [],
): string => {
  const [header, ...body] = rows;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, column) => (words.includes(column) ? "---" : "---:")).join("|");
  return [line(header), `|${rule}|`, ...body.map(line)].join("\n");
};

/** Replaces what stands between the markers of a name. */
const fill = (text: string, page: string, name: string, content: string): string => {
  const [begin, end] = [`<!-- begin ${name} -->\n`, `<!-- end ${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no markers for ${name}`);
  return `${text.slice(0, from + begin.length)}\n${content}\n\n${text.slice(to)}`;
};

/** Writes generated parts into a page, each between the markers of its name. */
export const fillPage = async (path: string, parts: Readonly<Record<string, string>>): Promise<void> => {
  let text = await readFile(path, "utf8");
  for (const [name, content] of Object.entries(parts)) text = fill(text, basename(path), name, content);
  await writeFile(path, text);
};

/** How far a number is from another, in percent of that. */
export const difference = (ours: number, theirs: number, digits = 1): string => {
  const percent = (100 * (ours / theirs - 1)).toFixed(digits);
  // A zero has no sign.
  return `${percent.replace(/^-(0\.?0*)$/, "$1")} %`;
};
