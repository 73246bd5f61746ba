import { DecodeError } from "../../errors.ts";

/** The most values, keys left out, of a text: some hundred bytes of memory each. */
const mostValues = 2 ** 21;

const code = (character: string): number => character.charCodeAt(0);
const [quote, backslash, colon, comma] = [code('"'), code("\\"), code(":"), code(",")];
const [openObject, closeObject, openList, closeList] = [code("{"), code("}"), code("["), code("]")];
const blanks: readonly number[] = [code(" "), code("\t"), code("\n"), code("\r")];

/** The position of the quote that ends the text which starts at `start`, or the end of the bytes. */
const endOfText = (bytes: Uint8Array, start: number): number => {
  let position = start + 1;
  while (position < bytes.length && bytes[position] !== quote)
    position += bytes[position] === backslash ? 2 : 1;
  return Math.min(position, bytes.length);
};

const isKey = (bytes: Uint8Array, end: number): boolean => {
  let position = end + 1;
  while (blanks.includes(bytes[position])) position++;
  return bytes[position] === colon;
};

const problemOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Parses JSON that may be hostile: beyond JSON.parse, it must be valid UTF-8, no object may have a key twice (JSON.parse
 * would silently take the last), objects and lists may nest `mostDepth` deep and hold 2²¹ values in all. All of that is
 * checked before anything is built, so that memory stays within a small multiple of the limits. `offset` is where the
 * bytes start in their file. Throws DecodeError with the byte in the file where there is one.
 */
export const parseStrictJson = (
  format: string,
  bytes: Uint8Array,
  offset: number,
  mostDepth: number,
): unknown => {
  const fail = (position: number, problem: string): never => {
    throw new DecodeError(format, `byte ${offset + position}`, problem);
  };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail(0, "the JSON is not valid UTF-8");
  }
  /** The keys of every object that is open; a list has none. */
  const open: (Set<string> | undefined)[] = [];
  let values = 0;
  try {
    for (let position = 0; position < bytes.length; position++) {
      const byte = bytes[position];
      if (byte === quote) {
        const end = endOfText(bytes, position);
        if (isKey(bytes, end)) {
          const written = new TextDecoder().decode(bytes.subarray(position, end + 1));
          const key = JSON.parse(written) as string;
          if (open.at(-1)?.has(key)) fail(position, `the key ${written.slice(0, 80)} stands there twice`);
          open.at(-1)?.add(key);
        }
        position = end;
      } else if (byte === openObject || byte === openList) {
        open.push(byte === openObject ? new Set() : undefined);
        values++;
      } else if (byte === closeObject || byte === closeList) {
        open.pop();
      } else if (byte === comma) {
        values++;
      }
      if (open.length > mostDepth) fail(position, `the JSON nests more than ${mostDepth} levels deep`);
      if (values > mostValues) fail(position, `the JSON has more than ${mostValues} values`);
    }
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof DecodeError) throw error;
    return fail(0, `this is not JSON: ${problemOf(error)}`);
  }
};
