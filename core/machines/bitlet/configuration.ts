import type { ActivationSource } from "../../bit-interleaving/activation-exponents.ts";
import type { Pipeline, TimingShape } from "../../bit-interleaving/timing.ts";
import { ModelError } from "../../errors.ts";
import { type Format, gridPlanes, parseFormat } from "../../numerics/formats.ts";
import type { QuantizationScheme } from "../../numerics/quantize.ts";
import type { LayerShape, Product } from "../../workloads/layer.ts";
import type { Configuration } from "../parameter.ts";
import type { Spread } from "../rounds.ts";
import type { FilterOrder } from "./filter-order.ts";
import type { CostSource } from "./parameters.ts";

/** A configuration of Bitlet with the types its rules use; the spec has checked names and ranges. */
export interface BitletConfiguration {
  readonly pes: number;
  readonly laneWidth: number;
  readonly format: Format;
  readonly quantization: QuantizationScheme;
  readonly activationExponents: ActivationSource;
  readonly activationVectors: number;
  readonly activationZeros: number;
  readonly activePlanes: number;
  readonly distillation: boolean;
  readonly pipeline: Pipeline;
  readonly timing: TimingShape;
  readonly sync: "lockstep" | "independent" | "fifo";
  readonly fifoDepth: number;
  readonly order: FilterOrder;
  /** Filters that share the channels of a processing element. */
  readonly packing: number;
  readonly spread: Spread;
  readonly dataflow: "weight-stationary" | "output-stationary";
  readonly batch: number;
  readonly node_nm: number;
  readonly costSource: CostSource;
  /** What the check windows and the front end are built for, whether or not a pipeline is timed by them. */
  readonly window: number;
  readonly inputPorts: number;
  readonly layout: "netlist" | "post-layout";
}

/** The products that distillation serves [MICRO 2021]; gradients run as if it were off. */
export const accelerated: readonly Product[] = ["forward"];

/** Whether the groups of a layer are distilled, if the configuration asks for it. */
const isAccelerated = (layer: LayerShape | undefined): boolean =>
  accelerated.includes(layer?.product ?? "forward");

/**
 * Reads a plain configuration, as it holds for a layer where one is given. The published pipeline has no window rule: its window is 0. Throws ModelError `packing`
 * where more filters are packed than magnitudes fit side by side into the 24 channels.
 */
export const bitletConfiguration = (
  configuration: Configuration,
  layer?: LayerShape,
): BitletConfiguration => {
  const format = parseFormat(String(configuration.precision));
  const packing = Number(configuration.packing);
  const mostPacked = Math.floor(gridPlanes / format.planes);
  if (packing > mostPacked) {
    throw new ModelError(
      "packing",
      `packing of ${packing}: the ${gridPlanes} channels take at most ${mostPacked} ` +
        `${mostPacked === 1 ? "magnitude" : "magnitudes"} of ${format.name}, ` +
        `${format.planes} ${format.planes === 1 ? "bit" : "bits"} each`,
    );
  }
  const pipeline = configuration.pipeline as Pipeline;
  const distillation = configuration.distillation === "on" && isAccelerated(layer);
  const laneWidth = Number(configuration.laneWidth);
  return {
    pes: Number(configuration.pes),
    laneWidth,
    format,
    quantization: configuration.quantization as QuantizationScheme,
    activationExponents: configuration.activationExponents as ActivationSource,
    activationVectors: Number(configuration.activationVectors),
    activationZeros: Number(configuration.activationZeros),
    activePlanes: Number(configuration.activePlanes),
    distillation,
    pipeline,
    timing: {
      kind: format.kind,
      laneWidth,
      inputPorts: Number(configuration.inputPorts),
      window: pipeline === "published" || !distillation ? 0 : Number(configuration.window),
    },
    sync: configuration.sync as "lockstep" | "independent" | "fifo",
    fifoDepth: Number(configuration.fifoDepth),
    order: configuration.order as FilterOrder,
    packing,
    spread: configuration.spread as Spread,
    dataflow: configuration.dataflow as "weight-stationary" | "output-stationary",
    batch: Number(configuration.batch),
    node_nm: Number(configuration.node),
    costSource: configuration.costSource as CostSource,
    window: Number(configuration.window),
    inputPorts: Number(configuration.inputPorts),
    layout: configuration.layout as "netlist" | "post-layout",
  };
};
