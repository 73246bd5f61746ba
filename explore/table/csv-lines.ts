import { TableError } from "./table-error.ts";

/** One cell, quoted or not, and what ends it; a quoted cell must be followed by a comma or the end of the line. */
const cell = /(?:"([^"]*(?:""[^"]*)*)"|(?:[^",\r\n][^,\r\n]*)?)(,|\r\n|\n|\r)/y;

/**
 * The line on which each record of a CSV text (RFC 4180, any line ending, one at the end too) begins, from 1. A quoted cell may span
 * lines, so that record and line numbers differ. Throws a TableError at a record that has more or fewer cells than the
 * first, and at a quoted cell that is not closed or is followed by other text.
 */
export const csvLines = (path: string, text: string): number[] => {
  const lines: number[] = [];
  let expected = 0;
  let line = 1;
  let begin = 1;
  let cells = 0;
  for (let at = 0; at < text.length; ) {
    cell.lastIndex = at;
    const match = cell.exec(text);
    if (match === null) {
      throw new TableError(path, line, "a quoted value is not closed, or is followed by more than a comma");
    }
    at = cell.lastIndex;
    cells++;
    line += match[1]?.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (match[2] === ",") continue;
    if (lines.length === 0) expected = cells;
    if (cells !== expected)
      throw new TableError(path, begin, `${cells} values, expected ${expected} as in the header`);
    lines.push(begin);
    line++;
    begin = line;
    cells = 0;
  }
  return lines;
};
