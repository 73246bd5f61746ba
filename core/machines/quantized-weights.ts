import { parseFormat } from "../numerics/formats.ts";
import { formatWeights } from "../numerics/formatted-weights.ts";
import type { QuantizationScheme } from "../numerics/quantize.ts";
import { fieldStatistics, type StatisticsRequest, shapeAlone } from "./layer-statistics.ts";
import type { Configuration } from "./parameter.ts";

/** What is asked by a machine whose cycles no operand decides: what rounding its weights loses. */
export interface QuantizationRequest extends StatisticsRequest {
  readonly quantization: QuantizationScheme;
}

/** Statistics of machines whose cycles no operand decides: the powers of weights and of their rounding, nothing else. */
export const quantizationStatistics = fieldStatistics(
  "quantization",
  {},
  {
    decides: shapeAlone,
    activationsOf: () => undefined,
    compute: ({ layer, weights }, { format, quantization }: QuantizationRequest) => {
      const { signalPower, noisePower } = formatWeights(
        weights,
        layer.filters,
        parseFormat(format),
        quantization,
      );
      return { signalPower, noisePower, standardError: 0 };
    },
  },
);

/** The parameters that these statistics depend on. */
export const quantizationParameters = ["precision", "quantization"] as const;

/** What a configuration asks of them. */
export const quantizationRequest = (configuration: Configuration): QuantizationRequest => ({
  format: String(configuration.precision),
  quantization: configuration.quantization as QuantizationScheme,
});
