import { architectureBuilder } from "./architecture-builder.ts";
import { attention } from "./attention.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";
import { addAndNormalize, linear } from "./sublayers.ts";

const width = 1024;
/** Entries of the joined dictionary of source and target. */
const vocabulary = 32_768;

/** Attention of the positions of `input` to those of `memory`, with the four projections. */
const attentionSublayer = (
  pass: ForwardPass,
  name: string,
  input: FeatureMap,
  memory: FeatureMap,
): FeatureMap => {
  const query = linear(pass, `${name}.q_proj`, input, width);
  const key = linear(pass, `${name}.k_proj`, memory, width);
  const value = linear(pass, `${name}.v_proj`, memory, width);
  const context = attention(pass, { name, query, key, value, heads: 16 });
  const output = linear(pass, `${name}.out_proj`, context, width);
  return addAndNormalize(pass, `${name}_layer_norm`, output, input);
};

const feedForward = (pass: ForwardPass, name: string, input: FeatureMap): FeatureMap => {
  const hidden = pass.absorbed("Relu", linear(pass, `${name}.fc1`, input, 4 * width));
  return addAndNormalize(pass, `${name}.final_layer_norm`, linear(pass, `${name}.fc2`, hidden, width), input);
};

/** Rows of the embedding, scaled, with sinusoids of the position added. */
const embedded = (pass: ForwardPass, name: string, length: number): FeatureMap => {
  const tokens = { channels: 1, size: [length, 1] };
  const map = pass.movement(name, "Gather", [tokens], { channels: width, size: [length, 1] });
  return pass.absorbed("Add", pass.absorbed("Mul", map));
};

/**
 * Transformer (big) for WMT 2014 English–German. Vaswani et al., "Attention Is All You Need", NIPS 2017, arXiv 1706.03762,
 * Table 3. Taken from github facebookresearch/fairseq, `transformer_vaswani_wmt_en_de_big` with its joined dictionary of
 * 32,768 entries and shared embeddings, which are the weights of the output projection too. Decoding is
 * teacher-forced: the whole target at once, as in training, masked scores computed too. A translation that is searched
 * for step by step takes as many products with weights, one vector at a time. Left out: beam search.
 *
 * MICRO 2021, Table 2: 10.6 GFLOPS and 176 M parameters. Big has 209,911,808; without the embeddings, which are the output
 * projection, 176.4 M. Without it, and at 30 tokens each, to which github mit-han-lab/hardware-aware-transformers counts
 * WMT, it has 5.318 GMACs, twice of which are 10.6. With the projection, which the network needs, here 6.325 GMACs.
 */
export const transformerWmt14 = architectureBuilder(
  "transformer-wmt14",
  { source: [1, 30], target: [1, 30] },
  (pass) => {
    let memory = embedded(pass, "encoder.embed_tokens", pass.sequence("source"));
    for (let index = 0; index < 6; index++) {
      const name = `encoder.layers.${index}`;
      memory = feedForward(pass, name, attentionSublayer(pass, `${name}.self_attn`, memory, memory));
    }
    let map = embedded(pass, "decoder.embed_tokens", pass.sequence("target"));
    for (let index = 0; index < 6; index++) {
      const name = `decoder.layers.${index}`;
      map = attentionSublayer(pass, `${name}.self_attn`, map, map);
      map = attentionSublayer(pass, `${name}.encoder_attn`, map, memory);
      map = feedForward(pass, name, map);
    }
    pass.linear("decoder.output_projection", map, { channels: width, filters: vocabulary, offset: "none" });
  },
);
