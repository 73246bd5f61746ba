import * as Schema from "effect/Schema";
import { weightLayouts } from "../../core/workloads/weight-layout.ts";
import { finite, integerFrom, listOf, text } from "../spec/schema-terms.ts";

/** A seed of drawn weights. */
export const seed = integerFrom(0, 2 ** 32 - 1);

export const aboveZero = finite("a number above 0").check(
  Schema.isGreaterThan(0, { expected: "a number above 0" }),
);

/** Where the weights of layers without any come from; one flat struct, so that a typo is one error. */
const described = Schema.Struct({
  file: Schema.optionalKey(
    text("a path or npm:package/file").annotate({
      description:
        "Tensors by name: a .safetensors, .npy or .onnx file, or a folder of .npy files, relative to this file; or npm:package/file.",
    }),
  ),
  layout: Schema.optionalKey(
    Schema.Literals(weightLayouts).annotate({
      description: "Order of the axes in the file: oihw (PyTorch; the default), ohwi, or hwio (TensorFlow).",
      expected: weightLayouts.join(", "),
    }),
  ),
  names: Schema.optionalKey(
    Schema.Record(Schema.String, text("the name of a tensor")).annotate({
      description: "Tensors by layer, where they are not called <layer>.weight or <layer>.",
    }),
  ),
  normalizations: Schema.optionalKey(
    Schema.Record(Schema.String, text("the name of a batch normalization")).annotate({
      description:
        "Batch normalizations (of which the file has .running_var and .weight) by the layer before them, where they are not named as PyTorch does (conv1 and bn1, 0 and 1).",
    }),
  ),
  epsilon: Schema.optionalKey(
    aboveZero.annotate({ description: "What batch normalizations add to the variance; 1e-5 if left out." }),
  ),
  unused: Schema.optionalKey(
    listOf(text("a regular expression"), "a list of names of tensors").annotate({
      description: "Regular expressions of the whole names of kernels and variances that no layer takes.",
    }),
  ),
  synthetic: Schema.optionalKey(
    Schema.Struct({
      seed: seed.annotate({ description: "Seed of the weights." }),
      like: Schema.optionalKey(
        text("a name in configs/weights").annotate({
          description: "Which networks' weights they are distributed like: a name in configs/weights.",
        }),
      ),
    }).annotate({ description: "Weights that are drawn; results say so." }),
  ),
}).check(
  Schema.makeFilter(
    ({ file, synthetic, ...mapping }) => {
      if ((file === undefined) === (synthetic === undefined))
        return "does not say where the weights come from";
      return file !== undefined || Object.keys(mapping).length === 0 || "maps tensors of no file";
    },
    { expected: "exactly one of file (with layout, names, normalizations, epsilon, unused), synthetic" },
  ),
);

/** Where the weights of a network without any come from: a file of tensors, how it is to be read, or a distribution. */
export const Weights = Schema.Union([text("a path or npm:package/file"), described]).annotate({
  expected: "a path, or { file, layout, names, normalizations, epsilon, unused }, or { synthetic }",
});
