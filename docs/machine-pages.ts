import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Machine } from "../core/machines/machine.ts";
import { machines } from "../core/machines/registry.ts";
import { systemParameters } from "../core/machines/system-parameters.ts";
import type { Quantity } from "../core/technology/component.ts";
import type { GateCounts, MachineTables } from "../core/technology/machine-tables.ts";
import { loadMachine, type PublishedMachine } from "../explore/catalog/machine-file.ts";
import type { JudgedCheck } from "../explore/report/validate-published.ts";
import { describeRange } from "../explore/spec/values.ts";
import { markdownTable } from "./markdown.ts";

const folder = fileURLToPath(new URL("machines/", import.meta.url));

/** The page of a machine. */
export const machinePage = (name: string): string => `${folder}${name}.md`;

/** Machines that have a page, by name. */
export const pagedMachines = (): string[] =>
  readdirSync(folder)
    .map((file) => file.replace(/\.md$/, ""))
    .filter((name) => Object.hasOwn(machines, name))
    .sort();

/** The generated parts of a machine's page. */
export const machineParts = async (
  name: string,
  checks: readonly JudgedCheck[],
): Promise<Readonly<Record<string, string>>> => {
  const machine = machines[name];
  const published = await loadMachine(name);
  return {
    parameters: parametersTable(machine),
    published: publishedTables(published),
    checks: checksTable(checks.filter((check) => check.machine === name)),
    "leaves out": machine.leavesOut.map((sentence) => `- ${sentence}`).join("\n"),
  };
};

/** Own parameters, and those of the system whose default differs from what they have elsewhere. */
const parametersTable = ({ parameters }: Machine): string => {
  const standard = new Map(systemParameters.map((parameter) => [parameter.name, parameter.default]));
  const rows = parameters
    .filter(({ name, default: own }) => standard.get(name) !== own)
    .map((parameter) => {
      const unit = parameter.kind === "choice" || parameter.unit === undefined ? "" : ` ${parameter.unit}`;
      const range = parameter.kind === "choice" ? choicesText(parameter.choices) : describeRange(parameter);
      return [`\`${parameter.name}\``, `${parameter.default}${unit}`, range, parameter.description];
    });
  return [
    markdownTable([["parameter", "default", "values", "meaning"], ...rows], [0, 1, 2, 3]),
    "",
    "Batch, memory, tiling, DRAM and node are parameters of every machine, with the defaults that they have everywhere unless listed here.",
  ].join("\n");
};

/** Choices; of the fixed-point formats in a row the first and the last. */
const choicesText = (choices: readonly string[]): string => {
  const fixed = choices.filter((choice) => /^fixed\d+$/.test(choice));
  const others = choices.filter((choice) => !fixed.includes(choice));
  const row = fixed.length > 2 ? [`${fixed[0]} … ${fixed[fixed.length - 1]}`] : fixed;
  return [...others, ...row].join(", ");
};

const publishedTables = ({ values, tables, silicon }: PublishedMachine): string => {
  const rows = [
    ...Object.entries(values).map(([name, { value, source, mark }]) => [
      `\`${name}\``,
      String(value),
      source,
      mark,
    ]),
    ...costRows(tables),
    ...Object.entries(silicon).map(([name, quantity]) => quantityRow(name, quantity)),
  ];
  return markdownTable([["what", "value", "source", "mark"], ...rows], [0, 1, 2, 3]);
};

const quantityRow = (what: string, { value, unit, source, mark }: Quantity): string[] => [
  what,
  `${value} ${unit === "1" ? "" : unit}`.trim(),
  source,
  mark,
];

/** What a processing element, or the whole machine, costs by source. */
const costRows = ({ gates, bbs28, published }: MachineTables): string[][] => [
  ...(gates === undefined ? [] : gateRows(gates)),
  ...(bbs28 === undefined
    ? []
    : [
        quantityRow(`costSource bbs28: area of ${bbs28.lanes} lanes`, bbs28.area),
        quantityRow(`costSource bbs28: power at ${bbs28.clock_GHz} GHz`, bbs28.power),
        quantityRow("costSource bbs28: factor of the power for layout", bbs28.layoutPower),
      ]),
  ...(published === undefined
    ? []
    : [
        ...(published.area === undefined
          ? []
          : [
              quantityRow(
                `published: area of ${published.processingElements} processing elements, ${published.node_nm} nm`,
                published.area,
              ),
            ]),
        ...Object.entries(published.power).map(([format, power]) =>
          quantityRow(
            `published: power of ${published.processingElements} processing elements, ${format}, ${published.node_nm} nm, ${published.clock_GHz} GHz`,
            power,
          ),
        ),
      ]),
];

const gateRows = ({ lanes, gates }: GateCounts): string[][] =>
  Object.entries(gates).map(([format, count]) =>
    quantityRow(`costSource gates: ${lanes} lanes in ${format}`, count),
  );

/** Checks with what is computed; rows that are only printed are in the answer of `bitfront validate --published`. */
const checksTable = (checks: readonly JudgedCheck[]): string => {
  const computed = checks.filter(({ ours }) => ours !== null);
  if (computed.length === 0) return "Nothing was published that the model computes.";
  const number = (value: number): string =>
    String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
  const rows = computed.map(({ what, unit, ours, theirs, error, verdict, demand, tolerance, cause }) => [
    what,
    unit === "1" ? "" : unit,
    number(ours!),
    number(theirs),
    `${Number((100 * (error ?? 0)).toFixed(2))} %`,
    verdict === "none"
      ? "orientation"
      : demand === "close"
        ? `${verdict} within ${100 * tolerance!} %`
        : verdict,
    cause ?? "",
  ]);
  return markdownTable(
    [["check", "unit", "ours", "theirs", "error", "", "why they differ"], ...rows],
    [0, 1, 5, 6],
  );
};

/** All machines in a table. */
export const machinesTable = async (): Promise<string> => {
  const rows: string[][] = [];
  for (const machine of Object.values(machines)) {
    const { tables } = await loadMachine(machine.name);
    rows.push([
      `[${machine.title}](machines/${machine.name}.md)`,
      machine.skips.map(({ operand, what }) => `${what} of ${operand}`).join(", ") || "nothing",
      choicesOf(machine, "precision"),
      machine.products.length === 1 ? "forward alone" : `all; accelerates ${machine.accelerates.join(", ")}`,
      knownCosts(tables) || choicesOf(machine, "costSource"),
      `\`${machine.sizeParameter}\``,
    ]);
  }
  const header = ["machine", "what it skips", "formats", "products of training", "costs from", "grows by"];
  return markdownTable([header, ...rows], [0, 1, 2, 3, 4, 5]);
};

/** The sources that have costs of a machine, in words; empty for one whose costs stand in the tables of its own. */
const knownCosts = ({ gates, bbs28, published }: MachineTables): string =>
  [
    ...(gates === undefined ? [] : ["gates"]),
    ...(bbs28 === undefined ? [] : ["bbs28"]),
    ...(published === undefined
      ? []
      : [
          `published (${[
            published.area === undefined ? "no area" : "area",
            Object.keys(published.power).length === 0 ? "no power" : "power",
          ].join(", ")})`,
        ]),
  ].join(", ");

const choicesOf = ({ parameters }: Machine, name: string): string => {
  const parameter = parameters.find((candidate) => candidate.name === name);
  return parameter?.kind === "choice" ? choicesText(parameter.choices) : "";
};
