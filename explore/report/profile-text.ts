import type { Encoding } from "../../core/numerics/encodings.ts";
import type { ActivationProfile } from "../../core/workloads/activation-profile.ts";
import type { BitShares } from "../../core/workloads/bit-counts.ts";
import type { Network } from "../../core/workloads/network.ts";
import type { LayerProfile, NetworkProfile } from "../../core/workloads/profile.ts";
import { engineering } from "../table/engineering.ts";
import { textTable } from "../table/text-table.ts";

/** A profile without what is around the layers. */
type WeightTotals = BitShares & Pick<NetworkProfile, "layers" | "macs" | "parameters">;

/**
 * A profile for a terminal: layers with their work, where their weights come from, zero shares and losses; essential
 * digits; zero bits by plane, of activations too where they are known; operations without multiply–accumulates.
 */
export const profileText = (profile: NetworkProfile, network: Network): string => {
  const mark = profile.mark === undefined ? "" : `; ${profile.mark}`;
  return [
    `${profile.network} (${network.source}), ${profile.format}${mark}`,
    `  ${shapes(network)}; batch 1`,
    weightsText(profile),
    ...activationTables(profile.layers),
    operationsText(profile),
  ].join("\n");
};

/** The part of a profile that tells of the weights: totals, and tables of the layers. */
export const weightsText = (profile: WeightTotals): string => {
  const { layers } = profile;
  const numbers = (name: string, value: (layer: LayerProfile) => number) => ({
    name,
    data: Float64Array.from(layers, value),
  });
  const names = { name: "layer", data: layers.map(({ name }) => name) };
  // No layer loses anything in a format that holds all of them.
  const losses = layers.some((layer) => layer.sqnr_dB !== null);
  const encodings = Object.keys(profile.essentialDigits) as Encoding[];
  const planes = layers[0]?.planeDensity.length ?? 0;
  const significances = Array.from({ length: planes }, (_, place) => planes - 1 - place);
  return [
    `  ${engineering(profile.macs)} MACs, ${engineering(profile.parameters)} parameters, ` +
      `${percent(profile.zeroValues)} % zero values, ${percent(profile.zeroBits)} % zero bits`,
    `  essential digits a weight: ${encodings
      .map((encoding) => `${engineering(digitsOf(profile, encoding))} ${encodingNames[encoding]}`)
      .join(", ")}`,
    profile.sqnr_dB === null
      ? "  the format loses nothing of the weights"
      : `  SQNR ${engineering(profile.sqnr_dB)} dB by rounding the weights alone`,
    "",
    textTable([
      names,
      { name: "kind", data: layers.map(({ kind }) => kind) },
      numbers("M", (layer) => layer.filters),
      numbers("C", (layer) => layer.channels),
      numbers("G", (layer) => layer.groups),
      {
        name: "PxQ",
        data: layers.map((layer) => sizes(layer.depth?.output, layer.outputHeight, layer.outputWidth)),
      },
      {
        name: "RxS",
        data: layers.map((layer) => sizes(layer.depth?.kernel, layer.kernelHeight, layer.kernelWidth)),
      },
      numbers("MACs", (layer) => layer.macs),
      numbers("parameters", (layer) => layer.parameters),
      { name: "weights", data: layers.map(weightsOf) },
      numbers("zero_values_%", (layer) => percent(layer.zeroValues)),
      numbers("zero_bits_%", (layer) => percent(layer.zeroBits)),
      ...(losses ? [numbers("sqnr_dB", (layer) => layer.sqnr_dB ?? Number.POSITIVE_INFINITY)] : []),
    ]),
    ...(encodings.length > 1
      ? [
          "Mean essential digits of a weight, by encoding",
          textTable([
            names,
            ...encodings.map((encoding) =>
              numbers(encodingNames[encoding], (layer) => digitsOf(layer, encoding)),
            ),
          ]),
        ]
      : []),
    "Zero bits in percent by plane, most significant first",
    textTable([
      names,
      ...significances.map((plane) =>
        numbers(String(plane), (layer) => Math.round(100 * (1 - layer.planeDensity[plane]))),
      ),
    ]),
  ].join("\n");
};

const encodingNames: Readonly<Record<Encoding, string>> = {
  signMagnitude: "sign-magnitude",
  twosComplement: "two's complement",
  canonicalSignedDigits: "signed digits",
};

const digitsOf = ({ essentialDigits }: Pick<NetworkProfile, "essentialDigits">, encoding: Encoding): number =>
  essentialDigits[encoding] ?? Number.NaN;

/** Sizes along the axes of a plane, or of a volume with its depth in front. */
const sizes = (depth: number | undefined, height: number, width: number): string =>
  `${depth === undefined ? "" : `${depth}x`}${height}x${width}`;

/** Where a layer's weights come from, and what trained ones were stored in. */
const weightsOf = ({ origin, stored, sampledFilters }: LayerProfile): string => {
  if (origin === "trained") return `trained, ${stored}`;
  const what = origin === "synthetic" ? "synthetic" : "stand-in for an activation";
  return sampledFilters === undefined ? what : `${what}, ${sampledFilters} filters drawn`;
};

const percent = (share: number): number => Math.round(1e4 * share) / 100;

const shapes = ({ inputs }: Network): string => {
  const entries = Object.entries(inputs);
  if (entries.length === 0) return "no inputs";
  return entries.map(([name, shape]) => `input ${name} [${shape.join(", ")}]`).join(", ");
};

/** Zeros of the activations that layers read; nothing where none are known. */
const activationTables = (layers: readonly LayerProfile[]): string[] => {
  const known = layers.flatMap(({ name, activations }) => (activations ? [{ name, activations }] : []));
  if (known.length === 0) return [];
  const numbers = (name: string, value: (activations: ActivationProfile) => number) => ({
    name,
    data: Float64Array.from(known, ({ activations }) => value(activations)),
  });
  const [{ activations: first }] = known;
  const encodings = Object.keys(first.essentialDigits) as Encoding[];
  const planes = first.planeDensity.length;
  return [
    "Activations that a layer reads: zeros, essential digits, and zero bits of the magnitudes in percent by plane",
    textTable([
      { name: "layer", data: known.map(({ name }) => name) },
      { name: "origin", data: known.map(({ activations: { origin, source } }) => `${origin}: ${source}`) },
      numbers("zero_values_%", ({ zeroShare }) => percent(zeroShare)),
      numbers("zero_bits_%", ({ zeroBits }) => percent(zeroBits)),
      ...encodings.map((encoding) => numbers(encodingNames[encoding], (own) => digitsOf(own, encoding))),
      ...Array.from({ length: planes }, (_, place) =>
        numbers(String(planes - 1 - place), ({ planeDensity }) =>
          Math.round(100 * (1 - planeDensity[planes - 1 - place])),
        ),
      ),
    ]),
  ];
};

/** What the layer list does not show. */
const operationsText = ({ movements, absorbed, foldedBatchNormalizations }: NetworkProfile): string => {
  const listed = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, times]) => `${times} ${name}`)
      .join(", ") || "none";
  const moving = Object.entries(movements).map(([operation, { count }]) => [operation, count] as const);
  return [
    `Operations without MACs that move data: ${listed(Object.fromEntries(moving))}`,
    `Fused, or views that cost nothing: ${listed(absorbed)}`,
    `Batch normalizations folded into weights: ${foldedBatchNormalizations}`,
  ].join("\n");
};
