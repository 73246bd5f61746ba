import { DecodeError } from "../../errors.ts";

/** Objects and lists that stand inside one another, far above what models have. */
const mostDepth = 64;

/** What a bundle by browserify with a single module has before and behind the value that the module exports. */
const head = /\{1:\[function\(\w+,(\w+),\w+\)\{\1\.exports=/;
const tail = /^\},\{\}\]\},\{\},\[1\]\)\(1\)\}\);?\s*$/;

const words: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["null", null],
  ["true", true],
  ["false", false],
  ["!0", true],
  ["!1", false],
]);

const controls: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** What stands for an escape: a character by its code, or by itself; undefined where it is none that JSON texts need. */
const unescaped = (sequence: string): string | undefined => {
  if (sequence.length > 2) return String.fromCharCode(Number.parseInt(sequence.slice(2), 16));
  const character = sequence.slice(1);
  return controls[character] ?? (/^[\\'"/]$/.test(character) ? character : undefined);
};

/**
 * The value that a minified script exports: npm packages ship models so, bundled by browserify as one module that is
 * nothing but a literal. Nothing is run. Understood are objects, lists, texts, numbers, null, true and false (also as
 * !0 and !1), without blanks, as minifiers write them; everything else is a DecodeError with `file` and the character,
 * also more than 64 levels of nesting, a key that stands twice in an object, and a script with another beginning or end.
 */
export const scriptExport = (format: string, file: string, script: string): unknown => {
  const start = head.exec(script);
  const fail = (position: number, problem: string): never => {
    throw new DecodeError(format, `${file}, character ${position}`, problem);
  };
  if (start === null)
    return fail(0, "the script is no browserify bundle of one module that exports a literal");
  let position = start.index + start[0].length;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(script);
    if (found !== null) position += found[0].length;
    return found;
  };
  const takes = (character: string): boolean => {
    if (script.charAt(position) !== character) return false;
    position++;
    return true;
  };
  const expect = (expected: string): never =>
    fail(
      position,
      `${JSON.stringify(script.slice(position, position + 20))} in the literal, expected ${expected}`,
    );

  const text = (): string | undefined => {
    const quote = script.charAt(position);
    if (quote !== '"' && quote !== "'") return undefined;
    const begin = position + 1;
    let end = begin;
    while (script.charAt(end) !== quote) {
      if (end >= script.length) fail(position, "a text that does not end");
      end += script.charAt(end) === "\\" ? 2 : 1;
    }
    position = end + 1;
    return script
      .slice(begin, end)
      .replace(
        /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/gs,
        (sequence, at: number) =>
          unescaped(sequence) ??
          fail(begin + at, `${JSON.stringify(sequence)} is no escape that is understood`),
      );
  };
  const object = (depth: number): Record<string, unknown> => {
    const fields = new Map<string, unknown>();
    while (!takes("}")) {
      if (fields.size > 0 && !takes(",")) expect(", or }");
      const at = position;
      const key = text() ?? match(/[A-Za-z_$][\w$]*|[0-9]+/y)?.[0] ?? expect("a key");
      if (fields.has(key)) fail(at, `the key ${JSON.stringify(key.slice(0, 80))} stands there twice`);
      if (!takes(":")) expect(":");
      fields.set(key, value(depth + 1));
    }
    return Object.fromEntries(fields);
  };
  const list = (depth: number): unknown[] => {
    const items: unknown[] = [];
    while (!takes("]")) {
      if (items.length > 0 && !takes(",")) expect(", or ]");
      items.push(value(depth + 1));
    }
    return items;
  };
  const value = (depth: number): unknown => {
    if (depth > mostDepth) fail(position, `the literal nests more than ${mostDepth} levels deep`);
    if (takes("{")) return object(depth);
    if (takes("[")) return list(depth);
    const written = text();
    if (written !== undefined) return written;
    const number = match(/-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.$])/y);
    if (number !== null) return Number(number[0]);
    const word = match(/(?:null|true|false)(?![\w$])|![01](?![\w.$])/y);
    if (word !== null) return words.get(word[0]);
    return expect("a value");
  };
  const exported = value(0);
  if (!tail.test(script.slice(position))) expect("the end of the bundle");
  return exported;
};
