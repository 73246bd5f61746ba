import { parseFormat } from "../../core/numerics/formats.ts";
import type { StoredPrecision } from "../../core/numerics/stored-precision.ts";
import { type BitShares, bitShares } from "../../core/workloads/bit-counts.ts";
import { matrixProductShape } from "../../core/workloads/build-layer.ts";
import { summarizeCounted } from "../../core/workloads/group-summary.ts";
import type { MatrixStatistics } from "../../core/workloads/matrix-statistics.ts";
import { layerProfile, type NetworkProfile } from "../../core/workloads/profile.ts";
import { elementCount } from "../../core/workloads/shape.ts";
import type { FileTensor } from "../catalog/safetensors-stream.ts";
import type { NetworkRequest } from "../engine/network-statistics.ts";
import type { Distilled } from "./distillation-profile.ts";

/**
 * The profile of a file of weights, which says nothing of inputs and operations: each matrix is a linear layer on one
 * vector.
 */
export interface WeightsProfile
  extends BitShares,
    Distilled,
    Pick<NetworkProfile, "network" | "format" | "macs" | "parameters"> {
  /**
   * Tensors that are no matrix of weights: fewer dimensions, no values, integers of 16 bits and more. Their elements are
   * counted among the parameters, their bits are not.
   */
  readonly otherTensors: { readonly count: number; readonly parameters: number };
}

/** Whether a tensor is taken for a weight matrix: two or more dimensions, values at all, and of a type that weights have. */
export const isMatrix = (tensor: FileTensor): tensor is FileTensor & { readonly stored: StoredPrecision } =>
  tensor.shape.length >= 2 && elementCount(tensor.shape) > 0 && tensor.stored !== undefined;

/** Joins what the headers say of all tensors with the statistics of those that are matrices, an entry each. */
export const weightsProfile = (
  network: string,
  tensors: readonly FileTensor[],
  settings: NetworkRequest,
  statistics: readonly MatrixStatistics[],
): WeightsProfile => {
  const format = parseFormat(settings.format);
  const layers = tensors.filter(isMatrix).map((tensor, index) => {
    const { bits, groups } = statistics[index];
    const shape = matrixProductShape({
      name: tensor.name,
      kind: "linear",
      filters: groups.filters,
      channels: groups.reductionLength,
      groups: 1,
      vectors: 1,
      biasParameters: 0,
    });
    const trained = { stored: tensor.stored, origin: "trained" } as const;
    return { ...layerProfile(shape, trained, bits, format), distillation: summarizeCounted([groups]) };
  });
  const others = tensors.filter((tensor) => !isMatrix(tensor));
  const parametersOf = (own: readonly FileTensor[]): number =>
    own.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return {
    network,
    format: format.name,
    layers,
    macs: layers.reduce((sum, layer) => sum + layer.macs, 0),
    parameters: parametersOf(tensors),
    otherTensors: { count: others.length, parameters: parametersOf(others) },
    ...bitShares(
      statistics.map(({ bits }) => bits),
      format,
    ),
    settings,
    distillation: summarizeCounted(statistics.map(({ groups }) => groups)),
  };
};
