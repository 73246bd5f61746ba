import type { Column } from "./column.ts";
import { engineering } from "./engineering.ts";

/**
 * A table for a terminal: a header, a rule, one line a row; numbers to the right with four significant digits, text to
 * the left. Meant for short tables: every cell is looked at twice. Columns must be of the same length.
 */
export const textTable = (columns: readonly Column[]): string => {
  const laidOut = columns.map(({ name, data }) => {
    const numeric = data instanceof Float64Array || data instanceof Int32Array;
    const cells = Array.from<number | string, string>(data, (value) =>
      typeof value === "number" ? engineering(value) : value,
    );
    const width = Math.max(name.length, ...cells.map((cell) => cell.length));
    const aligned = (cell: string) => (numeric ? cell.padStart(width) : cell.padEnd(width));
    return { header: aligned(name), rule: "-".repeat(width), cells: cells.map(aligned) };
  });
  const line = (parts: readonly string[]) => `${parts.join("  ").trimEnd()}\n`;
  const rows = Array.from(laidOut[0]?.cells ?? [], (_, row) => line(laidOut.map(({ cells }) => cells[row]!)));
  return [line(laidOut.map(({ header }) => header)), line(laidOut.map(({ rule }) => rule)), ...rows].join("");
};
