import { architectureBuilder } from "./architecture-builder.ts";
import { attention } from "./attention.ts";
import { type FeatureMap, showMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";
import { linear } from "./sublayers.ts";

const width = 768;

const encoderLayer = (pass: ForwardPass, name: string, input: FeatureMap): FeatureMap => {
  const normalized = pass.normalization(`${name}.ln_1`, "LayerNormalization", input);
  const projected = linear(pass, `${name}.self_attention.in_proj_weight`, normalized, 3 * width);
  const part = { channels: width, size: projected.size };
  const [query, key, value] = [pass.absorbed("Split", part), part, part];
  const context = attention(pass, { name: `${name}.self_attention`, query, key, value, heads: 12 });
  const attended = linear(pass, `${name}.self_attention.out_proj`, context, width);
  const sum = pass.elementWise(`${name}.add_1`, "Add", attended, input);
  const hidden = linear(
    pass,
    `${name}.mlp.0`,
    pass.normalization(`${name}.ln_2`, "LayerNormalization", sum),
    4 * width,
  );
  const output = linear(pass, `${name}.mlp.3`, pass.absorbed("Gelu", hidden), width);
  return pass.elementWise(`${name}.add_2`, "Add", sum, output);
};

/**
 * ViT-B/16 on ImageNet. Dosovitskiy et al., "An Image is Worth 16x16 Words: Transformers for Image Recognition at Scale",
 * ICLR 2021, arXiv 2010.11929. Taken from torchvision/models/vision_transformer.py (github pytorch/vision), `vit_b_16`. The
 * three projections of an attention are one layer, as their weights are one tensor there. Another image, of
 * multiples of 16, has as many position embeddings as tokens. Left out: nothing.
 */
export const vitB16 = architectureBuilder("vit-b-16", { input: [1, 3, 224, 224] }, (pass) => {
  const image = pass.image("input", 3);
  if (image.size.some((length) => length % 16 !== 0))
    pass.refuse(`it takes patches of 16 × 16, its input is ${showMap(image)}`);
  const patches = pass.convolution("conv_proj", image, {
    filters: width,
    kernel: 16,
    stride: 16,
    offset: "bias",
  });
  const length = 1 + patches.size[0] * patches.size[1];
  const tokens = { channels: width, size: [length, 1] };
  // The class token, and a position embedding a token.
  pass.otherParameters(width + length * width);
  pass.absorbed("Transpose", patches);
  let map = pass.absorbed("Add", pass.absorbed("Concat", tokens));
  for (let index = 0; index < 12; index++) {
    map = encoderLayer(pass, `encoder.layers.encoder_layer_${index}`, map);
  }
  pass.normalization("encoder.ln", "LayerNormalization", map);
  const classToken = pass.absorbed("Slice", { channels: width, size: [1, 1] });
  linear(pass, "heads.head", classToken, 1000);
});
