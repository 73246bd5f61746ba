import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FileLine, fileLines } from "../../../explore/catalog/file-lines.ts";
import { temporaryFolder } from "../engine/fixture.ts";

const folder = temporaryFolder();
const path = join(folder, "lines.txt");

const read = async (content: string | Uint8Array, mostBytes = 2 ** 20): Promise<FileLine[]> => {
  writeFileSync(path, content);
  const lines: FileLine[] = [];
  for await (const line of fileLines(path, mostBytes)) lines.push(line);
  return lines;
};

describe("fileLines", () => {
  it("splits at LF as a string would be split, wherever the stream's chunks end", async () => {
    const text = fc.array(fc.string({ unit: "grapheme", maxLength: 30 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 65_480, max: 65_560 }), async (parts, ahead) => {
        // The first line ends around the end of the first chunk of 64 KiB.
        const whole = ["x".repeat(ahead), ...parts.map((part) => part.replaceAll(/[\r\n\uFEFF]/g, ""))];
        const expected = whole.map((line, index) => ({ line: index + 1, text: line }));
        expect(await read(`${whole.join("\n")}\n`)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  it("takes CRLF, a byte order mark, and a last line without an end", async () => {
    expect(await read("\uFEFFa\r\n\r\nb")).toEqual([
      { line: 1, text: "a" },
      { line: 2, text: "" },
      { line: 3, text: "b" },
    ]);
    // Only the first one marks the byte order.
    expect(await read("a\n\uFEFFb")).toContainEqual({ line: 2, text: "\uFEFFb" });
    expect(await read("")).toEqual([]);
    expect(await read("\n")).toEqual([{ line: 1, text: "" }]);
  });

  it("refuses a line above the bound, in bytes, before it is whole", async () => {
    expect(await read("1234\n56", 4)).toHaveLength(2);
    await expect(read("12\n12345\n", 4)).rejects.toThrow(`${path}:2: the line has more than 4 bytes`);
    await expect(read("äöü\n", 5)).rejects.toThrow(`${path}:1: the line has more than 5 bytes`);
    await expect(read("x".repeat(200_000), 70_000)).rejects.toThrow("more than 70000 bytes");
  });

  it("yields the lines of a file that no memory holds until it meets the one that is too long", async () => {
    writeFileSync(path, "first\n");
    // The rest is a hole: 64 GiB of zeros that take no space on the disk.
    truncateSync(path, 2 ** 36);
    const lines = fileLines(path, 2 ** 16);
    expect(await lines.next()).toEqual({ done: false, value: { line: 1, text: "first" } });
    await expect(lines.next()).rejects.toThrow(`${path}:2: the line has more than 65536 bytes`);
    truncateSync(path, 0);
  });

  it("refuses bytes that are not UTF-8, and what is no file", async () => {
    await expect(read(Uint8Array.of(0x61, 0x0a, 0xff, 0x0a))).rejects.toThrow(
      `${path}:2: the line is not UTF-8`,
    );
    const first = (file: string) => fileLines(file, 10).next();
    await expect(first(join(folder, "absent"))).rejects.toThrow(
      expect.objectContaining({ _tag: "CatalogError", problem: "there is no such file" }),
    );
    await expect(first(folder)).rejects.toThrow(
      expect.objectContaining({ _tag: "CatalogError", problem: expect.stringContaining("cannot be read") }),
    );
  });
});
