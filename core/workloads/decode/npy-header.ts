import { DecodeError } from "../../errors.ts";

const format = "npy";

/** What the header of a .npy file says of its array. */
export interface NpyHeader {
  /** Byte order and element type, such as `<f4`. */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
}

/** The value of a key: a text, True or False, a tuple of whole numbers. */
type Literal = string | boolean | readonly number[];

const expected: Readonly<Record<string, string>> = {
  descr: "an element type such as '<f4'",
  fortran_order: "True or False",
  shape: "a tuple of sizes such as (3, 4)",
};

const showText = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/**
 * Reads the dictionary in the header of a .npy file: a Python literal of which nothing is evaluated. Understood are the
 * three keys of the format in any order, texts without escapes, True and False, and tuples of whole numbers, with blanks
 * and a last comma as Python allows them. `offset` is where the text starts in its file, a byte a character. Throws
 * DecodeError with the byte, also for a key that is missing, unknown or given twice.
 */
export const parseNpyHeader = (text: string, offset: number): NpyHeader => {
  let position = 0;
  const fail = (problem: string, at = position): never => {
    throw new DecodeError(format, `byte ${offset + at}`, problem);
  };
  const skipBlanks = (): void => {
    while (/[ \t\r\n]/.test(text.charAt(position))) position++;
  };
  const found = (): string => {
    const next = text.charAt(position);
    return next === "" ? "the end of the header" : showText(next);
  };
  const take = (character: string): void => {
    skipBlanks();
    if (text.charAt(position) !== character) fail(`${found()} in the header, expected ${character}`);
    position++;
  };
  const takes = (character: string): boolean => {
    skipBlanks();
    if (text.charAt(position) !== character) return false;
    position++;
    return true;
  };
  const quoted = (): string | undefined => {
    skipBlanks();
    const match = /^(?:'([^'"\\\n]*)'|"([^'"\\\n]*)")/.exec(text.slice(position));
    if (match === null) return undefined;
    position += match[0].length;
    return match[1] ?? match[2];
  };
  const tuple = (): readonly number[] => {
    take("(");
    const sizes: number[] = [];
    while (!takes(")")) {
      if (sizes.length > 0) take(",");
      // A comma may stand behind the last size, and has to behind a single one.
      if (sizes.length > 0 && takes(")")) return sizes;
      skipBlanks();
      // Python 2 wrote long integers with an L.
      const match = /^([0-9]+)L?(?![0-9A-Za-z_.])/.exec(text.slice(position, position + 32));
      if (match === null) return fail(`${found()} in the shape, expected a size`);
      const size = Number(match[1]);
      if (!Number.isSafeInteger(size)) fail(`size ${match[1]} in the shape, expected one below 2^53`);
      sizes.push(size);
      position += match[0].length;
      skipBlanks();
      if (sizes.length === 1 && text.charAt(position) === ")") fail("(n) is no tuple, expected (n,)");
    }
    return sizes;
  };
  const value = (key: string): Literal => {
    skipBlanks();
    const start = position;
    const written = quoted();
    if (key === "descr") {
      if (written !== undefined) return written;
      if (text.charAt(position) === "[")
        fail("its elements are records (a structured type), which are not read");
    }
    if (key === "fortran_order") {
      const match = /^(True|False)\b/.exec(text.slice(position, position + 8));
      if (match !== null) {
        position += match[0].length;
        return match[0] === "True";
      }
    }
    if (key === "shape" && text.charAt(position) === "(") return tuple();
    position = start;
    return fail(`${key} begins with ${found()}, expected ${expected[key]}`);
  };

  const values = new Map<string, Literal>();
  take("{");
  while (!takes("}")) {
    if (values.size > 0) take(",");
    if (values.size > 0 && takes("}")) break;
    skipBlanks();
    const start = position;
    const key = quoted();
    if (key === undefined) return fail(`${found()} in the header, expected a key in quotes`);
    if (!Object.hasOwn(expected, key))
      fail(`key ${showText(key)}, expected descr, fortran_order and shape`, start);
    if (values.has(key)) fail(`key ${showText(key)} stands there twice`, start);
    take(":");
    values.set(key, value(key));
  }
  skipBlanks();
  if (position < text.length) fail(`${found()} behind the header's dictionary, expected blanks`);
  for (const key of Object.keys(expected)) {
    if (!values.has(key)) fail(`the header has no key ${key}, expected ${expected[key]}`, 0);
  }
  return {
    descr: values.get("descr") as string,
    fortranOrder: values.get("fortran_order") as boolean,
    shape: values.get("shape") as readonly number[],
  };
};
