import * as Effect from "effect/Effect";
import { processGroup } from "../../core/bit-interleaving/processing-element.ts";
import type { CatalogError } from "../catalog/catalog-error.ts";
import {
  type RecordedGroup,
  type RecordedGroupError,
  type RecordedOutputs,
  recordedGroups,
} from "../catalog/recorded-groups.ts";
import { textTable } from "../table/text-table.ts";

/** An output of the RTL, by its name in the file. */
type Field = keyof RecordedOutputs;

const fields: readonly Field[] = ["res", "aacc", "emax", "emax_cycle", "busy", "scan", "latency"];

/** How the model compares with recorded outputs of the RTL. */
export interface Validation {
  /** Groups in the file. */
  readonly cases: number;
  /** Groups of which at least one field is unequal. */
  readonly mismatches: number;
  /** Groups of which this field is unequal. */
  readonly byField: Readonly<Record<Field, number>>;
  /** The first group with an unequal field, with all its fields; null where all are equal. */
  readonly first: Mismatch | null;
}

interface Mismatch {
  readonly id: string;
  /** Its line in the file, from 1. */
  readonly line: number;
  readonly fields: Readonly<Record<Field, { readonly expected: unknown; readonly computed: unknown }>>;
}

const byField = <Value>(value: (field: Field) => Value): Record<Field, Value> =>
  Object.fromEntries(fields.map((field) => [field, value(field)])) as Record<Field, Value>;

/** What the model computes for a recorded group, under the names and in the notation of the file. */
const computedOutputs = ({ element, group }: RecordedGroup): RecordedOutputs => {
  const processed = processGroup(element, group);
  return {
    res: processed.result.toString(16).padStart(8, "0"),
    aacc: BigInt.asUintN(64, processed.accumulator).toString(16).padStart(16, "0"),
    emax: processed.largestExponent,
    emax_cycle: processed.largestExponentCycle,
    busy: [...processed.busy],
    scan: processed.scan,
    latency: processed.latency,
  };
};

/** Whether two values of a field, numbers or lists of numbers or text, are equal. */
const equal = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/**
 * Runs every group of a file of recorded RTL outputs through the model of the processing element and compares all
 * fields. The file is read as a stream. Fails with RecordedGroupError or CatalogError on a file that is not right.
 */
export const validateVectors = (path: string): Effect.Effect<Validation, RecordedGroupError | CatalogError> =>
  Effect.tryPromise({
    try: async () => {
      let cases = 0;
      let mismatches = 0;
      let first: Mismatch | null = null;
      const unequal = byField(() => 0);
      for await (const entry of recordedGroups(path)) {
        cases++;
        const computed = computedOutputs(entry);
        const wrong = fields.filter((field) => !equal(computed[field], entry.recorded[field]));
        if (wrong.length === 0) continue;
        mismatches++;
        for (const field of wrong) unequal[field]++;
        first ??= {
          id: entry.id,
          line: entry.line,
          fields: byField((field) => ({ expected: entry.recorded[field], computed: computed[field] })),
        };
      }
      return { cases, mismatches, byField: unequal, first };
    },
    catch: (error) => error as RecordedGroupError | CatalogError,
  });

/** A validation for a terminal: mismatches of each field, and where the first group differs. */
export const validationText = ({ cases, mismatches, byField, first }: Validation): string => {
  const table = textTable([
    { name: "field", data: fields },
    { name: "mismatches", data: Int32Array.from(fields, (field) => byField[field]) },
  ]);
  if (first === null) return `${table}All fields of ${cases} recorded groups are met.`;
  const differences = fields
    .map((field) => ({ field, ...first.fields[field] }))
    .filter(({ expected, computed }) => !equal(expected, computed))
    .map(({ field, expected, computed }) => `  ${field}: expected ${expected}, computed ${computed}`);
  return [
    `${table}${mismatches} of ${cases} recorded groups are not met; the first is ${first.id} on line ${first.line}:`,
    ...differences,
  ].join("\n");
};
