import type { WeightDistribution } from "../core/workloads/weight-distribution.ts";
import { type ClassFit, kindDistribution } from "./kind-fits.ts";
import type { FittedNetwork } from "./measured-twins.ts";
import type { Kind } from "./twin-networks.ts";

const descriptions: Readonly<Record<Kind, string>> = {
  convolutional:
    "Convolutional networks for recognition and detection, batch normalization folded where there was any.",
  "super-resolution": "Convolutional networks without normalization that draw pictures (ESRGAN).",
  transformer: "Linear layers of networks with attention.",
};

/** A number with three digits. */
const rounded = (value: number): number => Number(value.toPrecision(3));

const section = (name: string, distribution: WeightDistribution, fits: readonly ClassFit[]): string[] => {
  const { family, ...values } = distribution;
  return [
    `${name}:`,
    "  source: median over networks, docs/synthetic-weights.md; peak by least squares",
    "  mark: fitted",
    '  unit: "1"',
    `  networks: ${fits.length}`,
    `  layers: ${fits.reduce((sum, { layers }) => sum + layers, 0)}`,
    `  family: ${family}`,
    "  values:",
    ...Object.entries(values).map(([key, value]) => `    ${key}: ${rounded(Number(value))}`),
  ];
};

/** The text of the file in configs/weights of a kind, fitted to all of its networks. */
export const weightsFile = (kind: Kind, networks: readonly FittedNetwork[]): string => {
  const members = networks.filter((network) => network.kind === kind);
  const depthwise = members.flatMap((network) => network.depthwise ?? []);
  const dense = members.map((network) => network.dense);
  return `${[
    `# Fitted to: ${members.map(({ name }) => name).join("; ")}.`,
    "version: 1",
    `name: ${kind}`,
    `description: "${descriptions[kind]}"`,
    ...section("dense", kindDistribution(dense), dense),
    ...(depthwise.length === 0 ? [] : section("depthwise", kindDistribution(depthwise), depthwise)),
  ].join("\n")}\n`;
};
