import * as Schema from "effect/Schema";
import type { WeightDistributions } from "../../core/workloads/synthetic-weights.ts";
import type { WeightDistribution } from "../../core/workloads/weight-distribution.ts";
import { finite, integerFrom, text } from "../spec/schema-terms.ts";
import { readBoundedFile } from "./bounded-file.ts";
import { decodeYaml } from "./yaml.ts";

const between = (minimum: number, maximum: number) => {
  const expected = `a number from ${minimum} to ${maximum}`;
  return finite(expected).check(Schema.isBetween({ minimum, maximum }, { expected }));
};

const share = between(0, 1);

const distribution = Schema.Struct({
  source: text("where the numbers come from").annotate({ description: "Where the numbers come from." }),
  mark: Schema.Literal("fitted").annotate({
    description: "How far to trust them: they are fitted to trained networks.",
    expected: "fitted",
  }),
  unit: Schema.Literal("1").annotate({ description: "Unit of all values.", expected: '"1"' }),
  networks: integerFrom(1, 2 ** 31 - 1).annotate({ description: "Networks that they are fitted to." }),
  layers: integerFrom(1, 2 ** 31 - 1).annotate({ description: "Layers of these." }),
  family: Schema.Literal("generalized normal").annotate({
    description: "Family of the distribution.",
    expected: "generalized normal",
  }),
  values: Schema.Struct({
    spread: between(1e-6, 1e6).annotate({
      description: "Scale of the weights over the square root of 2 / fan-in.",
    }),
    shape: between(0.25, 32).annotate({ description: "1 is Laplace, 2 normal, 32 nearly uniform." }),
    filterSpread: between(0, 10).annotate({ description: "Standard deviation of ln scale between filters." }),
    deadFilters: share.annotate({ description: "Share of filters without influence." }),
    deadChannels: share.annotate({ description: "Share of channels without influence." }),
    zeroShare: share.annotate({ description: "Share of exact zeros." }),
    peak: between(1, 1e6).annotate({
      description: "Largest magnitude over the scale in a layer of 10,000 weights.",
    }),
    peakGrowth: between(-1, 1).annotate({
      description: "Power of the number of weights that it grows with.",
    }),
  }),
});

/** The shape of a file in configs/weights. */
export const WeightsFile = Schema.Struct({
  version: Schema.Literal(1).annotate({ description: "Version of the file format.", expected: "1" }),
  name: text("a name").annotate({ description: "Name of the kind of networks." }),
  description: text("a sentence").annotate({ description: "Which networks these are." }),
  dense: distribution.annotate({ description: "Layers whose filters see several channels." }),
  depthwise: Schema.optionalKey(
    distribution.annotate({
      description: "Convolutions whose filters see one channel each; as dense if left out.",
    }),
  ),
});

const distributionOf = ({ family, values }: typeof distribution.Type): WeightDistribution => ({
  family,
  ...values,
});

/**
 * The distributions of a file in configs/weights, as core draws from. Rejects with CatalogError for a file that cannot be
 * read and SpecError, with every mistake and its place, for one that says something else.
 */
export const loadWeightDistributions = async (file: string): Promise<WeightDistributions> => {
  const content = new TextDecoder().decode(await readBoundedFile(file, 2 ** 20));
  const { dense, depthwise } = decodeYaml(content, file, WeightsFile);
  return {
    dense: distributionOf(dense),
    ...(depthwise === undefined ? {} : { depthwise: distributionOf(depthwise) }),
  };
};
