import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  type ScalarTag,
  visit,
  type YAMLError,
  YAMLMap,
  YAMLSeq,
} from "yaml";
import { printable } from "../../core/errors.ts";
import { type Fault, type Path, type Problem, SpecError } from "./problem.ts";

/** A YAML file as plain data, with the way back from a part of the data to its place in the text. */
export interface SpecDocument {
  readonly data: unknown;
  /** Problems of the YAML itself that leave the rest readable: keys given twice, unknown tags. */
  readonly problems: readonly Problem[];
  readonly locate: (fault: Fault) => Problem;
}

const mostBytes = 1024 * 1024;
const mostAliases = 100;
const mostSyntaxProblems = 10;
/** Of the message of one problem. */
const mostCharacters = 1500;

const shorten = (text: string): string => {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
};

const problemAt = (
  place: { readonly file: string; readonly line: number; readonly column: number },
  path: Path,
  value: string,
  fault: Omit<Fault, "path">,
): Problem => {
  const { file, line, column } = place;
  const key = path.join(".");
  const { problem, expected, nearest } = fault;
  const subject = [key, value].filter((part) => part !== "").join(": ");
  const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  const sentence = `${subject === "" ? "the file" : subject} ${problem}; expected ${expected}${hint}`;
  const message = printable(`${file}:${line}:${column}: ${sentence}`, mostCharacters);
  return {
    file,
    line,
    column,
    key,
    value,
    problem,
    expected,
    ...(nearest === undefined ? {} : { nearest }),
    message,
  };
};

/** What is wrong according to a warning or an error of the YAML parser. */
const yamlFault = (error: YAMLError): Omit<Fault, "path"> => {
  if (error.code === "DUPLICATE_KEY") return { problem: "is given twice", expected: "every key once" };
  if (error.code === "TAG_RESOLVE_FAILED") return { problem: "is an unknown tag", expected: "no tags" };
  if (error.code === "MULTIPLE_DOCS")
    return { problem: "begins a second document", expected: "one document" };
  return { problem: `is not YAML: ${error.message}`, expected: "YAML 1.2" };
};

/** The node at a path, the key that leads to it, and the last node on the way that exists. */
const follow = (
  contents: Node | null,
  path: Path,
  resolveAlias: (node: Node) => Node | undefined,
): { readonly node?: Node; readonly key?: Node; readonly parent: Node | null } => {
  let node: Node | undefined = contents ?? undefined;
  let key: Node | undefined;
  let parent = contents;
  for (const step of path) {
    const container: Node | undefined = node === undefined ? undefined : resolveAlias(node);
    if (container !== undefined) parent = container;
    if (isMap<Node, Node | null>(container)) {
      const pair = container.items.find(
        (item) => isScalar(item.key) && String(item.key.value) === String(step),
      );
      key = pair?.key;
      node = pair?.value ?? undefined;
    } else if (isSeq<Node>(container)) {
      node = container.items[Number(step)];
    } else {
      node = undefined;
    }
  }
  return { ...(node === undefined ? {} : { node }), ...(key === undefined ? {} : { key }), parent };
};

/**
 * Reads the text of a YAML file. Warnings count as errors. Throws a SpecError if the file is over 1 MiB, is no YAML,
 * holds more than one document, an alias of nothing, or more than 100 values by way of one alias (a guard against files
 * that grow without end), or nests too deeply to be read. Of broken YAML it reports the first ten problems, since the
 * later ones follow from them. Keys given twice and unknown tags are returned as problems beside the data, so that they
 * can be reported with whatever else is wrong.
 */
export const readDocument = (text: string, file: string): SpecDocument => {
  const refuse = (problem: string, expected: string): never => {
    throw new SpecError([problemAt({ file, line: 1, column: 1 }, [], "", { problem, expected })]);
  };
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > mostBytes) refuse(`has ${bytes} bytes`, "at most 1 MiB");

  const lines = new LineCounter();
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const read = () => {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
    const problems = [...document.errors, ...document.warnings].map((error) => {
      const token = /^[^\s:,]*/.exec(text.slice(error.pos[0]))![0];
      return problemAt(placeOf(error.pos[0]), [], shorten(token), yamlFault(error));
    });
    let readable = document.errors.every((error) => error.code === "DUPLICATE_KEY");
    visit(document, {
      Alias: (_, alias) => {
        if (alias.resolve(document) !== undefined) return;
        readable = false;
        const fault = { problem: "is an alias of nothing", expected: "an anchor that stands before it" };
        problems.push(problemAt(placeOf(alias.range?.[0] ?? 0), [], `*${alias.source}`, fault));
      },
    });
    if (!readable) throw new SpecError(problems.slice(0, mostSyntaxProblems));
    return { document, problems, data: document.toJS({ maxAliasCount: mostAliases }) as unknown };
  };
  let reading: ReturnType<typeof read>;
  try {
    reading = read();
  } catch (error) {
    if (error instanceof ReferenceError) {
      return refuse(
        "multiplies its aliases without reason",
        `at most ${mostAliases} values by way of an alias`,
      );
    }
    if (error instanceof RangeError) return refuse("nests too deeply", "a sweep file");
    throw error;
  }

  const { document, problems, data } = reading;
  const resolveAlias = (node: Node): Node | undefined => (isAlias(node) ? node.resolve(document) : node);
  const locate = (fault: Fault): Problem => {
    const { node, key, parent } = follow(document.contents, fault.path, resolveAlias);
    const target = fault.atKey ? key : node;
    const start = (target ?? key ?? parent)?.range?.[0] ?? 0;
    const value = target?.range ? text.slice(target.range[0], target.range[1]) : "";
    const quote = /^["']/.test(value) ? 1 : 0;
    const plain = isScalar(target) && text.startsWith(String(target.value), start + quote);
    const within = fault.offset !== undefined && plain ? quote + fault.offset : 0;
    return problemAt(placeOf(start + within), fault.path, shorten(value), fault);
  };
  return { data, problems, locate };
};

/** Plain data that YAML can say, any part of it with a comment or a tag. */
export type YamlData =
  | string
  | number
  | boolean
  | null
  | readonly YamlData[]
  | { readonly [key: string]: YamlData }
  | Annotated;

/** A value with what stands beside it: comment lines before it, and its tag. */
export class Annotated {
  readonly value: YamlData;
  readonly comment: readonly string[];
  readonly tag: string | undefined;

  constructor(value: YamlData, beside: { readonly comment?: readonly string[]; readonly tag?: string }) {
    this.value = value;
    this.comment = beside.comment ?? [];
    this.tag = beside.tag;
  }
}

const commentColumns = 110;

/**
 * A number as YAML 1.1 and 1.2 both read it: the older one takes 1e-9, which has no point, for a text. Never rounded.
 */
const numberTag: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) => typeof value === "number",
  test: /^[-+]?[0-9]/,
  resolve: Number,
  stringify: ({ value }) => String(value).replace(/^(-?\d+)e/, "$1.0e"),
};

/**
 * Writes data as a YAML document under a header of comment lines. What YAML 1.1 would take for something else (on, yes,
 * 1:30) is quoted. Throws a RangeError for a number that is not finite.
 */
export const yamlText = (data: YamlData, header: readonly string[]): string => {
  const document = new Document(null, { version: "1.1", customTags: (tags) => [numberTag, ...tags] });
  document.contents = nodeOf(data);
  document.commentBefore = commentOf(header);
  return document.toString({ lineWidth: 0 });
};

const nodeOf = (data: YamlData): Node => {
  if (data instanceof Annotated) {
    const node = nodeOf(data.value);
    if (data.comment.length > 0) node.commentBefore = commentOf(data.comment);
    if (data.tag !== undefined && (isCollection(node) || node instanceof Scalar)) node.tag = data.tag;
    return node;
  }
  if (typeof data === "number" && !Number.isFinite(data)) {
    throw new RangeError(`${data} in a YAML file: expected a finite number`);
  }
  if (typeof data !== "object" || data === null) return new Scalar(data);
  if (isList(data)) {
    const list = new YAMLSeq<Node>();
    for (const item of data) list.items.push(nodeOf(item));
    return list;
  }
  const map = new YAMLMap<Scalar, Node>();
  for (const [key, value] of Object.entries(data)) map.items.push(new Pair(new Scalar(key), nodeOf(value)));
  return map;
};

const isList = (data: object): data is readonly YamlData[] => Array.isArray(data);

/** Comment lines, each after a space and folded between its words. */
const commentOf = (lines: readonly string[]): string =>
  lines
    .flatMap((line) => fold(line.replace(/\s+/g, " ").trim()))
    .map((line) => (line === "" ? "" : ` ${line}`))
    .join("\n");

const fold = (line: string): string[] => {
  const folded = [""];
  for (const word of line.split(" ")) {
    const last = folded[folded.length - 1];
    if (last !== "" && last.length + 1 + word.length > commentColumns) folded.push(word);
    else folded[folded.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return folded;
};
