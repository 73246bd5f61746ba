import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { geometricMean } from "../explore/compare/ratios.ts";
import { machineBars } from "../explore/plots/machine-bars.ts";
import type { TopLevelSpec } from "../explore/plots/render.ts";
import {
  type PublishedRatios,
  publishedComparison,
  publishedTerms,
} from "../explore/report/published-comparison.ts";
import { parseSweep } from "../explore/spec/parse.ts";
import type { Sweep } from "../explore/spec/sweep.ts";
import { markdownTable } from "./markdown.ts";
import { type RecordedComparison, readFig7 } from "./recorded-fig7.ts";

/** A sweep of configs/sweeps. */
export const readShippedSweep = async (
  name: string,
): Promise<{ readonly sweep: Sweep; readonly file: string }> => {
  const file = fileURLToPath(new URL(`../configs/sweeps/${name}.yaml`, import.meta.url));
  return { sweep: parseSweep(await readFile(file, "utf8"), { file }), file };
};

const withMean = (ratios: readonly number[]): number[] => [...ratios, geometricMean(ratios)];

/** Printed ratios over Bitlet. */
const publishedPlot = (
  name: string,
  title: string,
  { networks, machines, reference }: PublishedRatios,
  axis: string,
): TopLevelSpec =>
  machineBars(
    name,
    {
      networks: [...networks, "geometric mean"],
      reference,
      machines: machines
        .filter(({ title }) => title !== reference)
        .map(({ title, ratios }) => ({ title, ratios: withMean(ratios) })),
    },
    axis,
    { title: `${title} over ${reference}, as published`, subtitle: publishedTerms },
  );

/** The networks of several comparisons in a row. */
const joined = (
  recorded: readonly RecordedComparison[],
  ratio: "speedup" | "equalClock" | "energyEfficiency" | "wholeSpeedup",
): readonly { readonly title: string; readonly ratios: readonly number[] }[] =>
  recorded[0].machines.map(({ title }) => ({
    title,
    ratios: recorded.flatMap(({ machines, networks }) => {
      const found = machines.find((machine) => machine.title === title);
      return found === undefined
        ? networks.map(() => Number.NaN)
        : found[ratio].map((value) => value ?? Number.NaN);
    }),
  }));

const isoPlot = (recorded: readonly RecordedComparison[]): TopLevelSpec =>
  machineBars(
    "fig7-iso-area",
    {
      networks: [...recorded.flatMap(({ networks }) => networks.map(({ name }) => name)), "geometric mean"],
      reference: recorded[0].machines[0].title,
      machines: joined(recorded, "speedup")
        .slice(1)
        .map(({ title, ratios }) => ({ title, ratios: withMean(ratios) })),
    },
    "Speedup",
    {
      title: "The same networks on equal area: speedup over Bitlet, processing elements alone",
      subtitle: `${recorded[0].terms}; first four networks fixed8, others fixed16; synthetic weights`,
    },
  );

const ratioTable = (
  networks: readonly string[],
  machines: readonly { readonly title: string; readonly ratios: readonly number[] }[],
): string => {
  const text = (value: number): string => (Number.isNaN(value) ? "–" : String(Number(value.toPrecision(3))));
  return markdownTable(
    [
      ["network", ...machines.map(({ title }) => title)],
      ...[...networks, "geometric mean"].map((network, row) => [
        network,
        ...machines.map(({ ratios }) => text(withMean(ratios)[row])),
      ]),
    ],
    [0],
  );
};

/** Pictures of Fig. 7 and of the GPUs of Table 5, by name. */
export const fig7Pictures = async (): Promise<Readonly<Record<string, TopLevelSpec>>> => {
  const [speedup, , inference, training] = await publishedComparison();
  return {
    "fig7-published": publishedPlot("fig7-published", "MICRO 2021, Fig. 7: speedup", speedup, "Speedup"),
    "fig7-iso-area": isoPlot(await readFig7()),
    "gpus-inference": publishedPlot(
      "gpus-inference",
      "MICRO 2021, Table 5: energy efficiency in inference",
      inference,
      "Efficiency",
    ),
    "gpus-training": publishedPlot(
      "gpus-training",
      "MICRO 2021, Table 5: energy efficiency in training",
      training,
      "Efficiency",
    ),
  };
};

/** The generated parts of comparison.md. */
export const fig7Tables = async (): Promise<Readonly<Record<string, string>>> => {
  const [speedup, efficiency, inference, training] = await publishedComparison();
  const recorded = await readFig7();
  const networks = recorded.flatMap((one) => one.networks.map(({ name }) => name));
  const titled = (title: string, table: string): string => `${title}:\n\n${table}`;
  return {
    "published speedup": titled(
      `Speedup over Bitlet (${publishedTerms})`,
      ratioTable(speedup.networks, speedup.machines),
    ),
    "published efficiency": titled(
      `Energy efficiency over Bitlet in fixed point (${publishedTerms})`,
      ratioTable(efficiency.networks, efficiency.machines),
    ),
    gpus: [inference, training]
      .map((one) =>
        titled(
          `${one.title} over ${one.reference} (${publishedTerms})`,
          ratioTable(one.networks, one.machines),
        ),
      )
      .join("\n\n"),
    sizes: recorded
      .map(({ name, terms, machines }) =>
        titled(
          `\`${name}\` (${terms})`,
          markdownTable(
            [
              ["machine", "size", "lanes", "mm2", "of the budget", "W", "GHz"],
              ...machines.map(({ title, size, lanes, area_mm2, share, power_W, clock_GHz }) => [
                title,
                size,
                String(lanes),
                area_mm2.toPrecision(4),
                `${(100 * share).toFixed(0)} %`,
                power_W === null ? "–" : power_W.toPrecision(3),
                String(clock_GHz),
              ]),
            ],
            [0, 1],
          ),
        ),
      )
      .join("\n\n"),
    "iso-area speedup": titled(
      `Speedup over Bitlet, processing elements alone (${recorded[0].terms})`,
      ratioTable(networks, joined(recorded, "speedup")),
    ),
    "iso-area at equal clock": titled(
      `The same in clock cycles (${recorded[0].terms})`,
      ratioTable(networks, joined(recorded, "equalClock")),
    ),
    "iso-area efficiency": titled(
      `Energy efficiency over Bitlet, processing elements alone (${recorded[0].terms})`,
      ratioTable(networks, joined(recorded, "energyEfficiency")),
    ),
    "iso-area with memory": titled(
      `Speedup over Bitlet with the common memory system in the way (${recorded[0].terms})`,
      ratioTable(networks, joined(recorded, "wholeSpeedup")),
    ),
  };
};
