import { createReadStream } from "node:fs";
import { CatalogError } from "./catalog-error.ts";

/** A line of a text file, without its end; lines count from 1. */
export interface FileLine {
  readonly line: number;
  readonly text: string;
}

const newline = 0x0a;

/**
 * The lines of a UTF-8 file one after another, read as a stream, so that memory does not grow with the file. A byte
 * order mark is dropped; lines end with LF or CRLF. Throws a CatalogError for a file that is absent or cannot be read, and
 * at a line of more than `mostBytes` bytes or one that is not UTF-8.
 */
export async function* fileLines(path: string, mostBytes: number): AsyncGenerator<FileLine> {
  let line = 1;
  let begun: Buffer[] = [];
  let bytes = 0;
  const take = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > mostBytes)
      throw new CatalogError(`${path}:${line}`, `the line has more than ${mostBytes} bytes`);
    begun.push(part);
  };
  const finish = (): FileLine => {
    const text = utf8(Buffer.concat(begun), path, line);
    begun = [];
    bytes = 0;
    return { line: line++, text };
  };
  for await (const chunk of chunks(path)) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      take(chunk.subarray(start, end));
      start = end + 1;
      yield finish();
    }
    take(chunk.subarray(start));
  }
  if (bytes > 0) yield finish();
}

async function* chunks(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CatalogError(path, code === "ENOENT" ? "there is no such file" : `cannot be read: ${message}`);
  }
}

const utf8 = (bytes: Buffer, path: string, line: number): string => {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: line > 1 }).decode(bytes);
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  } catch {
    throw new CatalogError(`${path}:${line}`, "the line is not UTF-8");
  }
};
