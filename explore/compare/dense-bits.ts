import { type Format, parseFormat } from "../../core/numerics/formats.ts";
import { normal, uniformStream } from "../../core/random.ts";
import { convolutionLayer } from "../../core/workloads/build-layer.ts";
import type { Network } from "../../core/workloads/network.ts";
import type { SlidingWindow } from "../../core/workloads/sliding-window.ts";

/** The layer that a break-even map is drawn for: 256 filters of 3 × 3 × 64 at 56 × 56 positions. */
export const mapLayer = { filters: 256, channels: 64, kernel: 3, positions: 56 } as const;

const axis: SlidingWindow = {
  input: mapLayer.positions,
  output: mapLayer.positions,
  kernel: mapLayer.kernel,
  stride: 1,
  dilation: 1,
  before: 1,
};

/**
 * A network with a layer of `mapLayer` for each density, whose weights have that share of ones in every magnitude plane,
 * each bit drawn for itself and the sign too. In fixed point a weight is its code, and the first one of every filter has
 * all ones, so that quantizing per tensor or per filter gives the codes back. In float the stored fraction is drawn, and
 * exponents are those of normal weights.
 */
export const denseBitsNetwork = (densities: readonly number[], precision: string, seed: number): Network => {
  const format = parseFormat(precision);
  return {
    name: "bit-density",
    source: "synthetic",
    inputs: {},
    layers: densities.map((density, index) => {
      const { filters, channels, kernel } = mapLayer;
      const shape = [filters, kernel, kernel, channels];
      const values = drawnWeights(filters * kernel * kernel * channels, density, format, seed, index);
      return convolutionLayer({
        name: layerName(density),
        channels,
        groups: 1,
        vertical: axis,
        horizontal: axis,
        biasParameters: 0,
        weights: { shape, values, stored: "float32", origin: "synthetic" },
      });
    }),
    movements: [],
    absorbed: {},
    foldedBatchNormalizations: 0,
  };
};

/** The name of the layer of a density. */
const layerName = (density: number): string => `density-${density}`;

const drawnWeights = (
  count: number,
  density: number,
  format: Format,
  seed: number,
  stream: number,
): Float32Array => {
  const uniform = uniformStream(seed, stream);
  const values = new Float32Array(count);
  const length = count / mapLayer.filters;
  const planes = format.kind === "fixed" ? format.magnitudeBits : format.magnitudeBits - 1;
  for (let index = 0; index < count; index++) {
    let magnitude = 0;
    for (let plane = 0; plane < planes; plane++) {
      if (uniform() < density) magnitude += 2 ** plane;
    }
    if (format.kind === "fixed") {
      if (index % length === 0) magnitude = 2 ** planes - 1;
    } else {
      const size = Math.max(Math.abs(normal(uniform)), 2 ** -20);
      magnitude = (1 + magnitude / 2 ** planes) * 2 ** Math.floor(Math.log2(size));
    }
    values[index] = uniform() < 0.5 ? -magnitude : magnitude;
  }
  return values;
};
