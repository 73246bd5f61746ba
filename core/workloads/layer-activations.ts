import { NetworkError } from "../errors.ts";
import type { CapturedActivations } from "./captured-activations.ts";
import type { StoredTensor } from "./decode/safetensors.ts";
import { type LayerShape, reductionLength } from "./layer.ts";
import { showShape } from "./shape.ts";

/** The most activation vectors of a layer. */
const mostVectors = 4096;

/**
 * The captured activations of a layer from a tensor of the shape [vectors, groups, reductionLength], or [vectors,
 * reductionLength] where the layer has one group; 1 … 4096 vectors. For a matmul they are rows of the operand that is not
 * on the weight side, a group for each matrix of its batch. Nothing can tell a wrong order inside the reduction from
 * a right one. Throws NetworkError (of `network`) for another shape and for values that are not finite.
 */
export const layerActivations = (
  network: string,
  layer: LayerShape,
  { shape, values }: StoredTensor,
  source: string,
): CapturedActivations => {
  const fail = (problem: string): never => {
    throw new NetworkError(network, `${source}: tensor "${layer.name}" ${problem}`);
  };
  const { groups } = layer;
  const length = reductionLength(layer);
  const [vectors, ...rest] = shape;
  const plain = rest.length === 1 && groups === 1 && rest[0] === length;
  const grouped = rest.length === 2 && rest[0] === groups && rest[1] === length;
  if (!(plain || grouped) || vectors < 1 || vectors > mostVectors) {
    const expected =
      groups === 1 ? `[vectors, ${length}] or [vectors, 1, ${length}]` : `[vectors, ${groups}, ${length}]`;
    const written = shape.length > 8 ? `${shape.length} axes` : `the shape ${showShape(shape)}`;
    fail(`has ${written}, expected ${expected} with 1 to ${mostVectors} vectors`);
  }
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const row = Math.floor(bad / length);
    const place = [Math.floor(row / groups), row % groups, bad % length];
    fail(
      `is ${values[bad]} at vector ${place[0]}, group ${place[1]}, entry ${place[2]}: expected finite values`,
    );
  }
  return { values, vectors, source };
};
