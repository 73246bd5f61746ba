import { readShapeFile } from "../../../explore/catalog/shape-file.ts";
import { damagedYaml } from "../damaged-text.ts";
import { encoded, type FuzzedDecoder, oneFile } from "../fuzzed-decoder.ts";

const workload = `- id: 0
  name: conv1
  operator_type: Conv
  equation: O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]
  dimension_relations: [ix=2*ox+1*fx, iy=2*oy+1*fy]
  loop_dims: [B, G, K, C, OY, OX, FY, FX]
  loop_sizes: [1, 1, 64, 3, 112, 112, 7, 7]
  operand_precision: { W: 8, I: 8, O: 16, O_final: 8 }
  operand_source: { I: 0, W: 0 }
  pr_loop_dims: [IX, IY]
  pr_loop_sizes: [224, 224]
  padding: [[3, 2], [3, 2]]
- id: 1
  name: pool
  operator_type: MaxPool
  equation: O[b][g][oy][ox]+=W[fx][fy]*I[b][g][iy][ix]
  dimension_relations: [ix=2*ox+1*fx, iy=2*oy+1*fy]
  loop_dims: [B, G, OY, OX, FY, FX]
  loop_sizes: [1, 64, 56, 56, 3, 3]
  operand_precision: { W: 0, I: 8, O: 16, O_final: 8 }
  operand_source: { I: 0, W: 1 }
- id: 2
  operator_type: Gemm
  equation: O[b][d][k]+=W[k][c]*I[b][d][c]
  loop_dims: [B, D, K, C]
  loop_sizes: [1, 4, 10, 512]
  operand_precision: { W: 8, I: 8, O: 16, O_final: 8 }
  operand_source: { I: 1, W: 2 }
- id: 3
  name: add
  operator_type: Add
  equation: O[b][g][oy][ox]=W[b][g][oy][ox]+I[b][g][oy][ox]
  loop_dims: [B, G, OY, OX]
  loop_sizes: [1, 64, 56, 56]
  operand_precision: { W: 8, I: 8, O: 16, O_final: 8 }
  operand_source: { I: 1, W: 0 }
`;
const words = [
  ..."id name operator_type equation dimension_relations loop_dims loop_sizes operand_precision".split(" "),
  ..."operand_source pr_loop_dims pr_loop_sizes padding Conv Conv_downsample Gemm MatMul Pooling Add Max".split(
    " ",
  ),
  ..."B G K C OY OX FY FX IX IY D ix=1*ox+1*fx ix=0*ox iy=oy+fy ox=ix O[b]=W[b]*I[b] W[k][c] I[b][c] += * +".split(
    " ",
  ),
];

export const zigzag: FuzzedDecoder = {
  name: "zigzag",
  valid: [oneFile("workload.yaml", encoded(workload))],
  damaged: (choices) => oneFile("workload.yaml", encoded(damagedYaml(workload, words, choices))),
  decode: (path) => readShapeFile(path, { name: "damaged", source: "workload.yaml" }),
};
