import * as Schema from "effect/Schema";
import { architectures } from "../../core/workloads/architectures/registry.ts";
import type { SyntheticLayer, SyntheticTable } from "../../core/workloads/synthetic.ts";
import { oneOf } from "../spec/problem.ts";
import { finite, integerFrom, listOf, text } from "../spec/schema-terms.ts";
import { aboveZero, seed, Weights } from "./weights-schema.ts";

const count = integerFrom(1, 2 ** 31 - 1);
const architectureNames = Object.keys(architectures);

const pair = Schema.Tuple([count, count]).annotate({ expected: "[vertical, horizontal]" });

const kinds = ["convolution", "linear"] as const;

/** One flat struct for both kinds of layers, so that a typo is one error: `input` makes it a convolution's. */
const layer = Schema.Struct({
  name: text("a name").annotate({ description: "Name of the layer." }),
  kind: Schema.Literals(kinds).annotate({
    description: "What the layer computes.",
    expected: "convolution or linear",
  }),
  filters: count.annotate({ description: "Filters (outputs of a linear layer)." }),
  channels: count.annotate({ description: "Input channels (inputs of a linear layer)." }),
  input: Schema.optionalKey(pair.annotate({ description: "Height and width of a convolution's input." })),
  kernel: Schema.optionalKey(
    pair.annotate({ description: "Height and width of the kernel; [1, 1] if left out." }),
  ),
  stride: Schema.optionalKey(pair.annotate({ description: "Strides; [1, 1] if left out." })),
  dilation: Schema.optionalKey(pair.annotate({ description: "Dilations; [1, 1] if left out." })),
  groups: Schema.optionalKey(count.annotate({ description: "Convolution groups; 1 if left out." })),
  padding: Schema.optionalKey(
    Schema.Literals(["same", "valid"]).annotate({
      description: "Padding; same if left out.",
      expected: "same or valid",
    }),
  ),
  vectors: Schema.optionalKey(
    count.annotate({ description: "Vectors that a linear layer is applied to; 1 if left out." }),
  ),
}).check(
  Schema.makeFilter(
    (entry) => {
      const { input, kernel, stride, dilation, groups, padding, vectors } = entry;
      if (entry.kind === "convolution") {
        if (input === undefined) return "is a convolution without an input";
        return vectors === undefined || "is a convolution with vectors";
      }
      const foreign = [input, kernel, stride, dilation, groups, padding].some((value) => value !== undefined);
      return !foreign || "is a linear layer with keys of a convolution";
    },
    {
      expected:
        "a convolution with its input size, or a linear layer with filters, channels and vectors alone",
    },
  ),
);

const activationDistribution = Schema.Struct({
  distribution: Schema.Literals(["relu", "normal"]).annotate({
    description: "Normal with both signs, or its positive half as behind a ReLU.",
    expected: "relu or normal",
  }),
  zeroShare: Schema.optionalKey(
    finite("a share from 0 to 0.99")
      .check(Schema.isBetween({ minimum: 0, maximum: 0.99 }, { expected: "a share from 0 to 0.99" }))
      .annotate({
        description: "Share of activations that are zero; 0.5 for relu, 0 for normal if left out.",
      }),
  ),
}).annotate({ expected: "a path, or { distribution, zeroShare }" });

/** The shape of a network file in configs/networks. */
export const NetworkFile = Schema.Struct({
  version: Schema.Literal(1).annotate({ description: "Version of the file format.", expected: "1" }),
  name: Schema.String.check(
    Schema.isPattern(/^[a-z0-9][a-z0-9._-]*$/, {
      expected: "lower-case letters, digits, dots, underscores and hyphens",
    }),
  ).annotate({ description: "Name of the network in results." }),
  description: text("a sentence").annotate({ description: "What the network does." }),
  source: Schema.optionalKey(
    text("a path or npm:package/file").annotate({
      description:
        "Where its file is: a path relative to this file, or npm:package/file; .onnx, model.json, or layer shapes (SCALE-Sim .csv, Timeloop or ZigZag .yaml).",
    }),
  ),
  architecture: Schema.optionalKey(
    Schema.Literals(architectureNames).annotate({
      description: "A published network that bitfront knows layer by layer, without weights.",
      expected: oneOf(architectureNames),
    }),
  ),
  licence: Schema.optionalKey(text("a licence").annotate({ description: "Licence of the weights." })),
  install: Schema.optionalKey(
    text("a command").annotate({
      description: "Command that installs the package, shown where it is absent.",
    }),
  ),
  inputs: Schema.optionalKey(
    Schema.Record(Schema.String, listOf(count, "a shape such as [1, 3, 48, 320]")).annotate({
      description: "Shapes of the inputs, by name; a sweep may give others.",
    }),
  ),
  values: Schema.optionalKey(
    Schema.Record(Schema.String, finite("a number")).annotate({
      description:
        "Values of inputs of one element of an ONNX model, by name, where its structure depends on them: { sr: 16000 }.",
    }),
  ),
  weights: Schema.optionalKey(
    Weights.annotate({
      description:
        "Weights of an architecture or of layer shapes: a file of tensors, or drawn ones; drawn with seed 1 if left out.",
    }),
  ),
  activations: Schema.optionalKey(
    Schema.Union([text("a path or npm:package/file"), activationDistribution]).annotate({
      description:
        "Captured activations of every layer: a .safetensors file or a folder of .npy files, relative to this file, or npm:package/file; a sweep may give others. Or the distribution that drawn ones have.",
      expected: "a path, or { distribution, zeroShare }",
    }),
  ),
  synthetic: Schema.optionalKey(
    Schema.Struct({
      seed: seed.annotate({ description: "Seed of the weights." }),
      sigma: aboveZero.annotate({ description: "Standard deviation of the normally distributed weights." }),
      layers: listOf(layer, "a list of layers"),
    }).annotate({ description: "A network without a file: layer shapes and drawn weights." }),
  ),
}).check(
  Schema.makeFilter(
    ({ source, architecture, synthetic }) =>
      [source, architecture, synthetic].filter((given) => given !== undefined).length === 1 ||
      "does not say what the network is",
    { expected: "exactly one of source, architecture, synthetic" },
  ),
);

const layerOf = (entry: typeof layer.Type): SyntheticLayer => {
  const { name, filters, channels } = entry;
  if (entry.kind === "linear")
    return { kind: "linear", name, filters, channels, vectors: entry.vectors ?? 1 };
  return {
    kind: "convolution",
    name,
    filters,
    channels,
    groups: entry.groups ?? 1,
    input: entry.input ?? [1, 1],
    kernel: entry.kernel ?? [1, 1],
    stride: entry.stride ?? [1, 1],
    dilation: entry.dilation ?? [1, 1],
    padding: entry.padding ?? "same",
  };
};

/** The layer table of a synthetic network, with the defaults of what its file leaves out. */
export const syntheticTable = (
  table: NonNullable<(typeof NetworkFile.Type)["synthetic"]>,
): SyntheticTable => ({
  ...table,
  layers: table.layers.map(layerOf),
});
