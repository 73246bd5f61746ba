import { DecodeError } from "../../errors.ts";
import type { Architecture } from "../architecture.ts";
import { shapeOfAxes, singlePosition } from "../build-shape.ts";
import type { LayerShape } from "../layer.ts";
import type { SlidingWindow } from "../sliding-window.ts";
import { withUniqueNames } from "../unique-names.ts";
import type { NetworkRequest } from "./network-request.ts";

const format = "SCALE-Sim topology";
const mostBytes = 2 ** 20;
/** Layers that a topology may have, when it is read and when it is written. */
export const mostTopologyLayers = 100_000;
const mostCount = 2 ** 31 - 1;

/** A line with its cells, and the header to name them by. */
interface Row {
  readonly line: number;
  readonly cells: readonly string[];
  readonly header: readonly string[];
}

const refuse = (row: Row, column: number, problem: string): never => {
  const name = row.header[column] ?? "";
  throw new DecodeError(
    format,
    `line ${row.line}, column ${name === "" ? String(column + 1) : name}`,
    problem,
  );
};

const count = (row: Row, column: number): number => {
  const text = row.cells[column] ?? "";
  const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= mostCount) return value;
  const found = text === "" ? "is empty" : `${JSON.stringify(text.slice(0, 60))} is no count`;
  return refuse(row, column, `${found}; expected a whole number from 1 to ${mostCount}`);
};

const nameOf = (row: Row): string => row.cells[0] || refuse(row, 0, "is empty; expected the layer's name");

/** Refuses a row whose cells from `column` on say that only N of M weights are there. */
const checkDense = (row: Row, column: number, words: readonly string[]): void => {
  for (let at = column; at < row.cells.length; at++) {
    const cell = row.cells[at];
    const [, kept, all] = /^([0-9]+):([0-9]+)$/.exec(cell) ?? [];
    const isRatio = kept !== undefined || (cell !== "" && words[at]?.startsWith("sparsity") === true);
    if (isRatio && (kept === undefined || Number(kept) !== Number(all))) {
      const problem = `the sparsity ${cell.slice(0, 60)} is not read, since zeros are counted in the weights`;
      refuse(row, at, `${problem}; expected 1:1 or no cell`);
    }
  }
};

const wordsOf = (cell: string): string =>
  cell
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, " ")
    .trim();

/** The columns of a convolution behind the layer's name. Some files of SCALE-Sim call the first IFMAP Width, too. */
const convolutionColumns: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["IFMAP Height", /^ifmap/],
  ["IFMAP Width", /^ifmap w/],
  ["Filter Height", /^filter h/],
  ["Filter Width", /^filter w/],
  ["Channels", /^(num )?channels?$/],
  ["Num Filter", /^(num )?filters?$/],
  ["Strides", /^strides?( |$)/],
];

/** The header of a topology of convolutions. */
export const convolutionHeader: readonly string[] = [
  "Layer name",
  ...convolutionColumns.map(([name]) => name),
];

const isConvolutionHeader = (words: readonly string[]): boolean =>
  convolutionColumns.every(([, pattern], column) => pattern.test(words[column + 1] ?? ""));

const isProductHeader = (words: readonly string[]): boolean =>
  ["m", "n", "k"].every((name, column) => words[column + 1] === name);

const windowOf = (input: number, kernel: number, stride: number): SlidingWindow => ({
  input,
  output: Math.ceil((input - kernel) / stride) + 1,
  kernel,
  stride,
  dilation: 1,
  before: 0,
});

const convolution = (row: Row, words: readonly string[]): LayerShape => {
  const [inputHeight, inputWidth, kernelHeight, kernelWidth, channels, filters, strideHeight] =
    convolutionColumns.map((_, column) => count(row, column + 1));
  const hasStrideWidth = words[7] === "stride height" && words[8] === "stride width";
  const strideWidth = hasStrideWidth ? count(row, 8) : strideHeight;
  for (const [kernel, input, column] of [
    [kernelHeight, inputHeight, 3],
    [kernelWidth, inputWidth, 4],
  ]) {
    if (kernel > input) refuse(row, column, `${kernel} is more than the ${input} of the IFMAP`);
  }
  const batch = words.findIndex((name, column) => column > 7 && /^batch( |$)/.test(name));
  if (batch !== -1 && (row.cells[batch] ?? "") !== "" && count(row, batch) !== 1) {
    refuse(row, batch, `${row.cells[batch]}; the batch is a parameter of the machine, expected 1`);
  }
  checkDense(row, 8, words);
  const name = nameOf(row);
  const groups = name.includes("DP") ? channels : 1;
  return shapeOfAxes(
    {
      name,
      filters: groups * filters,
      channels,
      groups,
      vertical: windowOf(inputHeight, kernelHeight, strideHeight),
      horizontal: windowOf(inputWidth, kernelWidth, strideWidth),
      weightsOfEachInput: false,
    },
    (problem) => refuse(row, 0, `${name} ${problem}`),
  );
};

const matrixProduct = (row: Row, words: readonly string[]): LayerShape => {
  const [vectors, filters, channels] = [1, 2, 3].map((column) => count(row, column));
  checkDense(row, 4, words);
  const repeated = [5, 4].find((column) => {
    const [cell, title] = [row.cells[column] ?? "", words[column] ?? ""];
    return cell !== "" && (/^batch( |$)/.test(title) || (title === "" && /^[0-9]+$/.test(cell)));
  });
  const groups = repeated === undefined ? 1 : count(row, repeated);
  const name = nameOf(row);
  return shapeOfAxes(
    {
      name,
      filters: groups * filters,
      channels: groups * channels,
      groups,
      vertical: { ...singlePosition, input: vectors, output: vectors },
      horizontal: singlePosition,
      weightsOfEachInput: groups > 1,
    },
    (problem) => refuse(row, 0, `${name} ${problem}`),
  );
};

/** The text of a file; a byte-order mark is dropped. */
const textOf = (bytes: Uint8Array): string => {
  if (bytes.length > mostBytes) {
    throw new DecodeError(format, "the file", `it has ${bytes.length} bytes, expected at most ${mostBytes}`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new DecodeError(format, "the file", "it is no text in UTF-8");
  }
};

/**
 * Reads a topology file of SCALE-Sim: comma-separated, a line of column names, then a layer a line, at batch 1. It gives
 * no weights and no biases. The meaning is that of SCALE-Sim's own reader (scalesim/topology_utils.py of versions 2 and 3)
 * wherever that one reads the file:
 *
 * - Columns are read by their place; their names say which form it is, and have to fit: Layer name, IFMAP Height, IFMAP
 *   Width, Filter Height, Filter Width, Channels, Num Filter, Strides, or the matrix products Layer, M, N, K of M vectors
 *   with K channels and N filters. Letter case, blanks around cells, empty lines and lines of commas, the last comma of a
 *   line, a byte-order mark and the kind of line break do not matter.
 * - An IFMAP holds its padding already. The number of outputs is ⌈(IFMAP − filter) / stride⌉ + 1, rounded up: a last
 *   window may reach past the IFMAP. (Version 1 rounded down.)
 * - One stride serves both axes. The columns Stride Height and Stride Width, which SCALE-Sim's writer makes, are read as
 *   two.
 * - A layer with `DP` anywhere in its name is depthwise: Num Filter filters for each channel. Without it a row is a dense
 *   convolution, also one with a single filter, which is how some files write a depthwise layer: its multiply–accumulates
 *   are those of the depthwise layer, its outputs are one channel's.
 * - A product may have a number behind K, the count of equal products on operands of their own (heads of attention), as
 *   SCALE-Sim has read it since version 3.0: the layer's groups, and both operands are activations. Without it the N side is
 *   taken for weights.
 * - Sparsity N:M is refused where N is less than M, and a column Batch Size other than 1: the weights' own zeros
 *   are counted, and the batch is a parameter of the machine. Columns of other names, and cells behind the last named one,
 *   are notes and not read.
 *
 * Throws DecodeError with line and column: for cells that are no counts, a filter larger than its IFMAP, a layer of 2^53
 * multiply–accumulates or more, a file of more than 1 MiB or 100,000 layers, or without any.
 */
export const decodeScaleSim = (
  bytes: Uint8Array,
  { name, source }: Pick<NetworkRequest, "name" | "source">,
): Architecture => {
  const lines = textOf(bytes)
    .split(/\r\n|\n|\r/)
    .map((text, index) => ({ line: index + 1, cells: text.split(",").map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const [first, ...rest] = lines;
  if (first === undefined) throw new DecodeError(format, "the file", "it is empty");
  const header = first.cells;
  const words = header.map(wordsOf);
  const layerOf = isProductHeader(words)
    ? matrixProduct
    : isConvolutionHeader(words)
      ? convolution
      : undefined;
  if (layerOf === undefined) {
    const found = header.join(", ");
    throw new DecodeError(
      format,
      `line ${first.line}`,
      `its columns are ${found.length > 120 ? `${found.slice(0, 120)}…` : found}; expected ${convolutionHeader.join(", ")}, or Layer, M, N, K`,
    );
  }
  if (rest.length > mostTopologyLayers) {
    throw new DecodeError(
      format,
      "the file",
      `it has ${rest.length} layers, expected at most ${mostTopologyLayers}`,
    );
  }
  if (rest.length === 0) throw new DecodeError(format, "the file", "it has no layers");
  const layers = withUniqueNames(rest.map((line) => layerOf({ ...line, header }, words)));
  return { name, source, inputs: {}, layers, movements: [], absorbed: {} };
};
