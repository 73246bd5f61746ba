import { dirname, resolve } from "node:path";
import type { Network } from "../../core/workloads/network.ts";
import { syntheticNetwork } from "../../core/workloads/synthetic.ts";
import { nearestOf } from "../spec/nearest.ts";
import { readBoundedFile } from "./bounded-file.ts";
import { readActivations } from "./captured-file.ts";
import { CatalogError } from "./catalog-error.ts";
import { configNames, findConfig, isYamlFile } from "./find-config.ts";
import { isModelFile, readModelFile } from "./model-file.ts";
import { NetworkFile, syntheticTable } from "./network-file.ts";
import { findNpmFile } from "./npm-file.ts";
import { decodeYaml } from "./yaml.ts";

type Inputs = Readonly<Record<string, readonly number[]>>;

/** Where relative paths start, and what a sweep gives: input shapes, and a file of captured activations. */
export interface LoadOptions {
  readonly baseDirectory: string;
  readonly inputs?: Inputs;
  readonly activations?: string;
}

/** The path of a file from `npm:package/file` or a path from the base directory. */
const locate = (use: string, baseDirectory: string, install?: string): string =>
  use.startsWith("npm:") ? findNpmFile(use, baseDirectory, install) : resolve(baseDirectory, use);

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
    `it is no network in ${baseDirectory} or configs/networks (there: ${names.join(", ")}), no path to a .yaml, .onnx or ` +
      `model.json file and no npm:package/file${nearest === undefined ? "" : `; did you mean ${nearest}?`}`,
  );
};

/** The name of a network that is used without a network file: its reference in the letters that a name may have. */
const nameOf = (use: string): string =>
  use
    .replace(/^npm:/, "")
    .replace(/\.[^./]*$/, "")
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^[^a-z0-9]+/, "") || "network";

/** The network that a network file describes, without activations. */
const describedNetwork = async (
  file: string,
  description: typeof NetworkFile.Type,
  given: Inputs | undefined,
): Promise<Network> => {
  const { name, source, inputs, install, synthetic } = description;
  if (synthetic !== undefined) {
    const unknown = Object.keys({ ...inputs, ...given })[0];
    if (unknown !== undefined)
      throw new CatalogError(file, `a synthetic network has no inputs, but ${unknown} is given`);
    return syntheticNetwork(name, syntheticTable(synthetic));
  }
  // The schema asks for one of the two.
  const reference = source ?? "";
  const path = locate(reference, dirname(file), install);
  return readModelFile(path, { name, source: reference, inputs: { ...inputs, ...given } });
};

const loadNetworkFile = async (file: string, options: LoadOptions): Promise<Network> => {
  const text = new TextDecoder().decode(await readBoundedFile(file, 2 ** 20));
  const description = decodeYaml(text, file, NetworkFile);
  const network = await describedNetwork(file, description, options.inputs);
  const { activations } = description;
  if (activations === undefined || options.activations !== undefined) return network;
  return readActivations(network, locate(activations, dirname(file)), activations);
};

const loadModelFile = (use: string, { baseDirectory, inputs }: LoadOptions): Promise<Network> => {
  const name = nameOf(use);
  return readModelFile(locate(use, baseDirectory), { name, source: use, inputs: inputs ?? {} });
};

/**
 * Loads the network that a sweep calls `use`: a name in configs/networks, a path to a network file, an .onnx file or a
 * model.json, or `npm:package/file`. Names are looked up as findConfig does, paths start at the base directory (a
 * `source` or `activations` in a network file, at that file). Input shapes of the options replace those of a network
 * file, input by input; captured activations of the options replace those of a network file. Rejects with CatalogError, SpecError (a network file, with line and column), DecodeError or NetworkError.
 */
export const loadNetwork = async (use: string, options: LoadOptions): Promise<Network> => {
  const { baseDirectory, activations } = options;
  const network = await (isModelFile(use)
    ? loadModelFile(use, options)
    : loadNetworkFile(locateNetworkFile(use, baseDirectory), options));
  if (activations === undefined) return network;
  return readActivations(network, locate(activations, baseDirectory), activations);
};
