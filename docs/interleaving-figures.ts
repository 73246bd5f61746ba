import { alignGroup } from "../core/bit-interleaving/align.ts";
import { planeCounts } from "../core/bit-interleaving/planes.ts";
import { floatFields } from "../core/numerics/float-fields.ts";
import { gridPlanes } from "../core/numerics/formats.ts";
import type { TopLevelSpec } from "../explore/plots/render.ts";
import { cellGrid, type GridCell } from "./cell-grid.ts";

/** The worked example; all its activations are 1, so that products have the exponents of the weights. */
const weights = Float32Array.of(12.625, 5.15625, 9.75, 1.625, 0.25, 76.25);
const { exponents, magnitudes } = floatFields(weights);
const bias = 127;

const aligned = new Int32Array(weights.length);
const largest =
  alignGroup(
    magnitudes,
    exponents,
    0,
    new Uint8Array(weights.length).fill(bias),
    0,
    weights.length,
    aligned,
  ) -
  2 * bias;

/** Planes that hold a bit of the example; those below are empty, before and after alignment. */
const planes =
  gridPlanes - Math.min(...[...magnitudes, ...aligned].filter((word) => word !== 0).map(trailingZeros));

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}

const bit = (word: number, column: number): number => (word >>> (gridPlanes - 1 - column)) & 1;

const superscript = (exponent: number): string =>
  `2${[...String(exponent)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("")}`;

const powers = Array.from({ length: planes }, (_, column) => superscript(largest - column));

const bitCells = (words: Int32Array): GridCell[] =>
  Array.from(words).flatMap((word, row) =>
    Array.from({ length: planes }, (_, column): GridCell => {
      const value = bit(word, column);
      return { row, column, text: String(value), tone: value === 1 ? "full" : "plain" };
    }),
  );

const restored = (): TopLevelSpec =>
  cellGrid(
    "restored",
    bitCells(magnitudes),
    Array.from(weights, (weight, lane) => `${weight}, exponent ${exponents[lane] - bias}`),
    Array.from({ length: planes }, (_, column) => (column === 0 ? "hidden" : String(column))),
    {
      title: "1. Preprocess",
      subtitle: "The hidden 1 is put back in front of each fraction; every weight has its own exponent",
      columnTitle: "Bit of the magnitude",
    },
  );

const matched = (): TopLevelSpec => {
  const counts = planeCounts(aligned);
  const sums = Array.from(
    { length: planes },
    (_, column): GridCell => ({
      row: weights.length,
      column,
      text: String(counts[gridPlanes - 1 - column]),
      tone: "absent",
    }),
  );
  return cellGrid(
    "matched",
    [...bitCells(aligned), ...sums],
    [...Array.from(weights, String), "essential bits"],
    powers,
    {
      title: "2. Dynamic exponent matching",
      subtitle:
        "Each magnitude is shifted right until all exponents are the largest; a column is a bit plane",
      columnTitle: "Significance of the plane",
    },
  );
};

/** Cycles that the group takes: the essential bits of the fullest plane. */
export const exampleCycles = Math.max(...planeCounts(aligned));

const distilled = (): TopLevelSpec => {
  const cells: GridCell[] = [];
  for (let column = 0; column < planes; column++) {
    const lanes = [...weights.keys()].filter((lane) => bit(aligned[lane], column) === 1);
    for (let row = 0; row < exampleCycles; row++) {
      const lane = lanes[row];
      cells.push({
        row,
        column,
        text: lane === undefined ? "" : `A${"₀₁₂₃₄₅"[lane]}`,
        tone: lane === undefined ? "plain" : "full",
      });
    }
  }
  return cellGrid(
    "distilled",
    cells,
    Array.from({ length: exampleCycles }, (_, cycle) => `cycle ${cycle + 1}`),
    powers,
    {
      title: "3. Bit distillation",
      subtitle:
        "Each plane hands out its essential bits one a cycle; an essential bit adds its lane's activation",
      columnTitle: "Significance of the plane",
    },
  );
};

/** The pictures of the page on bit interleaving, by file name. */
export const interleavingFigures = (): Readonly<Record<string, TopLevelSpec>> => ({
  "interleaving-1-restored": restored(),
  "interleaving-2-matched": matched(),
  "interleaving-3-distilled": distilled(),
});
