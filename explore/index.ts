/**
 * bitfront as a library: sweeps over accelerator designs, the networks they run, and the kernels below them.
 */

export { distill, scanChannel } from "../core/bit-interleaving/distill.ts";
export type { Group, ProcessingElement } from "../core/bit-interleaving/group.ts";
export {
  type GroupProfile,
  type GroupRequest,
  type GroupStatistics,
  groupStatistics,
} from "../core/bit-interleaving/group-statistics.ts";
export { idealResult } from "../core/bit-interleaving/ideal-result.ts";
export { planeCounts, planeMask } from "../core/bit-interleaving/planes.ts";
export { type ProcessedGroup, processGroup } from "../core/bit-interleaving/processing-element.ts";
export { groupInterval, groupLatency } from "../core/bit-interleaving/timing.ts";
export { DecodeError, ModelError, NetworkError } from "../core/errors.ts";
export type { Machine } from "../core/machines/machine.ts";
export type { Configuration, ParameterDescriptor, ParameterValue } from "../core/machines/parameter.ts";
export { machines } from "../core/machines/registry.ts";
export { type MetricDescriptor, metrics } from "../core/model/metrics.ts";
export {
  type Encoding,
  encodings,
  essentialDigits,
  type SignedDigits,
  signedDigits,
} from "../core/numerics/encodings.ts";
export { floatFields } from "../core/numerics/float-fields.ts";
export { type Format, formats, parseFormat } from "../core/numerics/formats.ts";
export { quantize, sqnr } from "../core/numerics/quantize.ts";
export { type GroupSummary, summarizeGroups } from "../core/workloads/group-summary.ts";
export { type Layer, macs, parameters } from "../core/workloads/layer.ts";
export type { Network } from "../core/workloads/network.ts";
export { type NetworkProfile, profileNetwork } from "../core/workloads/profile.ts";
export { CatalogError } from "./catalog/catalog-error.ts";
export { loadNetwork } from "./catalog/load-network.ts";
export { loadTechnology } from "./catalog/technology.ts";
export {
  type Explored,
  type ExploreOptions,
  exploreSweep,
  exploreText,
  type FrontRow,
} from "./explore-sweep.ts";
export { type Archive, type ArchiveFront, createArchive } from "./pareto/archive.ts";
export { contributions } from "./pareto/contributions.ts";
export { epsilonIndicator } from "./pareto/epsilon.ts";
export { paretoFront } from "./pareto/front.ts";
export { type Hypervolume, hypervolume } from "./pareto/hypervolume.ts";
export { hypervolumeCurve } from "./pareto/hypervolume-curve.ts";
export { igdPlus } from "./pareto/igd-plus.ts";
export { type Direction, ObjectiveError } from "./pareto/objectives.ts";
export { worstPoint } from "./pareto/reference.ts";
export { bitDensity, type LayerDensity } from "./plots/bit-density.ts";
export type { DesignPoints, PlotText } from "./plots/design-points.ts";
export { renderPlot } from "./plots/render.ts";
export { throughputArea } from "./plots/throughput-area.ts";
export { throughputEnergy } from "./plots/throughput-energy.ts";
export { designPoints } from "./report/design-points.ts";
export { configurationKey } from "./space/key.ts";
export { createSpace, type Point, type Space } from "./space/space.ts";
export { parseSweep } from "./spec/parse.ts";
export { type Problem, SpecError } from "./spec/problem.ts";
export type { Sweep } from "./spec/sweep.ts";
export { StoreError } from "./store/store-error.ts";
export { version } from "./version.ts";
