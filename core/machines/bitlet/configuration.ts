import type { ActivationSource } from "../../bit-interleaving/activation-exponents.ts";
import type { Pipeline, TimingShape } from "../../bit-interleaving/timing.ts";
import { type Format, parseFormat } from "../../numerics/formats.ts";
import type { QuantizationScheme } from "../../numerics/quantize.ts";
import type { Configuration } from "../parameter.ts";
import type { Spread } from "../rounds.ts";

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
  readonly sync: "lockstep" | "independent";
  readonly spread: Spread;
  readonly dataflow: "weight-stationary" | "output-stationary";
  readonly batch: number;
  readonly node: string;
}

/** Reads a plain configuration. The published pipeline has no window rule: its window is 0. */
export const bitletConfiguration = (configuration: Configuration): BitletConfiguration => {
  const format = parseFormat(String(configuration.precision));
  const pipeline = configuration.pipeline as Pipeline;
  const distillation = configuration.distillation === "on";
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
    sync: configuration.sync as "lockstep" | "independent",
    spread: configuration.spread as Spread,
    dataflow: configuration.dataflow as "weight-stationary" | "output-stationary",
    batch: Number(configuration.batch),
    node: String(configuration.node),
  };
};
