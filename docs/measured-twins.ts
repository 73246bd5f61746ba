import { readFile } from "node:fs/promises";
import * as Schema from "effect/Schema";
import type { WeightDistributions } from "../core/workloads/synthetic-weights.ts";
import { decodeYaml } from "../explore/catalog/yaml.ts";
import { type ClassFit, kindDistribution } from "./kind-fits.ts";
import { kinds } from "./twin-networks.ts";

const numbers = Schema.Array(Schema.Finite);

const classFit = Schema.Struct({ layers: Schema.Int, medians: numbers, moments: numbers });

const MeasuredTwins = Schema.Struct({
  source: Schema.String,
  mark: Schema.Literal("measured"),
  unit: Schema.Literal("percent"),
  networks: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      kind: Schema.Literals(kinds),
      package: Schema.String,
      layers: Schema.Int,
      weights: Schema.Int,
      dense: classFit,
      depthwise: Schema.optionalKey(classFit),
      /** By cell, six numbers a way to draw: total, median and worst for one PE, then in lockstep. */
      errors: Schema.Record(Schema.String, Schema.Struct({ twin: numbers, kind: numbers, normal: numbers })),
    }),
  ),
  /** Mean size of the error over all layers, for one PE and in lockstep, by format, without a part of the twin. */
  without: Schema.Record(Schema.String, numbers),
  /** Mean size of the error of a network's total, by kind and format, for ways to tell layers apart. */
  classes: Schema.Record(Schema.String, Schema.Record(Schema.Literals(kinds), numbers)),
});

/** What was measured on networks that continuous integration does not have. */
export type MeasuredTwins = typeof MeasuredTwins.Type;

/** A network of the measurement. */
export type MeasuredNetwork = MeasuredTwins["networks"][number];

/** The recorded measurement. */
export const readMeasuredTwins = async (): Promise<MeasuredTwins> => {
  const file = new URL("synthetic-twins.yaml", import.meta.url);
  return decodeYaml(await readFile(file, "utf8"), "docs/synthetic-twins.yaml", MeasuredTwins);
};

/** What is needed of a network to fit its kind. */
export type FittedNetwork = Pick<MeasuredNetwork, "name" | "kind" | "dense" | "depthwise">;

const present = (fits: readonly (ClassFit | undefined)[]): ClassFit[] =>
  fits.filter((fit) => fit !== undefined);

/** The distributions of a kind, fitted to all of its networks but the one that is named. */
export const distributionsWithout = (
  networks: readonly FittedNetwork[],
  kind: FittedNetwork["kind"],
  name?: string,
): WeightDistributions => {
  const others = networks.filter((network) => network.kind === kind && network.name !== name);
  const depthwise = present(others.map((network) => network.depthwise));
  return {
    dense: kindDistribution(others.map(({ dense }) => dense)),
    ...(depthwise.length === 0 ? {} : { depthwise: kindDistribution(depthwise) }),
  };
};
