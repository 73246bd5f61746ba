import { NetworkError } from "../../core/errors.ts";
import { type Architecture, weightShape, withWeights } from "../../core/workloads/architecture.ts";
import { foldNormalization } from "../../core/workloads/batch-normalization.ts";
import { activationOperand } from "../../core/workloads/build-layer.ts";
import { type StoredTensor, tensorPlace } from "../../core/workloads/decode/safetensors.ts";
import type { Layer, LayerShape } from "../../core/workloads/layer.ts";
import type { Network } from "../../core/workloads/network.ts";
import { showShape } from "../../core/workloads/shape.ts";
import {
  fitsLayout,
  fromLayout,
  storedShape,
  type WeightLayout,
  weightLayouts,
} from "../../core/workloads/weight-layout.ts";
import { nearestOf } from "../spec/nearest.ts";
import { listNames } from "./list-names.ts";

/** Which tensors of a file are the weights of an architecture's layers. */
export interface WeightMapping {
  readonly layout: WeightLayout;
  /** Tensors by layer; a layer that is left out takes `<layer>.weight`, or `<layer>`. */
  readonly names: Readonly<Record<string, string>>;
  /** Batch normalizations by the layer that they follow: `<normalization>.running_var` and, if any, `.weight`. */
  readonly normalizations: Readonly<Record<string, string>>;
  readonly epsilon: number;
  /** Regular expressions of names of tensors that are left over on purpose; a match is a match of the whole name. */
  readonly unused: readonly string[];
}

type Tensors = ReadonlyMap<string, StoredTensor>;

/** Where the weights of a layer are, and the batch normalization behind it. */
interface Found {
  readonly tensor: string;
  readonly normalization?: string;
}

/** The value of a key that the user wrote, whatever its name. */
const given = (mapping: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(mapping, key) ? mapping[key] : undefined;

const isTrained = ({ kind }: LayerShape): boolean => kind !== "matmul";

const variance = (normalization: string): string => `${normalization}.running_var`;

const isVariance = (name: string): boolean => /(running_var|moving_variance)$/.test(name);

/** Kernels and matrices: what a layer could have taken. Biases and parameters of normalizations have one axis. */
const isKernel = ({ shape }: StoredTensor): boolean => shape.filter((size) => size !== 1).length > 1;

/**
 * What a batch normalization behind a convolution is called in PyTorch: conv1 has bn1, and a member of a sequence the
 * next number.
 */
const usualNormalization = (tensor: string, tensors: Tensors): string | undefined => {
  const layer = tensor.replace(/\.weight$/, "");
  return [
    layer.replace(/conv(?=[^.]*$)/, "bn"),
    layer.replace(/(?<=^|\.)[0-9]+$/, (place) => String(Number(place) + 1)),
  ].find((name) => name !== layer && tensors.has(variance(name)));
};

/** Throws where a mapping has a key that is no layer with trained weights. */
const checkLayers = (
  fail: (problem: string) => never,
  layers: readonly LayerShape[],
  key: string,
  mapping: Readonly<Record<string, string>>,
): void => {
  const known = layers.filter(isTrained).map(({ name }) => name);
  const foreign = Object.keys(mapping).find((name) => !known.includes(name));
  if (foreign === undefined) return;
  const nearest = nearestOf(foreign, known);
  fail(
    `${key}: no layer with weights is called ${foreign}; ` +
      (nearest === undefined ? `layers are ${listNames(known)}` : `did you mean ${nearest}?`),
  );
};

/** The tensor of every layer with trained weights. Throws where there is none, or one that does not fit. */
const findTensors = (
  fail: (problem: string) => never,
  { layers, sharedWeights = {} }: Architecture,
  tensors: Tensors,
  { layout, names, normalizations }: WeightMapping,
): ReadonlyMap<string, Found> => {
  const wanted = layers.filter(isTrained).map((layer) => {
    const name = given(sharedWeights, layer.name) ?? layer.name;
    const tensor =
      given(names, layer.name) ??
      given(names, name) ??
      [`${name}.weight`, name].find((candidate) => tensors.has(candidate));
    return { layer, tensor: tensor ?? `${name}.weight` };
  });
  const taken = new Set(wanted.map(({ tensor }) => tensor));
  const free = [...tensors].filter(([name, tensor]) => !taken.has(name) && isKernel(tensor));
  const isIt = (name: string, candidates: readonly (readonly [string, StoredTensor])[]): string => {
    const nearest = nearestOf(
      name,
      candidates.map(([candidate]) => candidate),
    );
    return nearest === undefined ? "" : ` (is it ${tensorPlace(nearest)}?)`;
  };
  const missing = wanted.filter(({ tensor }) => !tensors.has(tensor));
  if (missing.length > 0) {
    const listed = missing.map(({ layer, tensor }) => {
      const fitting = free.filter(([, { shape }]) => fitsLayout(layer, shape, layout));
      return `${layer.name}: ${tensorPlace(tensor)}${isIt(tensor, fitting.length > 0 ? fitting : free)}`;
    });
    const left =
      free.length === 0 ? "" : `; no layer takes ${listNames(free.map(([name]) => tensorPlace(name)))}`;
    fail(`it has no tensor for ${missing.length} of ${wanted.length} layers: ${listNames(listed)}${left}`);
  }
  return new Map(
    wanted.map(({ layer, tensor }) => {
      const { shape } = tensors.get(tensor)!;
      if (!fitsLayout(layer, shape, layout)) {
        const other = weightLayouts.find((candidate) => fitsLayout(layer, shape, candidate));
        const fitting = free.filter(([, own]) => fitsLayout(layer, own.shape, layout));
        fail(
          `layer ${layer.name} has weights of ${showShape(storedShape(layer, layout))} in the layout ${layout}, ` +
            `${tensorPlace(tensor)} has ${shape.length > 8 ? `${shape.length} axes` : showShape(shape)}` +
            `${other === undefined ? isIt(tensor, fitting) : `; it would fit with layout: ${other}`}`,
        );
      }
      const normalization = given(normalizations, layer.name) ?? usualNormalization(tensor, tensors);
      return [layer.name, normalization === undefined ? { tensor } : { tensor, normalization }];
    }),
  );
};

/** Throws for kernels and variances that no layer takes, unless they are named as unused; and for names that are taken. */
const checkLeftOver = (
  fail: (problem: string) => never,
  tensors: Tensors,
  found: ReadonlyMap<string, Found>,
  unused: readonly string[],
): void => {
  const taken = new Set<string>();
  for (const { tensor, normalization } of found.values()) {
    taken.add(tensor);
    if (normalization !== undefined) taken.add(variance(normalization));
  }
  const left = [...tensors].filter(([name]) => !taken.has(name));
  const patterns = unused.map((text) => {
    try {
      return { text, matches: new RegExp(`^(?:${text})$`, "u") };
    } catch {
      return fail(`unused: ${text} is no regular expression`);
    }
  });
  const idle = patterns.find(({ matches }) => !left.some(([name]) => matches.test(name)));
  if (idle !== undefined) fail(`unused: no tensor that is left over matches ${idle.text}`);
  const open = left.filter(([name]) => !patterns.some(({ matches }) => matches.test(name)));
  const variances = open.filter(([name]) => isVariance(name)).map(([name]) => tensorPlace(name));
  if (variances.length > 0) {
    fail(
      `batch normalizations that no layer is known to precede, so that they would not be folded: ${listNames(variances)}; ` +
        "write normalizations: { layer: normalization }, or name them under unused",
    );
  }
  const kernels = open.filter(([, tensor]) => isKernel(tensor)).map(([name]) => tensorPlace(name));
  if (kernels.length > 0)
    fail(`no layer takes ${listNames(kernels)}; name them under unused if that is meant`);
};

/** The layer with the batch normalization folded that follows it. */
const normalized = (
  fail: (problem: string) => never,
  layer: Layer,
  tensors: Tensors,
  normalization: string,
  epsilon: number,
): Layer => {
  const values = (name: string, needed: boolean): Float32Array | undefined => {
    const tensor = tensors.get(name);
    const what = `layer ${layer.name}: its batch normalization ${normalization}`;
    if (tensor === undefined) return needed ? fail(`${what} has no ${tensorPlace(name)}`) : undefined;
    if (tensor.values.length === layer.filters) return tensor.values;
    return fail(
      `${what} has ${tensor.values.length} values in ${tensorPlace(name)}, the layer ${layer.filters} filters`,
    );
  };
  const running = values(variance(normalization), true) ?? new Float32Array(0);
  const scale = values(`${normalization}.weight`, false) ?? new Float32Array(layer.filters).fill(1);
  const bad = running.findIndex((value) => !(value >= 0 && Number.isFinite(value)));
  if (bad >= 0)
    fail(`${tensorPlace(variance(normalization))} is ${running[bad]} at ${bad}, expected a variance`);
  return foldNormalization(layer, { scale, variance: running, epsilon });
};

/**
 * The network of an architecture with the weights of a file, `source`: each layer takes the tensor that the mapping or
 * its own name says, brought from the layout into the layer's order. Batch normalizations are folded into the layer
 * before them, as the mapping or PyTorch's names say; scales and variances beside these are not known. Products of two
 * activations take a stand-in. A transposed convolution is several layers here, each of which needs a tensor of its own.
 * Throws NetworkError for layers without a tensor (with the nearest name of those left
 * over), for tensors of another shape, and for kernels and batch normalizations that are left over and not named as
 * unused; biases and other tensors with one axis may be left over.
 */
export const attachWeights = (
  architecture: Architecture,
  tensors: Tensors,
  mapping: WeightMapping,
  source: string,
): Network => {
  const { name, layers } = architecture;
  const fail = (problem: string): never => {
    throw new NetworkError(name, `${source}: ${problem}`);
  };
  checkLayers(fail, layers, "names", mapping.names);
  checkLayers(fail, layers, "normalizations", mapping.normalizations);
  const found = findTensors(fail, architecture, tensors, mapping);
  checkLeftOver(fail, tensors, found, mapping.unused);
  const network = withWeights(architecture, (layer, index) => {
    const own = found.get(layer.name);
    if (own === undefined) return activationOperand(layer.filters, layer.channels / layer.groups, index);
    const { values, stored } = tensors.get(own.tensor)!;
    return {
      shape: weightShape(layer),
      values: fromLayout(layer, values, mapping.layout),
      stored,
      origin: "trained",
    };
  });
  const folded = network.layers.map((layer) => {
    const normalization = found.get(layer.name)?.normalization;
    return normalization === undefined
      ? layer
      : normalized(fail, layer, tensors, normalization, mapping.epsilon);
  });
  return {
    ...network,
    source: `${architecture.source}, weights ${source}`,
    layers: folded,
    foldedBatchNormalizations: [...found.values()].filter(({ normalization }) => normalization !== undefined)
      .length,
  };
};
