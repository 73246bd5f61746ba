import fc from "fast-check";
import { expect, test } from "vitest";
import { csvLines } from "../../../explore/table/csv-lines.ts";

test("csvLines counts the line endings inside quoted cells", () => {
  const part = fc.constantFrom('""', ",", "\n", "\r\n", "x", " ");
  const quoted = fc.array(part, { maxLength: 5 }).map((parts) => `"${parts.join("")}"`);
  const cell = fc.oneof(quoted, fc.constantFrom("", "1", 'a"b', " "));
  const records = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(records, fc.constantFrom("\n", "\r\n"), (rows, end) => {
      const texts = rows.map((cells) => `${cells.join(",")}${end}`);
      const expected = texts.map((_, row) => texts.slice(0, row).join("").split("\n").length);
      expect(csvLines("x.csv", texts.join(""))).toEqual(expected);
    }),
  );
});
