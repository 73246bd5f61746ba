import { networkParameters } from "../core/workloads/architecture.ts";
import { architectures } from "../core/workloads/architectures/registry.ts";
import { macs } from "../core/workloads/layer.ts";
import type { Network } from "../core/workloads/network.ts";
import { shippedNetworkNames, tryLoad } from "./load-shipped.ts";
import { markdownTable } from "./markdown.ts";
import { measuredFormats, measureNetwork } from "./network-measures.ts";
import { type RecordedNetwork, readRecordedNetworks } from "./recorded-networks.ts";

/** Networks of at most so many parameters are measured anew whenever the documentation is generated. */
const mostQuickParameters = 3e6;

const shapeOf = (
  network: Pick<Network, "sharedWeights" | "otherParameters"> & { layers: Network["layers"] | Shapes },
) => ({
  layers: network.layers.length,
  macs: network.layers.reduce((sum, layer) => sum + macs(layer), 0),
  parameters: networkParameters(network),
});
type Shapes = ReturnType<(typeof architectures)[string]["build"]>["layers"];

/** What kind of weights a network has: trained or drawn, of a sample of filters or of all, and how they were stored. */
const weightsOf = ({ layers }: Network): string => {
  const own = layers.map(({ weights }) => weights).filter(({ origin }) => origin !== "activation");
  if (own.some(({ origin }) => origin === "synthetic")) {
    return own.some(({ sampledFilters }) => sampledFilters !== undefined)
      ? "synthetic, sampled"
      : "synthetic";
  }
  const stored = [...new Set(own.map((weights) => weights.stored))].sort().join(", ");
  return stored === "float32" ? "trained" : `trained, ${stored}`;
};

/** What is recorded of a network. */
export const recordOf = (name: string, network: Network): RecordedNetwork => ({
  name,
  weights: weightsOf(network),
  ...shapeOf(network),
  measures: measureNetwork(network),
});

/**
 * The entry of a network: measured now if that is quick; otherwise as recorded, with the shapes of an architecture
 * computed now.
 */
const entryOf = async (name: string, recorded: RecordedNetwork | undefined): Promise<RecordedNetwork> => {
  const isQuick = recorded === undefined || recorded.parameters <= mostQuickParameters;
  const network = isQuick ? await tryLoad(name) : undefined;
  if (network !== undefined) return recordOf(name, network);
  if (recorded === undefined) throw new Error(`${name} was never recorded: npm run docs:networks -- ${name}`);
  const architecture = architectures[name]?.build();
  return architecture === undefined ? recorded : { ...recorded, ...shapeOf(architecture) };
};

/** The table of all shipped networks. */
export const shippedNetworksTable = async (): Promise<string> => {
  const recorded = await readRecordedNetworks();
  const rows: string[][] = [];
  for (const name of await shippedNetworkNames()) {
    const { weights, layers, macs: work, parameters, measures } = await entryOf(name, recorded.get(name));
    const cells = measuredFormats.flatMap(({ name: format }) => {
      const found = measures[format];
      if (found === null || found === undefined) return ["–", "–"];
      return [`${found.zeroBits_percent.toFixed(1)} %`, found.meanScan_cycles.toFixed(1)];
    });
    rows.push([
      `\`${name}\``,
      weights,
      String(layers),
      (work / 1e9).toFixed(3),
      (parameters / 1e6).toFixed(2),
      ...cells,
    ]);
  }
  const header = measuredFormats.flatMap(({ name }) => [`${name}, zero bits`, "scan"]);
  return markdownTable(
    [["network", "weights", "layers", "GMACs", "M parameters", ...header], ...rows],
    [0, 1],
  );
};
