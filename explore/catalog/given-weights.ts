import type { Architecture } from "../../core/workloads/architecture.ts";
import type { Network } from "../../core/workloads/network.ts";
import { syntheticWeights } from "../../core/workloads/synthetic-weights.ts";
import { nearestOf } from "../spec/nearest.ts";
import { CatalogError } from "./catalog-error.ts";
import { configNames, findConfig } from "./find-config.ts";
import { locateFile } from "./locate-file.ts";
import { attachWeights } from "./mapped-weights.ts";
import { readTensors } from "./tensor-file.ts";
import { loadWeightDistributions } from "./weight-distributions.ts";
import type { Weights } from "./weights-schema.ts";

/** Where paths start, and how a package that they name is installed. */
interface Place {
  readonly baseDirectory: string;
  readonly install?: string | undefined;
}

/** Which networks' weights an architecture's are most like [our decision]: those with attention, or those without. */
const usualLike = ({ layers }: Architecture): string =>
  layers.some(({ kind }) => kind === "matmul") || layers.every(({ kind }) => kind === "linear")
    ? "transformer"
    : "convolutional";

/** The path of the distributions that a network file calls `like`. */
const locateDistributions = (like: string, baseDirectory: string): string => {
  const file = findConfig(like, "weights", baseDirectory);
  if (file !== undefined) return file;
  const names = configNames("weights");
  const nearest = nearestOf(like, names);
  throw new CatalogError(
    like,
    `there are no such weights in ${baseDirectory} or configs/weights (there: ${names.join(", ")})` +
      `${nearest === undefined ? "" : `; did you mean ${nearest}?`}`,
  );
};

const drawn = async (
  architecture: Architecture,
  baseDirectory: string,
  { seed, like = usualLike(architecture) }: { readonly seed: number; readonly like?: string | undefined },
): Promise<Network> => {
  const distributions = await loadWeightDistributions(locateDistributions(like, baseDirectory));
  const network = syntheticWeights(architecture, distributions, seed);
  return { ...network, source: `${architecture.source}, weights drawn like ${like} with seed ${seed}` };
};

/**
 * The network of an architecture with the weights that its network file gives it. Where it gives none they are drawn with
 * seed 1, and where it does not say what they are like, as those of a transformer for a network with a product of two
 * activations or of linear layers alone, otherwise of a convolutional network. Rejects as readTensors, attachWeights,
 * loadWeightDistributions and syntheticWeights do, and with CatalogError for distributions that there are not.
 */
export const withGivenWeights = async (
  architecture: Architecture,
  weights: typeof Weights.Type | undefined,
  { baseDirectory, install }: Place,
): Promise<Network> => {
  const given = typeof weights === "string" ? { file: weights } : (weights ?? {});
  if (given.file === undefined) return drawn(architecture, baseDirectory, given.synthetic ?? { seed: 1 });
  const { file, layout = "oihw", names = {}, normalizations = {}, epsilon = 1e-5, unused = [] } = given;
  const tensors = await readTensors(locateFile(file, baseDirectory, install));
  return attachWeights(architecture, tensors, { layout, names, normalizations, epsilon, unused }, file);
};
