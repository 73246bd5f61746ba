import type { Technology } from "../core/technology/technology.ts";
import { dramShare } from "../explore/plots/dram-share.ts";
import type { TopLevelSpec } from "../explore/plots/render.ts";
import { type ShareResult, trafficShare } from "./dram-share.ts";
import { markdownTable } from "./markdown.ts";
import {
  elementsPower_W,
  impliedPower_W,
  type readFig9,
  streamingPower_W,
  streamingShare,
} from "./micro21-fig9.ts";

type Fig9 = ReturnType<typeof readFig9>;

/** Published networks of which the figure has the modules too. */
const powerRatios = ({ networks }: Fig9) =>
  networks.filter(({ preprocessing }) => preprocessing !== undefined);

/** The identity beside the figure, with the power of DRAM that would meet it. */
export const identityTable = (fig9: Fig9, { dram, nodes }: Technology): string => {
  const table = nodes["28nm"].bitlet!;
  return markdownTable(
    [
      [
        "network",
        "precision",
        "one channel that streams, %",
        "Fig. 9, %",
        "difference, points",
        "power that meets it, W",
      ],
      ...fig9.networks.map(({ name, precision, dram: published }) => {
        const ours = streamingShare(dram.ddr3, table, precision);
        return [
          name,
          precision,
          ours.toFixed(1),
          published.toFixed(1),
          (Number(ours.toFixed(1)) - published).toFixed(1),
          impliedPower_W(published, table, precision).toFixed(3),
        ];
      }),
    ],
    [0, 1],
  );
};

/** Size of each buffer at which the table below stands: the least power of two that holds both networks in float32. */
const tableSize_KiB = 1024;

/** Share of a run's time for which the bits that it moves keep one channel busy, in percent. */
const busyShare = ({ result }: ShareResult, { dram }: Technology): number =>
  (100 * result.energy.dram_J) / (result.seconds * streamingPower_W(dram.ddr3));

/** Energy by consumer, and what share DRAM has of it by each way to count. */
export const sharesTable = (results: readonly ShareResult[], technology: Technology): string =>
  markdownTable(
    [
      [
        "network",
        "precision",
        "elements, mJ",
        "SRAM, mJ",
        "DRAM bits, mJ",
        "background, mJ",
        "channel busy",
        "share",
        "without SRAM",
        "with background",
      ],
      ...results
        .filter(({ buffer_KiB }) => buffer_KiB === tableSize_KiB)
        .map((one) => {
          const { energy } = one.result;
          const elements = energy.busy_J + energy.idle_J + energy.leakage_J;
          const sram = energy.weightBuffer_J + energy.activationBuffer_J + energy.outputBuffer_J;
          const percent = (share: number): string => `${share.toFixed(1)} %`;
          return [
            one.network,
            one.precision,
            ...[elements, sram, energy.dram_J, energy.background_J].map((joules) =>
              (1e3 * joules).toFixed(1),
            ),
            percent(busyShare(one, technology)),
            percent(trafficShare(one.result)),
            percent((100 * energy.dram_J) / (elements + energy.dram_J)),
            percent((100 * (energy.dram_J + energy.background_J)) / energy.total_J),
          ];
        }),
    ],
    [0, 1],
  );

/** The sentence on why the published share and ours differ, with its numbers. */
export const shareSentence = (
  results: readonly ShareResult[],
  fig9: Fig9,
  technology: Technology,
): string => {
  const { dram, nodes } = technology;
  const { bandwidth, energy } = dram.ddr3;
  const [busyLeast, busyMost] = extremes(results.map((one) => busyShare(one, technology)));
  const [least, most] = extremes(results.map(({ result }) => trafficShare(result)));
  const powers = powerRatios(fig9).map(({ precision }) =>
    elementsPower_W(nodes["28nm"].bitlet!, precision).toFixed(3),
  );
  return (
    `**The published share is a ratio of two powers that knows no network: ${bandwidth.value} GB/s · 8 · ${energy.value} pJ/bit = ` +
    `${streamingPower_W(dram.ddr3).toFixed(3)} W of a channel that never pauses, beside ${powers.slice(0, -1).join(", ")} or ${powers.at(-1)} W of ` +
    `processing elements that are always busy. What our two networks move keeps that channel busy for ${busyLeast} to ${busyMost} % ` +
    `of the run, and so the share of their traffic is ${least} to ${most} %.**`
  );
};

/** The least and the largest of some percentages, as whole numbers. */
const extremes = (percentages: readonly number[]): [number, number] => [
  Math.round(Math.min(...percentages)),
  Math.round(Math.max(...percentages)),
];

/** The picture: the identity as rules, the shares of our traffic as lines. */
export const sharePlot = (
  results: readonly ShareResult[],
  fig9: Fig9,
  technology: Technology,
): TopLevelSpec => {
  const { dram, nodes } = technology;
  const { bandwidth, energy } = dram.ddr3;
  const [least, most] = extremes(results.map((one) => busyShare(one, technology)));
  return dramShare(
    results.map(({ network, precision, buffer_KiB, result }) => ({
      network,
      precision,
      buffer_KiB,
      share_percent: trafficShare(result),
    })),
    powerRatios(fig9).map(({ name, precision, dram: published }) => ({
      network: name,
      precision,
      share_percent: streamingShare(dram.ddr3, nodes["28nm"].bitlet!, precision),
      published_percent: published,
    })),
    {
      title: "Share of DRAM: one channel that always streams, as published, against real traffic",
      subtitle: [
        `Rules: ${bandwidth.value} GB/s at ${energy.value} pJ/bit all the time, ${streamingPower_W(dram.ddr3).toFixed(3)} W, beside 32 busy processing elements of 64 lanes; diamonds: MICRO 2021, Fig. 9.`,
        `Lines: the bits that a network moves on that machine, which keep one such channel busy for ${least} to ${most} % of the run.`,
        "The background power of DRAM is in neither. SRAM is in the lines only: where it is large, its leakage makes them fall.",
      ],
    },
  );
};
