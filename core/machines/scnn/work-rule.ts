import { parseFormat } from "../../numerics/formats.ts";
import { type QuantizationScheme, quantize } from "../../numerics/quantize.ts";
import {
  fieldStatistics,
  type LayerStatistics,
  type StatisticsRequest,
  shapeAlone,
} from "../layer-statistics.ts";
import { convolutionWork } from "./convolution-work.ts";
import { expectedPairCycles } from "./expected-pairs.ts";
import { filtersOfGroup } from "./filter-groups.ts";
import { fullyConnectedWork } from "./fully-connected.ts";
import type { LayerWork } from "./layer-work.ts";
import type { DrawnInputs } from "./nonzero-inputs.ts";
import { isFullyConnected, tiledPlane } from "./tiles.ts";

/** What SCNN asks of a layer's operands. */
export interface WorkRequest extends StatisticsRequest {
  readonly quantization: QuantizationScheme;
  /** Undefined of the dense twin, which no operand concerns. */
  readonly skipping?: DrawnInputs & {
    readonly array: { readonly height: number; readonly width: number };
    readonly kcMax: number;
    /** Pairs of vectors of a layer up to which every product is looked at: see `convolutionWork`. */
    readonly mostPairs: number;
  };
}

/** The fields of the work in the order in which they are kept, and the density of the weights behind them. */
const fields = ["independent", "groupBarrier", "channelBarrier", "busy", "vectorPairs", "products"] as const;

/** What the products of a layer take, and what is known of it without them; all 0 of the dense twin. */
export interface WorkStatistics extends LayerStatistics {
  readonly work: Float64Array;
  /** Shares of non-zero weights and inputs. */
  readonly densities: Float64Array;
  /** Expected cycles of a pair of vectors at these densities, and if no weight were zero. */
  readonly pairCycles: Float64Array;
}

/** The rule of these statistics. */
export const workRule = fieldStatistics(
  "scnn",
  { work: fields.length, densities: 2, pairCycles: 2 },
  {
    decides: shapeAlone,
    activationsOf: ({ skipping }: WorkRequest) => (skipping === undefined ? undefined : "distribution"),
    compute: ({ layer, weights }, { format, quantization, skipping }) => {
      const { codes, signalPower, noisePower } = quantize(
        weights,
        layer.filters,
        parseFormat(format),
        quantization,
      );
      const powers = { signalPower, noisePower };
      const nothing = {
        ...powers,
        standardError: 0,
        work: new Float64Array(fields.length),
        densities: new Float64Array(2),
        pairCycles: new Float64Array(2),
      };
      if (skipping === undefined) return nothing;
      const { array, kcMax, mostPairs } = skipping;
      let nonZero = 0;
      for (const code of codes) if (code !== 0) nonZero++;
      const weightDensity = nonZero / codes.length;
      const inputs = 1 - skipping.activationZeros;
      const keep = (
        { standardError, ...work }: LayerWork,
        pairCycles: readonly number[],
      ): WorkStatistics => ({
        ...powers,
        standardError,
        work: Float64Array.from(fields, (name) => work[name]),
        densities: Float64Array.of(weightDensity, inputs),
        pairCycles: Float64Array.from(pairCycles),
      });
      if (isFullyConnected(layer)) {
        return keep(fullyConnectedWork(layer, codes, skipping, array.height * array.width), [1, 1]);
      }
      const plane = tiledPlane(layer, array);
      const groupFilters = filtersOfGroup(layer, plane, kcMax);
      return keep(
        convolutionWork({ layer, plane, codes, inputs: skipping, groupFilters }, mostPairs),
        [weightDensity, 1].map((weights) => expectedPairCycles(plane, groupFilters, { weights, inputs })),
      );
    },
  },
);

/** The work of statistics by name. */
export const workOf = ({ work }: WorkStatistics): Omit<LayerWork, "standardError"> => {
  const [independent, groupBarrier, channelBarrier, busy, vectorPairs, products] = work;
  return { independent, groupBarrier, channelBarrier, busy, vectorPairs, products };
};
