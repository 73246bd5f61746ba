import { dirname } from "node:path";
import { weightShape, withWeights } from "../../core/workloads/architecture.ts";
import { architectures } from "../../core/workloads/architectures/registry.ts";
import type { LayerShape } from "../../core/workloads/layer.ts";
import type { Network } from "../../core/workloads/network.ts";
import { syntheticNetwork } from "../../core/workloads/synthetic.ts";
import { nearestOf } from "../spec/nearest.ts";
import { readBoundedFile } from "./bounded-file.ts";
import { readActivations } from "./captured-file.ts";
import { CatalogError } from "./catalog-error.ts";
import { configNames, findConfig, isYamlFile } from "./find-config.ts";
import { withGivenWeights } from "./given-weights.ts";
import { locateFile } from "./locate-file.ts";
import { isModelFile, readModelFile } from "./model-file.ts";
import { NetworkFile, syntheticTable } from "./network-file.ts";
import { findNpmFile } from "./npm-file.ts";
import { isShapeFile, readShapeFile } from "./shape-file.ts";
import { decodeYaml } from "./yaml.ts";

type Inputs = Readonly<Record<string, readonly number[]>>;

/** Where relative paths start, and what a sweep gives: input shapes, and a file of captured activations. */
export interface LoadOptions {
  readonly baseDirectory: string;
  readonly inputs?: Inputs;
  readonly activations?: string;
}

/** What makes a network of an architecture. */
type Give = typeof withGivenWeights;

/** The path of the network file that `use` names. */
const locateNetworkFile = (use: string, baseDirectory: string): string => {
  if (use.startsWith("npm:") && isYamlFile(use)) return findNpmFile(use, baseDirectory);
  const file = findConfig(use, "networks", baseDirectory);
  if (file !== undefined) return file;
  if (isYamlFile(use)) throw new CatalogError(use, `there is no such file, looked for in ${baseDirectory}`);
  const names = configNames("networks");
  const nearest = nearestOf(use, names);
  throw new CatalogError(
    use,
    `it is no network in ${baseDirectory} or configs/networks (there: ${names.join(", ")}), no path to a .yaml, .csv, .onnx ` +
      `or model.json file and no npm:package/file${nearest === undefined ? "" : `; did you mean ${nearest}?`}`,
  );
};

/** The name of a network that is used without a network file: its reference in the letters that a name may have. */
export const nameOf = (use: string): string =>
  use
    .replace(/^npm:/, "")
    .replace(/\.[^./]*$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^[^a-z0-9]+/, "") || "network";

/** Throws where a network file has a key, or a sweep gives an input, that the network's source has no use for. */
const refuse = (file: string, what: string, given: Readonly<Record<string, unknown>> | undefined): void => {
  const [name] = Object.keys(given ?? {});
  if (name !== undefined) throw new CatalogError(file, `${what}, but ${name} is given`);
};

/** The network that a network file describes, without activations. */
const describedNetwork = async (
  file: string,
  description: typeof NetworkFile.Type,
  sweepInputs: Inputs | undefined,
  give: Give,
): Promise<Network> => {
  const { name, source, architecture, install, synthetic, values, weights } = description;
  const inputs = { ...description.inputs, ...sweepInputs };
  const place = { baseDirectory: dirname(file), install };
  const ownWeights = weights === undefined ? {} : { weights };
  if (synthetic !== undefined) {
    refuse(file, "a synthetic network has no inputs", { ...inputs, ...values });
    refuse(file, "a synthetic network draws its weights", ownWeights);
    return syntheticNetwork(name, syntheticTable(synthetic));
  }
  if (architecture !== undefined) {
    refuse(file, "an architecture has no inputs with values", values);
    return give({ ...architectures[architecture].build(inputs), name }, weights, place);
  }
  // The schema asks for one of the three.
  const reference = source ?? "";
  const path = locateFile(reference, place.baseDirectory, install);
  if (await isShapeFile(path)) {
    refuse(file, "a file of layer shapes has no inputs", { ...inputs, ...values });
    return give(await readShapeFile(path, { name, source: reference }), weights, place);
  }
  refuse(file, "a model has weights of its own", ownWeights);
  if (!path.endsWith(".onnx")) refuse(file, "only ONNX models have inputs with values", values);
  return readModelFile(path, { name, source: reference, inputs, ...(values && { values }) });
};

/** The network with what its file says of its activations; captured ones are not read where others replace them. */
const withActivations = async (
  network: Network,
  file: string,
  activations: (typeof NetworkFile.Type)["activations"],
  replaced: boolean,
): Promise<Network> => {
  if (activations === undefined) return network;
  if (typeof activations === "string")
    return replaced ? network : readActivations(network, locateFile(activations, dirname(file)), activations);
  const { distribution, zeroShare = distribution === "relu" ? 0.5 : 0 } = activations;
  return { ...network, activationDistribution: { distribution, zeroShare } };
};

const readNetworkFile = async (file: string): Promise<typeof NetworkFile.Type> =>
  decodeYaml(new TextDecoder().decode(await readBoundedFile(file, 2 ** 20)), file, NetworkFile);

const loadNetworkFile = async (file: string, options: LoadOptions): Promise<Network> => {
  const description = await readNetworkFile(file);
  const network = await describedNetwork(file, description, options.inputs, withGivenWeights);
  return withActivations(network, file, description.activations, options.activations !== undefined);
};

const loadModelFile = (use: string, { baseDirectory, inputs }: LoadOptions): Promise<Network> =>
  readModelFile(locateFile(use, baseDirectory), { name: nameOf(use), source: use, inputs: inputs ?? {} });

/** The layer shapes that `use` names without a network file; undefined where it names none. */
const loadShapeFile = async (
  use: string,
  { baseDirectory, inputs }: LoadOptions,
  give: Give,
): Promise<Network | undefined> => {
  if (findConfig(use, "networks", baseDirectory) !== undefined && !isYamlFile(use)) return undefined;
  if (use.startsWith("npm:") && !/\.(csv|ya?ml)$/.test(use)) return undefined;
  const path = locateFile(use, baseDirectory);
  if (!(await isShapeFile(path))) return undefined;
  refuse(use, "a file of layer shapes has no inputs", inputs);
  return give(await readShapeFile(path, { name: nameOf(use), source: use }), undefined, {
    baseDirectory,
  });
};

/**
 * Loads the network that a sweep calls `use`: a name in configs/networks, a path to a network file, a model (.onnx,
 * model.json) or layer shapes (.csv, .yaml, a folder), or `npm:package/file`. Names are looked up as findConfig does, paths
 * start at the base directory (those in a network file, at that file). Input shapes of the options replace those of a
 * network file, input by input; captured activations of the options replace those of a network file. Rejects with
 * CatalogError, SpecError (a network file, with line and column), DecodeError or NetworkError.
 */
export const loadNetwork = async (use: string, options: LoadOptions): Promise<Network> => {
  const { baseDirectory, activations } = options;
  const network = isModelFile(use)
    ? await loadModelFile(use, options)
    : ((await loadShapeFile(use, options, withGivenWeights)) ??
      (await loadNetworkFile(locateNetworkFile(use, baseDirectory), options)));
  if (activations === undefined) return network;
  return readActivations(network, locateFile(activations, baseDirectory), activations);
};

/** An architecture with tensors that hold no values. */
const withoutWeights: Give = async (architecture) =>
  withWeights(architecture, (layer) => ({
    shape: weightShape(layer),
    values: new Float32Array(0),
    stored: "float32",
    origin: "synthetic",
  }));

/** The layer shapes of the network that loadNetwork would load, without drawing or reading weights for an architecture. */
export const loadLayers = async (
  use: string,
  options: Omit<LoadOptions, "activations">,
): Promise<{ readonly name: string; readonly layers: readonly LayerShape[] }> => {
  if (isModelFile(use)) return loadModelFile(use, options);
  const shapes = await loadShapeFile(use, options, withoutWeights);
  if (shapes !== undefined) return shapes;
  const file = locateNetworkFile(use, options.baseDirectory);
  return describedNetwork(file, await readNetworkFile(file), options.inputs, withoutWeights);
};
