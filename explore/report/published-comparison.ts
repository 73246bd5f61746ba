import { geometricMean } from "../compare/ratios.ts";
import type { Published } from "../published/published-check.ts";
import { shippedPublished } from "../published/published-numbers.ts";
import { textTable } from "../table/text-table.ts";

/** Ratios as a paper printed them: nothing is simulated. */
export interface PublishedRatios {
  readonly title: string;
  readonly reference: string;
  readonly source: string;
  readonly networks: readonly string[];
  /** NaN where the paper gives nothing. */
  readonly machines: readonly { readonly title: string; readonly ratios: readonly number[] }[];
}

type Rows = Readonly<Record<string, Readonly<Record<string, number>>>>;

const ratiosOf = (
  title: string,
  source: string,
  rows: Rows,
  reference: string,
  ratio: (own: number, first: number) => number,
): PublishedRatios => {
  const networks = Object.keys(rows[reference]);
  return {
    title,
    reference,
    source,
    networks,
    machines: Object.entries(rows).map(([name, values]) => ({
      title: name,
      ratios: networks.map((network) => ratio(values[network] ?? Number.NaN, rows[reference][network])),
    })),
  };
};

/**
 * MICRO 2021's comparisons over Bitlet, from the rows that it prints: speedup over fixed-point accelerators (Table 4, the
 * basis of its Fig. 7), energy efficiency (Tables 6 and 7), and efficiency of GPUs in inference and training (Table 5).
 */
export const publishedComparison = async (
  published: Published = shippedPublished(),
): Promise<readonly PublishedRatios[]> => {
  const { cyclesPerWork, efficiency, efficiencyFloat32 } = published.numbers("micro21");
  const { training, inference } = published.numbers("gpus");
  const higher = (own: number, first: number): number => own / first;
  const withBitlet = (rows: Rows, phase: string): Rows => ({
    "Bitlet float32": efficiencyFloat32.rows[phase],
    ...rows,
  });
  return [
    ratiosOf("Speedup", cyclesPerWork.source, cyclesPerWork.rows, "Bitlet", (own, first) => first / own),
    ratiosOf("Energy efficiency", efficiency.source, efficiency.rows, "Bitlet fixed", higher),
    ratiosOf(
      "Energy efficiency in inference",
      inference.source,
      withBitlet(inference.rows, "inference"),
      "Bitlet float32",
      higher,
    ),
    ratiosOf(
      "Energy efficiency in training",
      training.source,
      withBitlet(training.rows, "training"),
      "Bitlet float32",
      higher,
    ),
  ];
};

/** What every table and plot of published ratios says above it. */
export const publishedTerms =
  "basis published: rows as printed, nothing simulated; the machines differ in area, node and lanes";

/** Why these ratios are no comparison of the machines. */
const warning =
  "Eyeriss's row is that of 32 multiply–accumulate units at 11 cycles each (derived); of the other rows the inputs are not published. Bitlet's area and power are those of a netlist, the others' those of a layout.";

/** The published ratios for a terminal. */
export const publishedComparisonText = (tables: readonly PublishedRatios[]): string =>
  [
    ...tables.map(({ title, reference, source, networks, machines }) =>
      [
        `${title} over ${reference} (${publishedTerms}; ${source})`,
        textTable([
          { name: "network", data: [...networks, "geometric mean"] },
          ...machines.map((machine) => ({
            name: machine.title,
            data: Float64Array.from([...machine.ratios, geometricMean(machine.ratios)]),
          })),
        ]),
      ].join("\n"),
    ),
    warning,
  ].join("\n");
