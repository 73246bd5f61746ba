import { DecodeError, ModelError, NetworkError } from "../../core/errors.ts";
import { parseFormat } from "../../core/numerics/formats.ts";
import { formatWeights } from "../../core/numerics/formatted-weights.ts";
import { weightShape } from "../../core/workloads/architecture.ts";
import { type Layer, type LayerShape, macs, parameters } from "../../core/workloads/layer.ts";
import { elementCount } from "../../core/workloads/shape.ts";
import { CatalogError } from "../../explore/catalog/catalog-error.ts";
import { SpecError } from "../../explore/spec/problem.ts";

/** The most characters of a line of a message. */
const mostCharacters = 2000;

const placeOf = (error: unknown): string | undefined => {
  if (error instanceof DecodeError) return error.where;
  if (error instanceof NetworkError) return error.network;
  if (error instanceof CatalogError) return error.subject;
  if (error instanceof SpecError) return error.problems[0]?.message;
  if (error instanceof ModelError) return error.code;
  return undefined;
};

/** What is wrong with how a file was refused; undefined for an error of ours that says where it is, in a few words. */
const wrongWithError = (error: unknown): string | undefined => {
  const place = placeOf(error);
  if (!(error instanceof Error) || place === undefined) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `an error that is none of ours: ${text.split("\n").slice(0, 4).join("\n").slice(0, 1000)}`;
  }
  if (place === "") return `an error without a place: ${error.message}`;
  const longest = Math.max(...error.message.split("\n").map((line) => line.length));
  if (longest > mostCharacters) return `a line of ${longest} characters: ${error.message.slice(0, 300)}…`;
  return undefined;
};

/** Whether a number is a count, or where its key says that it is a share, one of those. */
const isRight = (key: string, value: number): boolean =>
  value >= 0 && (key.endsWith("Share") ? value <= 1 : Number.isSafeInteger(value));

/** The path of the first number in plain data that is no count; values in typed arrays are none. */
const firstNoCount = (data: unknown, path: string, key = ""): string | undefined => {
  if (typeof data === "number") return isRight(key, data) ? undefined : `${path} is ${data}`;
  if (typeof data !== "object" || data === null || ArrayBuffer.isView(data)) return undefined;
  for (const [name, value] of Object.entries(data)) {
    const found = firstNoCount(value, `${path}.${name}`, name);
    if (found !== undefined) return found;
  }
  return undefined;
};

const isLayer = (layer: LayerShape | Layer): layer is Layer => "weights" in layer;

const wrongWithLayer = (layer: LayerShape | Layer): string | undefined => {
  const counts = {
    macs: macs(layer),
    parameters: parameters(layer),
    weights: elementCount(weightShape(layer)),
  };
  const wrong = firstNoCount(counts, `layer ${layer.name}`);
  if (wrong !== undefined || !isLayer(layer)) return wrong;
  const { shape, values } = layer.weights;
  if (String(shape) !== String(weightShape(layer)) || values.length !== counts.weights)
    return `layer ${layer.name} has ${values.length} weights of shape ${shape}, expected ${weightShape(layer)}`;
  if (values.every(Number.isFinite)) return undefined;
  try {
    formatWeights(values, layer.filters, parseFormat("float32"), "per-tensor");
  } catch (error) {
    return wrongWithError(error);
  }
  return `layer ${layer.name} has weights that are not finite, and they pass for numbers`;
};

/** What is wrong with a network, an architecture or a tensor that was decoded. */
const wrongWithDecoded = (decoded: unknown): string | undefined => {
  const wrong = firstNoCount(decoded, "it");
  if (wrong !== undefined || typeof decoded !== "object" || decoded === null) return wrong;
  const layers = "layers" in decoded ? (decoded.layers as readonly (LayerShape | Layer)[]) : [];
  for (const layer of layers) {
    const problem = wrongWithLayer(layer);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

/** How a decoder took a file: `error` is how it refused it, `problem` what is wrong with that or with what it decoded. */
export interface Verdict {
  readonly error?: unknown;
  readonly problem?: string;
}

/** Runs a decoder. */
export const verdictOf = async (decode: () => Promise<unknown>): Promise<Verdict> => {
  try {
    return { problem: wrongWithDecoded(await decode()) };
  } catch (error) {
    return { error, problem: wrongWithError(error) };
  }
};
