import fc from "fast-check";
import { expect } from "vitest";
import { ModelError } from "../../../core/errors.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";
import { evaluateNetwork, type NetworkResult, type View } from "../../../core/model/evaluate.ts";
import { configurationWith } from "../machines/configurations.ts";
import { smallLayer } from "../machines/small-layer.ts";
import { configuredTechnology } from "../technology/configured-technology.ts";
import { normalWeights, termsOf } from "./example-run.ts";

/** A grouped convolution, a strided one, an attention product and a linear layer of one vector. */
export const layers = [
  smallLayer({
    name: "depthwise",
    filters: 8,
    channels: 8,
    groups: 8,
    kernelHeight: 3,
    kernelWidth: 3,
    paddingTop: 1,
    inputHeight: 9,
    inputWidth: 9,
    outputHeight: 9,
    outputWidth: 9,
  }),
  smallLayer({
    name: "strided",
    filters: 40,
    channels: 8,
    strideHeight: 2,
    strideWidth: 2,
    inputHeight: 9,
    inputWidth: 9,
    outputHeight: 5,
    outputWidth: 5,
  }),
  smallLayer({
    name: "scores",
    kind: "matmul",
    filters: 12,
    channels: 32,
    groups: 2,
    outputHeight: 6,
    outputWidth: 1,
    inputHeight: 6,
    inputWidth: 1,
  }),
  smallLayer({
    name: "classifier",
    kind: "linear",
    filters: 10,
    channels: 300,
    outputHeight: 1,
    outputWidth: 1,
    inputHeight: 1,
    inputWidth: 1,
  }),
];
/** The four layers, and 5,000 activations that other operations move. */
export const workload = { name: "mixture", weight: 1, layers, movedElements: 5000 };
export const weights = layers.map(normalWeights);
/** Their terms, shared by all designs. */
export const terms = termsOf(workload, weights, configuredTechnology);
export const evaluate = (configuration: Configuration, view: View = "cycle"): NetworkResult =>
  evaluateNetwork(terms, [workload], 0, configuration, view);

export const views: View[] = ["analytical", "cycle", "optimistic", "pessimistic"];
/** Designs that differ in all that moves work, traffic and cost. */
export const configurations = fc
  .record({
    pes: fc.constantFrom(1, 3, 8, 32, 100),
    laneWidth: fc.constantFrom(16, 32, 64),
    precision: fc.constantFrom("float32", "float16", "fixed16", "fixed8", "fixed1"),
    pipeline: fc.constantFrom("published", "rtl", "overlapped"),
    sync: fc.constantFrom("lockstep", "independent"),
    spread: fc.constantFrom("filters", "filters+positions"),
    dataflow: fc.constantFrom("weight-stationary", "output-stationary"),
    batch: fc.integer({ min: 1, max: 3 }),
    clock: fc.constantFrom(0.2, 0.7, 1),
    weightBuffer: fc.constantFrom(32, 64, 256),
    activationBuffer: fc.constantFrom(4, 8, 64),
    outputBuffer: fc.constantFrom(8, 64),
    bufferBandwidth: fc.constantFrom(2, 25.6, 64),
    node: fc.constantFrom(28, 65),
    costSource: fc.constantFrom("micro21", "gates", "fig8"),
    layout: fc.constantFrom("netlist", "post-layout"),
    residency: fc.constantFrom("dram", "chained"),
    tileFilters: fc.constantFrom(0, 4),
    loopOrder: fc.constantFrom("best", "cpm"),
    dram: fc.constantFrom("ddr3", "hbm2", "custom"),
    bufferPort: fc.constantFrom(64, 512),
    idleShare: fc.constantFrom(0.1, 0.5, 1),
  })
  .map((changes) => configurationWith(changes));
/** Whether a design can run the mixture; where it cannot, the model says so with its own error. */
export const possible = (configuration: Configuration): boolean => {
  try {
    evaluate(configuration);
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    return false;
  }
};
