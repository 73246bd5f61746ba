import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type { Group, ProcessingElement } from "../../core/bit-interleaving/group.ts";
import { gridPlanes } from "../../core/numerics/formats.ts";
import { faultsOf } from "../spec/issues.ts";
import type { Fault, Path } from "../spec/problem.ts";
import { integerFrom, text } from "../spec/schema-terms.ts";
import { CatalogError } from "./catalog-error.ts";
import { fileLines } from "./file-lines.ts";

/** A line of a file of recorded groups that is none: where, which key, its value as written, what was expected. */
export class RecordedGroupError extends Error {
  readonly _tag = "RecordedGroupError";
  readonly path: string;
  readonly line: number;
  readonly key: string;
  readonly value: string;
  readonly expected: string;

  constructor(path: string, line: number, value: string, fault: Fault) {
    const key = keyText(fault.path);
    const subject = [key, value].filter((part) => part !== "").join(": ");
    const hint = fault.nearest === undefined ? "" : `; did you mean ${fault.nearest}?`;
    super(
      `${path}:${line}: ${subject === "" ? "the line" : subject} ${fault.problem}; expected ${fault.expected}${hint}`,
    );
    this.name = "RecordedGroupError";
    this.path = path;
    this.line = line;
    this.key = key;
    this.value = value;
    this.expected = fault.expected;
  }
}

/** `w[3]` for the path of lane 3 of w. */
const keyText = (path: Path): string =>
  path.map((step) => (typeof step === "number" ? `[${step}]` : step)).join("");

/** What a simulation of the RTL recorded of a group, under the names and in the notation of the file. */
export interface RecordedOutputs {
  readonly res: string;
  readonly aacc: string;
  readonly emax: number;
  readonly emax_cycle: number;
  readonly busy: readonly number[];
  readonly scan: number;
  readonly latency: number;
}

/** One group with what came out of the RTL for it. */
export interface RecordedGroup {
  readonly id: string;
  /** Its line in the file, from 1. */
  readonly line: number;
  readonly element: ProcessingElement;
  readonly group: Group;
  readonly recorded: RecordedOutputs;
}

const hex = (digits: number) => pattern(new RegExp(`^[0-9a-f]{${digits}}$`, "i"), `${digits} hex digits`);

const pattern = (form: RegExp, expected: string) =>
  Schema.String.check(Schema.isPattern(form, { expected })).annotate({ expected });

const weight = pattern(
  /^[01][0-9a-f]{8}$/i,
  "9 hex digits: the sign (0 or 1), 2 of the exponent, 6 of the magnitude",
);

const cycles = integerFrom(0, 2 ** 31 - 1);

const listOf = <S extends Schema.Top>(item: S) => Schema.Array(item).annotate({ expected: "a list" });

/** One line of the file. */
const RecordedLine = Schema.Struct({
  id: text("a name"),
  dist: text("the name of a distribution"),
  N_total: integerFrom(1, 256),
  N_input: integerFrom(1, 256),
  isfix: integerFrom(0, 1),
  quant: integerFrom(0, gridPlanes),
  prune: hex(gridPlanes / 4),
  w: listOf(weight),
  a: listOf(hex(8)),
  res: hex(8),
  aacc: hex(16),
  emax: integerFrom(0, 2 * 255),
  emax_cycle: cycles,
  busy: listOf(cycles),
  scan: cycles,
  latency: cycles,
}).annotate({ expected: "an object" });

const decode = Schema.decodeUnknownResult(RecordedLine, {
  errors: "first",
  onExcessProperty: "error",
  reportInput: true,
});

/** Bytes of a line that is still read: ten times those of a group of 256 lanes. */
const mostBytes = 2 ** 16;

/** Bits that a channel of the RTL looks at in a cycle. */
const recordedWindow = 8;

/**
 * The groups of a JSON Lines file of recorded RTL outputs (format: test/golden/README.md), read as a stream. Lines of
 * white space are skipped. Throws a RecordedGroupError at the first line that is no such group, and a CatalogError for
 * a file that is absent, holds no group, or has a line above 64 KiB.
 */
export async function* recordedGroups(path: string): AsyncGenerator<RecordedGroup> {
  let groups = 0;
  for await (const { line, text } of fileLines(path, mostBytes)) {
    if (text.trim() === "") continue;
    yield recordedGroup(path, line, text);
    groups++;
  }
  if (groups === 0) throw new CatalogError(path, "it holds no group, expected one a line");
}

const recordedGroup = (path: string, line: number, text: string): RecordedGroup => {
  const refuse = (data: unknown, fault: Fault): never => {
    throw new RecordedGroupError(path, line, valueText(data, fault), fault);
  };
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return refuse(undefined, {
      path: [],
      problem: `is not JSON: ${(error as Error).message}`,
      expected: "an object on one line",
    });
  }
  const decoded = decode(data);
  if (Result.isFailure(decoded)) return refuse(data, faultsOf(decoded.failure.issue)[0]!);
  const entry = decoded.success;
  const fault = faultBetweenKeys(entry) ?? repeatedKey(text);
  if (fault !== undefined) return refuse(data, fault);
  return {
    id: entry.id,
    line,
    element: {
      kind: entry.isfix === 1 ? "fixed" : "float",
      laneWidth: entry.N_total,
      inputPorts: entry.N_input,
      window: recordedWindow,
      mask: Number.parseInt(entry.prune, 16),
      quant: entry.quant,
    },
    group: {
      weights: {
        signs: Uint8Array.from(entry.w, (digits) => Number(digits[0])),
        exponents: Uint8Array.from(entry.w, (digits) => Number.parseInt(digits.slice(1, 3), 16)),
        magnitudes: Int32Array.from(entry.w, (digits) => Number.parseInt(digits.slice(3), 16)),
      },
      activations: Uint32Array.from(entry.a, (digits) => Number.parseInt(digits, 16)),
    },
    recorded: {
      res: entry.res.toLowerCase(),
      aacc: entry.aacc.toLowerCase(),
      emax: entry.emax,
      emax_cycle: entry.emax_cycle,
      busy: entry.busy,
      scan: entry.scan,
      latency: entry.latency,
    },
  };
};

/** What is wrong between keys that are right each by itself. */
const faultBetweenKeys = (entry: typeof RecordedLine.Type): Fault | undefined => {
  const { N_total, N_input, prune, w, a, busy } = entry;
  if (N_total % N_input !== 0) {
    return { path: ["N_input"], problem: "is not valid", expected: `a divisor of N_total ${N_total}` };
  }
  if (Number.parseInt(prune, 16) === 0) {
    return {
      path: ["prune"],
      problem: "enables no plane, so that the processing element would never finish",
      expected: "at least one bit that is 1",
    };
  }
  for (const [key, list, length] of [
    ["w", w, N_total],
    ["a", a, N_total],
    ["busy", busy, gridPlanes],
  ] as const) {
    if (list.length === length) continue;
    const each = key === "busy" ? "channel" : "lane";
    return { path: [key], problem: `has ${list.length} entries`, expected: `${length}, one a ${each}` };
  }
  return undefined;
};

/** A key that stands twice in a line of known keys, of which JSON.parse keeps only the last. */
const repeatedKey = (text: string): Fault | undefined => {
  // In an object without objects inside, a quoted word before a colon is a key: quotes inside a text are escaped.
  const keys = Array.from(text.matchAll(/"(\w+)"\s*:/g), ([, key]) => key!);
  const repeated = keys.find((key, position) => keys.indexOf(key) !== position);
  return repeated === undefined
    ? undefined
    : { path: [repeated], atKey: true, problem: "is given twice", expected: "every key once" };
};

/** The text, number or truth value at a fault as JSON, cut to 60 characters; empty for anything else, and for keys. */
const valueText = (data: unknown, { path, atKey }: Fault): string => {
  let value = data;
  for (const step of path) value = (value as Record<string | number, unknown> | undefined)?.[step];
  if (value === undefined || atKey || (typeof value === "object" && value !== null)) return "";
  const written = JSON.stringify(value);
  return written.length <= 60 ? written : `${written.slice(0, 59)}…`;
};
