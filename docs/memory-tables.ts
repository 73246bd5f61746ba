import type { Quantity } from "../core/technology/component.ts";
import { nodeFactors, scaledKinds } from "../core/technology/scaling.ts";
import { sramCost } from "../core/technology/sram.ts";
import type { Technology } from "../core/technology/technology.ts";
import { componentNames } from "../explore/catalog/technology.ts";
import { markdownTable } from "./markdown.ts";

/** A buffer of 64 KiB at the default bandwidth, by the width of its ports. */
export const sramTable = ({ nodes, scaling }: Technology): string => {
  const table = nodes["28nm"].sram.lop;
  const size_KiB = 64;
  return markdownTable([
    [
      "port, bit",
      "banks",
      "KiB a bank",
      "read, pJ",
      "write, pJ",
      "read, pJ/B",
      "write, pJ/B",
      "leakage, mW",
      "area, mm2",
    ],
    ...table.ports.map(({ bits }) => {
      const request = { name: "buffer", size_KiB, portBits: bits, bandwidth_GBs: 25.6 };
      const { banks, read_JPerByte, write_JPerByte, leakage_W, area_mm2 } = sramCost(
        table,
        request,
        nodeFactors(scaling, 28, 28),
      );
      const access = (perByte: number): string => ((perByte * bits * 1e12) / 8).toFixed(2);
      return [
        String(bits),
        String(banks),
        String(size_KiB / banks),
        access(read_JPerByte),
        access(write_JPerByte),
        (read_JPerByte * 1e12).toFixed(3),
        (write_JPerByte * 1e12).toFixed(3),
        (leakage_W * 1e3).toFixed(2),
        area_mm2.toFixed(3),
      ];
    }),
  ]);
};

const withRange = ({ value, range }: Quantity): string =>
  range === undefined ? String(value) : `${value} (${range[0]} … ${range[1]})`;

/** One channel of every memory type, with the marks of its numbers. */
export const dramTable = ({ dram }: Technology): string =>
  markdownTable(
    [
      ["`dram`", "bandwidth, GB/s", "energy, pJ/bit", "background, W", "burst, B", "marks"],
      ...Object.entries(dram).map(([name, { bandwidth, energy, background, burst }]) => [
        `\`${name}\``,
        withRange(bandwidth),
        withRange(energy),
        withRange(background),
        withRange(burst),
        [bandwidth, energy, background, burst].map(({ mark }) => mark).join(", "),
      ]),
    ],
    [0, 5],
  );

/** What costs divide by from 65 to 28 nm, the power of the feature size that this is, and what it makes of other nodes. */
export const scalingTable = ({ scaling }: Technology): string => {
  const nodes = [45, 22, 14, 7];
  const words = {
    logicArea: "logic, area",
    logicPower: "logic, energy",
    sramRead: "SRAM, read",
    sramWrite: "SRAM, write",
    sramLeakage: "SRAM, leakage",
    sramArea: "SRAM, area",
  } as const;
  return markdownTable(
    [
      ["cost", "65 nm over 28 nm", "power of the node", ...nodes.map((node) => `${node} nm over 28 nm`)],
      ...scaledKinds.map((kind) => [
        words[kind],
        String(scaling.divisors[kind]),
        (Math.log(scaling.divisors[kind]) / Math.log(scaling.from_nm / scaling.to_nm)).toFixed(2),
        ...nodes.map((node) => nodeFactors(scaling, 28, node).factors[kind].toFixed(2)),
      ]),
    ],
    [0],
  );
};

/** Every number of the tables that has a range. */
export const rangesTable = (technology: Technology): string =>
  markdownTable(
    [
      ["component", "value", "least", "most", "unit", "mark", "source"],
      ...[...componentNames(technology)].flatMap(([name, { value, unit, range, mark, source }]) =>
        range === undefined
          ? []
          : [[`\`${name}\``, String(value), String(range[0]), String(range[1]), unit, mark, source]],
      ),
    ],
    [0, 4, 5, 6],
  );
