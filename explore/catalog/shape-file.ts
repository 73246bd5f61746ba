import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { Architecture } from "../../core/workloads/architecture.ts";
import type { NetworkRequest } from "../../core/workloads/decode/network-request.ts";
import { decodeScaleSim } from "../../core/workloads/decode/scalesim.ts";
import { decodeTimeloop, type PlacedProblem } from "../../core/workloads/decode/timeloop-problem.ts";
import { decodeZigZag } from "../../core/workloads/decode/zigzag-workload.ts";
import { readDocument, type SpecDocument } from "../spec/document.ts";
import { type Path, SpecError } from "../spec/problem.ts";
import { readBoundedFile } from "./bounded-file.ts";
import { CatalogError } from "./catalog-error.ts";
import { isYamlFile } from "./find-config.ts";
import { located } from "./located.ts";
import { TimeloopFile, TimeloopFiles } from "./timeloop-file.ts";
import { decodeYaml } from "./yaml.ts";
import { ZigZagFile } from "./zigzag-file.ts";

const mostBytes = 2 ** 20;
/** Files of a folder, and what they may hold together. */
const mostProblemFiles = 10_000;
const mostFolderBytes = 2 ** 24;

type ShapeRequest = Pick<NetworkRequest, "name" | "source">;

/** What a YAML file of layer shapes holds. */
export type ShapeFileKind = "timeloop" | "zigzag";

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const kindOf = (data: unknown): ShapeFileKind | undefined => {
  const [first] = Array.isArray(data) ? data : [data];
  if (!isRecord(first)) return undefined;
  if ("problem" in first) return "timeloop";
  return Array.isArray(data) && "operator_type" in first ? "zigzag" : undefined;
};

/**
 * What a text in YAML is, by its top level: a problem of Timeloop or a list of them (key `problem`), a workload of ZigZag
 * (a list with `operator_type`); undefined for anything else, such as a network file, and for what is no YAML.
 */
export const shapeFileKind = (text: string): ShapeFileKind | undefined => {
  try {
    return kindOf(readDocument(text, "").data);
  } catch (error) {
    if (error instanceof SpecError) return undefined;
    throw error;
  }
};

const isTopology = (path: string): boolean => path.toLowerCase().endsWith(".csv");

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() === true;

const readText = async (path: string): Promise<string> =>
  new TextDecoder().decode(await readBoundedFile(path, mostBytes));

/** Whether a path leads to layer shapes: a .csv file, a folder, or a .yaml file that `shapeFileKind` knows. */
export const isShapeFile = async (path: string): Promise<boolean> => {
  if (isTopology(path) || (await isFolder(path))) return true;
  if (!isYamlFile(path)) return false;
  const text = await readText(path).catch(() => undefined);
  return text !== undefined && shapeFileKind(text) !== undefined;
};

/** What a part of a document is called in messages: file, line, column, key and value. */
const placeIn =
  (document: SpecDocument, prefix: Path = []) =>
  (path: Path): string => {
    const at = document.locate({ path: [...prefix, ...path], problem: "", expected: "" });
    const subject = [at.key, at.value].filter((part) => part !== "").join(": ");
    return `${at.file}:${at.line}:${at.column}${subject === "" ? "" : `: ${subject}`}`;
  };

const readYaml = async (path: string) => {
  const text = await readText(path);
  // Files of Timeloop's examples are templates of its Python front end, which fills them in.
  if (/^[^#\n]*\{[{%]/m.test(text)) {
    throw new CatalogError(
      path,
      "it is a Jinja template; expected the file that it makes, such as Timeloop's parsed-processed-input.yaml",
    );
  }
  const document = readDocument(text, path);
  return { text, document, kind: kindOf(document.data) };
};

/** The problems of a file, each with the way to its place. */
const problemsOf = (
  path: string,
  { text, document }: Awaited<ReturnType<typeof readYaml>>,
): PlacedProblem[] =>
  Array.isArray(document.data)
    ? decodeYaml(text, path, TimeloopFiles).map(({ problem }, index) => ({
        problem,
        place: placeIn(document, [index, "problem"]),
      }))
    : [
        {
          problem: decodeYaml(text, path, TimeloopFile).problem,
          place: placeIn(document, ["problem"]),
        },
      ];

const readFolder = async (folder: string, request: ShapeRequest): Promise<Architecture> => {
  const names = (await readdir(folder)).filter(isYamlFile).sort();
  if (names.length === 0 || names.length > mostProblemFiles) {
    throw new CatalogError(
      folder,
      `it has ${names.length} YAML files; expected problems of Timeloop, from 1 to ${mostProblemFiles}, a layer each`,
    );
  }
  const problems: PlacedProblem[] = [];
  let bytes = 0;
  for (const name of names) {
    const path = join(folder, name);
    const file = await readYaml(path);
    bytes += file.text.length;
    if (bytes > mostFolderBytes) {
      throw new CatalogError(folder, `its problems have more than ${mostFolderBytes} bytes together`);
    }
    if (file.kind !== "timeloop") {
      throw new CatalogError(
        path,
        "expected a problem of Timeloop, as the folder's files are read as its layers",
      );
    }
    problems.push(...problemsOf(path, file));
  }
  return decodeTimeloop(problems, request);
};

/**
 * Reads an architecture from a file of layer shapes, by its ending and content: .csv, a topology of SCALE-Sim; .yaml or
 * .yml, a problem of Timeloop, a list of problems, or a workload of ZigZag; a folder, a Timeloop problem in each of its YAML
 * files, layers in the order of their names. Files of more than 1 MiB are refused. Rejects with CatalogError for what cannot
 * be read or is none of these, SpecError for YAML of another form, DecodeError for what has no meaning as layers; messages
 * name the file with line, and column or key.
 */
export const readShapeFile = async (path: string, request: ShapeRequest): Promise<Architecture> => {
  if (await isFolder(path)) return readFolder(path, request);
  if (isTopology(path)) {
    const bytes = await readBoundedFile(path, mostBytes);
    return located(path, () => decodeScaleSim(bytes, request));
  }
  if (!isYamlFile(path)) {
    throw new CatalogError(
      path,
      `expected layer shapes: .csv, .yaml, .yml or a folder, not ${extname(path)}`,
    );
  }
  const file = await readYaml(path);
  switch (file.kind) {
    case "timeloop":
      return decodeTimeloop(problemsOf(path, file), request);
    case "zigzag":
      return decodeZigZag(decodeYaml(file.text, path, ZigZagFile), {
        ...request,
        place: placeIn(file.document),
      });
    default:
      throw new CatalogError(
        path,
        "expected a problem of Timeloop (key problem) or a workload of ZigZag (a list with operator_type)",
      );
  }
};
