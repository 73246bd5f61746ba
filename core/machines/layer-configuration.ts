import { formatOfLayer, formatsIn, isMixedPrecision } from "./mixed-precision.ts";
import { type Configuration, type ParameterDescriptor, type ParameterValue, settled } from "./parameter.ts";

/** The configuration with one format; parameters that have no effect in it stand at their defaults. */
const inFormat = (
  parameters: readonly ParameterDescriptor[],
  configuration: Configuration,
  precision: ParameterValue,
): Configuration => settled(parameters, { ...configuration, precision });

/** The configuration as it holds for a layer: the same object unless the precision differs between layers. */
export const layerConfiguration = (
  parameters: readonly ParameterDescriptor[],
  configuration: Configuration,
  layer: string,
): Configuration =>
  isMixedPrecision(configuration.precision)
    ? inFormat(parameters, configuration, formatOfLayer(configuration.precision, layer))
    : configuration;

/** The configuration in each of its formats, that of `default` first; itself alone where one format holds for all layers. */
export const formatConfigurations = (
  parameters: readonly ParameterDescriptor[],
  configuration: Configuration,
): readonly Configuration[] =>
  isMixedPrecision(configuration.precision)
    ? formatsIn(configuration.precision).map((format) => inFormat(parameters, configuration, format))
    : [configuration];
