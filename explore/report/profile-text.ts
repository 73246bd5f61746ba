import type { Encoding } from "../../core/numerics/encodings.ts";
import type { Network } from "../../core/workloads/network.ts";
import type { LayerProfile, NetworkProfile } from "../../core/workloads/profile.ts";
import { engineering } from "../table/engineering.ts";
import { textTable } from "../table/text-table.ts";

/** A profile for a terminal: layers with their work, zero shares and losses, essential digits, zero bits by plane. */
export const profileText = (profile: NetworkProfile, network: Network): string => {
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
    `${profile.network} (${network.source}), ${profile.format}`,
    `  ${shapes(network)}; batch 1`,
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
      { name: "kind", data: layers.map(kindOf) },
      numbers("M", (layer) => layer.filters),
      numbers("C", (layer) => layer.channels),
      numbers("G", (layer) => layer.groups),
      { name: "PxQ", data: layers.map((layer) => `${layer.outputHeight}x${layer.outputWidth}`) },
      { name: "RxS", data: layers.map((layer) => `${layer.kernelHeight}x${layer.kernelWidth}`) },
      numbers("MACs", (layer) => layer.macs),
      numbers("parameters", (layer) => layer.parameters),
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
    absorbedText(network),
  ].join("\n");
};

const encodingNames: Readonly<Record<Encoding, string>> = {
  signMagnitude: "sign-magnitude",
  twosComplement: "two's complement",
  canonicalSignedDigits: "signed digits",
};

const digitsOf = ({ essentialDigits }: NetworkProfile | LayerProfile, encoding: Encoding): number =>
  essentialDigits[encoding] ?? Number.NaN;

/** A layer's kind; weights that were drawn, not trained, are named as such. */
const kindOf = ({ kind, origin }: LayerProfile): string =>
  origin === "trained" ? kind : `${kind} (${origin} values drawn)`;

const percent = (share: number): number => Math.round(1e4 * share) / 100;

const shapes = ({ inputs }: Network): string => {
  const entries = Object.entries(inputs);
  if (entries.length === 0) return "no inputs";
  return entries.map(([name, shape]) => `input ${name} [${shape.join(", ")}]`).join(", ");
};

/** What the layer list does not show. */
const absorbedText = ({ movements, absorbed, foldedBatchNormalizations }: Network): string => {
  const moving: Record<string, number> = {};
  for (const { operation } of movements) moving[operation] = (moving[operation] ?? 0) + 1;
  const count = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, times]) => `${times} ${name}`)
      .join(", ") || "none";
  return [
    `Operations without MACs that move data: ${count(moving)}`,
    `Fused, or views that cost nothing: ${count(absorbed)}`,
    `Batch normalizations folded into weights: ${foldedBatchNormalizations}`,
  ].join("\n");
};
