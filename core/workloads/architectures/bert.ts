import { architectureBuilder } from "./architecture-builder.ts";
import { attention } from "./attention.ts";
import { addAndNormalize, linear } from "./sublayers.ts";

const width = 768;
/** Rows of the three embeddings. */
const [vocabulary, positions, segments] = [30_522, 512, 2];

/**
 * BERT base, without a task's head. Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language
 * Understanding", NAACL 2019, arXiv 1810.04805. Taken from github huggingface/transformers, models/bert/modeling_bert.py,
 * `BertModel` of bert-base-uncased with its pooler; one sentence of 128 tokens, up to 512. Left out: nothing.
 */
export const bertBase = architectureBuilder("bert-base", { input_ids: [1, 128] }, (pass) => {
  const length = pass.sequence("input_ids");
  if (length > positions) pass.refuse(`it has ${positions} positions, its input has ${length} tokens`);
  const tokens = { channels: 1, size: [length, 1] };
  const embeddings = { channels: width, size: [length, 1] };
  pass.otherParameters((vocabulary + positions + segments) * width);
  let map = pass.movement("embeddings.word_embeddings", "Gather", [tokens], embeddings);
  // Positions and the segment are constants of the sequence.
  map = pass.absorbed("Add", pass.absorbed("Add", map));
  map = pass.normalization("embeddings.LayerNorm", "LayerNormalization", map);
  for (let index = 0; index < 12; index++) {
    const name = `encoder.layer.${index}`;
    const [query, key, value] = ["query", "key", "value"].map((role) =>
      linear(pass, `${name}.attention.self.${role}`, map, width),
    );
    const context = attention(pass, { name: `${name}.attention.self`, query, key, value, heads: 12 });
    const attended = `${name}.attention.output`;
    const mixed = linear(pass, `${attended}.dense`, context, width);
    map = addAndNormalize(pass, attended, mixed, map, `${attended}.LayerNorm`);
    const hidden = pass.absorbed("Gelu", linear(pass, `${name}.intermediate.dense`, map, 4 * width));
    const output = linear(pass, `${name}.output.dense`, hidden, width);
    map = addAndNormalize(pass, `${name}.output`, output, map, `${name}.output.LayerNorm`);
  }
  const first = pass.absorbed("Slice", { channels: width, size: [1, 1] });
  pass.absorbed("Tanh", linear(pass, "pooler.dense", first, width));
});
