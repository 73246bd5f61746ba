import type { Layer } from "../../core/workloads/layer.ts";
import type { Network } from "../../core/workloads/network.ts";
import type { ActivationsPlace, ValuesPlace } from "./compute-statistic.ts";
import { contentHash } from "./statistics-cache.ts";

/** The weights and captured activations of networks in one shared buffer. */
export interface SharedValues {
  readonly buffer: SharedArrayBuffer;
  /** By network and layer: where the values lie, and the hash of their content. */
  readonly places: readonly (readonly LayerPlace[])[];
}

export interface LayerPlace {
  readonly weights: ValuesPlace;
  readonly weightsHash: string;
  readonly activations?: ActivationsPlace;
  /** Empty where none were captured. */
  readonly activationsHash: string;
}

/** Copies all weights and captured activations into one shared buffer. */
export const shareValues = (networks: readonly Network[]): SharedValues => {
  const bytesOf = ({ weights, activations }: Layer): number =>
    weights.values.byteLength + (activations?.values.byteLength ?? 0);
  const total = networks.flatMap(({ layers }) => layers).reduce((sum, layer) => sum + bytesOf(layer), 0);
  const buffer = new SharedArrayBuffer(total);
  let end = 0;
  const share = (values: Float32Array): ValuesPlace => {
    const place = { offset: end, count: values.length };
    new Float32Array(buffer, end, values.length).set(values);
    end += values.byteLength;
    return place;
  };
  const places = networks.map(({ layers }) =>
    layers.map(({ weights, activations }): LayerPlace => {
      const weightsPlace = { weights: share(weights.values), weightsHash: contentHash(weights.values) };
      if (activations === undefined) return { ...weightsPlace, activationsHash: "" };
      const { values, vectors } = activations;
      return {
        ...weightsPlace,
        activations: { ...share(values), vectors },
        activationsHash: contentHash(values),
      };
    }),
  );
  return { buffer, places };
};
