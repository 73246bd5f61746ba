import { median } from "./kind-fits.ts";
import { markdownTable } from "./markdown.ts";
import {
  distributionsWithout,
  type MeasuredNetwork,
  type MeasuredTwins,
  readMeasuredTwins,
} from "./measured-twins.ts";
import {
  blind,
  cellName,
  cells,
  cycleErrors,
  drawAll,
  drawnLike,
  groupCycles,
  trained,
  twin,
} from "./twin-errors.ts";
import { kinds, trainedLayers, twinNetworks } from "./twin-networks.ts";

/** Ways to draw weights, in the order of the columns. */
const ways = ["twin", "kind", "normal"] as const;

/** A network's errors in a cell: by way, total, median and worst for one processing element, then in lockstep. */
type Errors = Readonly<Record<(typeof ways)[number], readonly number[]>>;

const wide = cells.filter(({ laneWidth }) => laneWidth === 64);
const formatNames = wide.map((cell) => cellName(cell).replace(/ \/ .*/, ""));

const percent = (value: number): string => {
  const size = Math.abs(value);
  return (size >= 99.5 ? value.toFixed(0) : value.toFixed(1)).replace(/^-(0\.0)$/, "$1");
};

/** A row a network, a column a format; in a cell one of the six numbers, by the three ways to draw. */
const errorsTable = (networks: readonly Pick<MeasuredNetwork, "name" | "errors">[], index: number): string =>
  markdownTable(
    [
      ["network", ...formatNames],
      ...networks.map(({ name, errors }) => [
        name,
        ...wide.map((cell) => {
          const here: Errors = errors[cellName(cell)];
          return ways.map((way) => percent(here[way][index])).join(" / ");
        }),
      ]),
    ],
    [0],
  );

/** Medians and maxima over networks of a number's size, a row a lane width and a kind of number. */
const lanesTable = ({ networks }: MeasuredTwins): string =>
  markdownTable(
    [
      ["lanes", "processing elements", "over networks", ...formatNames],
      ...[16, 64, 128].flatMap((laneWidth) =>
        [0, 3].flatMap((index) =>
          (["median", "largest"] as const).map((which) => [
            String(laneWidth),
            index === 0 ? "one" : "32 in lockstep",
            which,
            ...cells
              .filter((cell) => cell.laneWidth === laneWidth)
              .map((cell) =>
                ways
                  .map((way) => {
                    const sizes = networks.map(({ errors }) => Math.abs(errors[cellName(cell)][way][index]));
                    return percent(which === "median" ? median(sizes) : Math.max(...sizes));
                  })
                  .join(" / "),
              ),
          ]),
        ),
      ),
    ],
    [1, 2],
  );

/** Rows of five numbers for one processing element and five in lockstep, as `one / lockstep`. */
const pairs = (numbers: readonly number[]): string[] =>
  formatNames.map((_, format) =>
    [numbers[format], numbers[format + formatNames.length]].map(percent).join(" / "),
  );

const withoutTable = ({ without }: MeasuredTwins): string =>
  markdownTable(
    [
      ["left out of the twin", ...formatNames],
      ...Object.entries(without).map(([name, numbers]) => [name, ...pairs(numbers)]),
    ],
    [0],
  );

const classesTable = ({ classes }: MeasuredTwins): string =>
  markdownTable(
    [
      ["drawn from", "kind", ...formatNames],
      ...Object.entries(classes).flatMap(([name, byKind]) =>
        kinds.map((kind) => [name, kind, ...pairs(byKind[kind])]),
      ),
    ],
    [0, 1],
  );

const networksTable = ({ networks }: MeasuredTwins): string =>
  markdownTable(
    [
      ["network", "kind", "package", "layers", "weights"],
      ...networks.map(({ name, kind, package: version, layers, weights }) => [
        name,
        kind,
        version,
        String(layers),
        weights.toLocaleString("en"),
      ]),
    ],
    [0, 1, 2],
  );

/** Median and largest size over networks of the error at 64 lanes, by format: `0.1 % (at most 3.0 %)`. */
const sizesOf = ({ networks }: MeasuredTwins, way: (typeof ways)[number], index: number): string =>
  wide
    .map((cell, format) => {
      const sizes = networks.map(({ errors }) => Math.abs(errors[cellName(cell)][way][index]));
      return `${formatNames[format]} ${percent(median(sizes))} % (at most ${percent(Math.max(...sizes))} %)`;
    })
    .join(", ");

/** What the tables come to. */
const summary = (record: MeasuredTwins): string =>
  [
    "Error of a network's group cycles at 64 lanes, median over networks and the largest:",
    "",
    `- **twin**, fitted layer by layer; one processing element: ${sizesOf(record, "twin", 0)}; 32 in lockstep: ${sizesOf(record, "twin", 3)}.`,
    `- **kind**, drawn from what other networks are like; one processing element: ${sizesOf(record, "kind", 0)}; 32 in lockstep: ${sizesOf(record, "kind", 3)}.`,
    `- **normal**, one spread and no look at any weights; one processing element: ${sizesOf(record, "normal", 0)}; 32 in lockstep: ${sizesOf(record, "normal", 3)}.`,
  ].join("\n");

/** Networks that are measured whenever the documentation is generated. */
const quick = twinNetworks.filter(({ name }) => name === "esrgan-slim" || name === "ocr-recognition");

/** What is measured here and now; throws where it is not what was recorded. */
const quickNetworks = async (record: MeasuredTwins): Promise<Pick<MeasuredNetwork, "name" | "errors">[]> =>
  Promise.all(
    quick.map(async (network) => {
      const { name, kind } = network;
      const layers = await trainedLayers(network);
      const draws = {
        twin: drawAll(layers, twin),
        kind: drawAll(layers, drawnLike(distributionsWithout(record.networks, kind, name))),
        normal: drawAll(layers, blind),
      };
      const real = drawAll(layers, trained);
      const recorded = record.networks.find((one) => one.name === name)!;
      const errors = wide.map((cell): [string, Errors] => {
        const cycles = groupCycles(layers, real, cell);
        const of = (way: (typeof ways)[number]): number[] => {
          const drawn = groupCycles(layers, draws[way], cell);
          return [...cycleErrors(drawn, cycles, 0), ...cycleErrors(drawn, cycles, 1)];
        };
        const measured: Errors = { twin: of("twin"), kind: of("kind"), normal: of("normal") };
        for (const way of ways) {
          const known = recorded.errors[cellName(cell)][way];
          if (measured[way].every((error, index) => Math.abs(error - known[index]) < 0.05)) continue;
          const problem = `${name}, ${cellName(cell)}, ${way}: [${measured[way]}] is not the recorded [${known}]`;
          throw new Error(`${problem}; run docs/measure-synthetic-twins.ts again`);
        }
        return [cellName(cell), measured];
      });
      return { name, errors: Object.fromEntries(errors) };
    }),
  );

/** The generated parts of synthetic-weights.md. */
export const twinTables = async (): Promise<Readonly<Record<string, string>>> => {
  const record = await readMeasuredTwins();
  const { networks } = record;
  const fresh = await quickNetworks(record);
  return {
    summary: summary(record),
    networks: networksTable(record),
    "measured now, one processing element": errorsTable(fresh, 0),
    "measured now, lockstep": errorsTable(fresh, 3),
    "totals, one processing element": errorsTable(networks, 0),
    "totals, lockstep": errorsTable(networks, 3),
    "median layer, one processing element": errorsTable(networks, 1),
    "median layer, lockstep": errorsTable(networks, 4),
    "worst layer, one processing element": errorsTable(networks, 2),
    "worst layer, lockstep": errorsTable(networks, 5),
    lanes: lanesTable(record),
    without: withoutTable(record),
    classes: classesTable(record),
  };
};
