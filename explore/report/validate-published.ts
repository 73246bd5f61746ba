import * as Effect from "effect/Effect";
import { CatalogError } from "../catalog/catalog-error.ts";
import { allChecks } from "../published/all-checks.ts";
import { calibrations } from "../published/calibrations.ts";
import { errorOf, type PublishedCheck, type Verdict, verdictOf } from "../published/published-check.ts";
import { shippedPublished } from "../published/published-numbers.ts";
import { nearestOf } from "../spec/nearest.ts";
import { oneOf } from "../spec/problem.ts";
import { textTable } from "../table/text-table.ts";

/** A check with what it comes to. */
export interface JudgedCheck extends PublishedCheck {
  /** ours / theirs − 1; null where nothing is computed. */
  readonly error: number | null;
  /** `none` of a check without a pass mark. */
  readonly verdict: Verdict;
}

/** How the models compare with published numbers. */
export interface PublishedValidation {
  readonly checks: readonly JudgedCheck[];
  /** Checks with a pass mark that fail. */
  readonly failed: number;
  /** Constants fitted to published numbers that were in force. */
  readonly calibrations: readonly string[];
}

/** Which checks are made, and how. */
export interface PublishedOptions {
  /** Those of one machine alone. */
  readonly machine?: string | undefined;
  /** Whether constants that are fitted to published numbers are in force. */
  readonly calibration: boolean;
}

/** Says of each check what it comes to. Throws a RangeError for one that cannot be judged (`verdictOf`). */
export const judged = (
  checks: readonly PublishedCheck[],
  { calibration }: Pick<PublishedOptions, "calibration">,
): PublishedValidation => {
  const all = checks.map((check) => ({ ...check, error: errorOf(check) ?? null, verdict: verdictOf(check) }));
  const failed = all.filter(({ verdict }) => verdict === "fail").length;
  return { checks: all, failed, calibrations: calibration ? calibrations : [] };
};

/**
 * Makes every check against published numbers, or those of one machine. Fails with CatalogError for a machine without
 * any, and as the files of numbers, the networks and the machines do.
 */
export const validatePublished = (options: PublishedOptions): Effect.Effect<PublishedValidation, Error> =>
  Effect.tryPromise({
    try: async () => {
      const { machine } = options;
      const names = [...new Set(allChecks.flatMap(({ machines }) => machines))];
      if (machine !== undefined && !names.includes(machine)) {
        const nearest = nearestOf(machine, names);
        throw new CatalogError(
          machine,
          `there are no published numbers of it; expected ${oneOf(names)}${nearest === undefined ? "" : `; did you mean ${nearest}?`}`,
        );
      }
      const published = shippedPublished();
      const checks: PublishedCheck[] = [];
      for (const source of allChecks) {
        if (machine !== undefined && !source.machines.includes(machine)) continue;
        checks.push(...(await source.checks(published)));
      }
      const own = checks.filter((check) => machine === undefined || check.machine === machine);
      return judged(own, options);
    },
    catch: (error) => error as Error,
  });

/** The elements by what `key` says of them, in the order in which they come. */
const grouped = <A>(all: readonly A[], key: (one: A) => string): readonly (readonly A[])[] => {
  const groups = new Map<string, A[]>();
  for (const one of all) groups.set(key(one), [...(groups.get(key(one)) ?? []), one]);
  return [...groups.values()];
};

/** Texts of one width, to the right. */
const right = (texts: readonly string[]): string[] => {
  const width = Math.max(...texts.map((text) => text.length));
  return texts.map((text) => text.padStart(width));
};

/** A whole number in full, any other to six digits. */
const numberText = (value: number): string =>
  Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));

/** As many digits as were printed, where that is known. */
const theirsText = ({ theirs, decimals }: PublishedCheck): string =>
  decimals === undefined ? numberText(theirs) : theirs.toFixed(decimals);

const oursText = ({ ours }: PublishedCheck): string => (ours === null ? "" : numberText(ours));

const verdictTexts: Readonly<Record<Verdict, string>> = {
  pass: "pass",
  fail: "FAIL",
  none: "for orientation",
};

/** A share in percent; nothing of one that rounds to it has a sign. */
const percent = (share: number): string => `${Number((100 * share).toFixed(2)).toFixed(2)} %`;

const verdictText = ({ verdict, demand, tolerance, identity }: JudgedCheck): string =>
  verdictTexts[verdict] +
  (demand === "close" ? ` within ${Number((100 * tolerance!).toPrecision(2))} %` : "") +
  (identity && verdict !== "none" ? ", identity" : "");

/** The checks of one machine from one source that are computed, as a table with the causes below it. */
const computedText = (checks: readonly JudgedCheck[]): string => {
  const causes = [...new Set(checks.flatMap(({ cause }) => (cause === undefined ? [] : [cause])))];
  const noteOf = ({ cause }: JudgedCheck): string =>
    cause === undefined ? "" : `[${causes.indexOf(cause) + 1}]`;
  const table = textTable([
    { name: "check", data: checks.map(({ what }) => what) },
    { name: "unit", data: checks.map(({ unit }) => (unit === "1" ? "" : unit)) },
    { name: "ours", data: right(checks.map(oursText)) },
    { name: "theirs", data: right(checks.map(theirsText)) },
    { name: "error", data: right(checks.map(({ error }) => percent(error ?? 0))) },
    { name: "verdict", data: checks.map(verdictText) },
    { name: "cause", data: checks.map(noteOf) },
  ]);
  return table + causes.map((cause, index) => `[${index + 1}] ${cause}\n`).join("");
};

/** Checks of one machine from one source for which nothing is computed. */
const printedText = (checks: readonly JudgedCheck[]): string =>
  grouped(checks, ({ unit, cause }) => `${unit}\n${cause}`)
    .map((rows) => {
      const [{ unit, cause }] = rows;
      const numbers = rows.map((row) => `${row.what} ${theirsText(row)}`).join("; ");
      return `as published, not modelled: ${cause}\n  ${unit === "1" ? "" : `in ${unit}: `}${numbers}\n`;
    })
    .join("");

const sectionText = (checks: readonly JudgedCheck[]): string => {
  const [{ machine, source, mark }] = checks;
  const computed = checks.filter(({ ours }) => ours !== null);
  const printed = checks.filter(({ ours }) => ours === null);
  return (
    `${machine}: ${source} (${mark})\n` +
    (computed.length > 0 ? computedText(computed) : "") +
    (printed.length > 0 ? printedText(printed) : "")
  );
};

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;

/** What the checks with a pass mark come to, and how many of them say how much of a model. */
const verdictSentences = (marked: readonly JudgedCheck[], failed: number): string => {
  const identities = marked.filter(({ identity }) => identity).length;
  const printed = marked.filter(({ identity, mark }) => !identity && ["stated", "measured"].includes(mark));
  const all = count(marked.length, "check");
  return (
    (failed === 0
      ? `All of ${all} with a pass mark pass`
      : `${failed} of ${all} with a pass mark ${failed === 1 ? "fails" : "fail"}`) +
    `: ${identities} between numbers of one paper (identities, which show how it counted and are no evidence for a model), ` +
    `${printed.length} of a model against stated or measured numbers, ` +
    `${marked.length - identities - printed.length} of a model against what was derived by hand from its rule.`
  );
};

/** A validation for a terminal: by machine and source, ours, theirs, error and verdict; then what it comes to. */
export const publishedText = (
  { checks, failed, calibrations }: PublishedValidation,
  { calibration }: Pick<PublishedOptions, "calibration">,
): string => {
  const sections = grouped(checks, ({ machine }) => machine)
    .flatMap((own) => grouped(own, ({ source, mark }) => `${source}\n${mark}`))
    .map(sectionText);
  const marked = checks.filter(({ verdict }) => verdict !== "none");
  const printed = checks.filter(({ ours }) => ours === null).length;
  const shown = checks.length - marked.length - printed;
  const none = `none${calibration ? "" : ", so that --no-calibration changes nothing"}`;
  return [
    ...sections,
    verdictSentences(marked, failed),
    `${shown} more ${shown === 1 ? "is" : "are"} for orientation, and ${printed} ${printed === 1 ? "number stands" : "numbers stand"} as published.`,
    `Calibration constants: ${calibrations.length > 0 ? calibrations.join(", ") : none}.`,
  ].join("\n");
};
