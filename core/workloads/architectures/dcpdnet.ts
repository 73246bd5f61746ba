import { architectureBuilder } from "./architecture-builder.ts";
import { denseBlock, denseLayer, denseStem, denseTransition } from "./dense-network.ts";
import type { FeatureMap } from "./feature-map.ts";
import type { ForwardPass } from "./forward-pass.ts";

const same = { kernel: 3, padding: 1, offset: "bias" } as const;

/** A map repeated to a size. */
const enlarged = (pass: ForwardPass, { channels }: FeatureMap, size: readonly number[]): FeatureMap =>
  pass.absorbed("Resize", { channels, size });

/** Averages of 20 channels over four window sizes, each reduced to one map that is repeated to the size of the input. */
const pyramid = (pass: ForwardPass, prefix: string, input: FeatureMap): FeatureMap => {
  const averages = [32, 16, 8, 4].map((kernel, index) => {
    const name = `${prefix}conv10${index + 1}0`;
    const pooled = pass.pool(`${name}.pool`, "AveragePool", input, { kernel, stride: kernel });
    const reduced = pass.convolution(name, pooled, { filters: 1, kernel: 1, offset: "bias" });
    return enlarged(pass, pass.absorbed("LeakyRelu", reduced), input.size);
  });
  const joined = pass.concatenated(`${prefix}concat`, [...averages, input]);
  return pass.absorbed("Tanh", pass.convolution(`${prefix}refine3`, joined, { ...same, filters: 3 }));
};

/** A dense layer of the decoder, and a 1×1 (transposed) convolution to twice the height and width. */
const decoderStep = (
  pass: ForwardPass,
  step: number,
  input: FeatureMap,
  growth: number,
  filters: number,
): FeatureMap => {
  const name = `tran_dense.dense_block${step}`;
  const dense = pass.concatenated(name, [input, denseLayer(pass, name, input, growth)]);
  const active = pass.absorbed("Relu", pass.batchNormalization(dense));
  const reduced = pass.transposedConvolution(`tran_dense.trans_block${step}.conv1`, active, {
    filters,
    kernel: 1,
    stride: 1,
    padding: 0,
    offset: "none",
  });
  return enlarged(
    pass,
    reduced,
    reduced.size.map((length) => 2 * length),
  );
};

/** The transmission map: the first three blocks of DenseNet-121, five decoder steps, a pyramid of averages. */
const transmission = (pass: ForwardPass, image: FeatureMap): FeatureMap => {
  let map = denseStem(pass, "tran_dense.", image, 64);
  const encoded: FeatureMap[] = [];
  for (const [index, layers] of [6, 12, 24].entries()) {
    map = denseBlock(pass, `tran_dense.dense_block${index + 1}`, map, layers, 32);
    map = denseTransition(pass, `tran_dense.trans_block${index + 1}`, map);
    encoded.push(map);
  }
  map = decoderStep(pass, 4, map, 256, 128);
  map = decoderStep(pass, 5, pass.concatenated("tran_dense.x42", [map, encoded[1]]), 256, 128);
  map = decoderStep(pass, 6, pass.concatenated("tran_dense.x52", [map, encoded[0]]), 128, 64);
  map = decoderStep(pass, 7, map, 64, 32);
  map = decoderStep(pass, 8, map, 32, 16);
  const joined = pass.concatenated("tran_dense.x8", [map, image]);
  const refined = pass.convolution("tran_dense.conv_refin", joined, { ...same, filters: 20 });
  return pyramid(pass, "tran_dense.", pass.absorbed("LeakyRelu", refined));
};

/** The atmospheric light: a U-Net of eight halvings with 8 to 64 channels. */
const atmosphericLight = (pass: ForwardPass, image: FeatureMap): FeatureMap => {
  const step = { kernel: 4, stride: 2, padding: 1 } as const;
  const first = "atp_est.layer1.layer1";
  const encoded = [pass.convolution(first, image, { ...step, filters: 8, offset: "none" })];
  for (const [index, filters] of [16, 32, 64, 64, 64, 64, 64].entries()) {
    const name = `layer${index + 2}`;
    const active = pass.absorbed("LeakyRelu", encoded[index]);
    const options = { ...step, filters, offset: "batch-normalization" } as const;
    encoded.push(pass.convolution(`atp_est.${name}.${name}.conv`, active, options));
  }
  let map = encoded[7];
  for (const [index, filters] of [64, 64, 64, 64, 32, 16, 8, 3].entries()) {
    const level = 8 - index;
    const name = `atp_est.dlayer${level}.dlayer${level}.tconv`;
    const offset = level === 8 || level === 1 ? "none" : "batch-normalization";
    map = pass.transposedConvolution(name, pass.absorbed("Relu", map), { ...step, filters, offset });
    if (level > 1) map = pass.concatenated(`atp_est.dlayer${level}.concat`, [map, encoded[level - 2]]);
  }
  return pass.absorbed("LeakyRelu", map);
};

/**
 * DCPDN for removing haze from a picture. Zhang & Patel, "Densely Connected Pyramid Dehazing Network", CVPR 2018, arXiv
 * 1803.08396. Taken from models/dehaze22.py of github hezhangsprinter/DCPDN (class `dehaze`), input size of its demo.py.
 * Sides must be multiples of 256, the width at least the height. Left out: `tran_est` (54.45 M parameters) and `batch1`,
 * which the class makes and never applies, and the discriminator, which is used in training only.
 *
 * MICRO 2021, Table 2: 254.37 GFLOPS and 66.9 M parameters. With the parts that are never applied, the parameters are
 * met: 66,889,917. Here 117.55 GMACs, twice of which are 7.6 % less than 254.37; no documented input comes nearer.
 */
export const dcpdNet = architectureBuilder("dcpdnet", { input: [1, 3, 1024, 1024] }, (pass) => {
  const image = pass.image("input", 3);
  const transmitted = pass.absorbed("Abs", transmission(pass, image));
  const light = atmosphericLight(pass, image);
  const side = image.size[0];
  const averaged = pass.pool("atp.pool", "AveragePool", light, { kernel: side, stride: side });
  const spread = enlarged(pass, pass.absorbed("LeakyRelu", averaged), image.size);
  const difference = pass.elementWise("dehaze.subtract", "Sub", image, spread);
  const divided = pass.elementWise("dehaze.divide", "Div", difference, transmitted);
  const dehazed = pass.elementWise("dehaze.add", "Add", divided, spread);
  let map = pass.concatenated("dehaze.concat", [dehazed, image]);
  for (const name of ["refine1", "refine2"]) {
    map = pass.absorbed("LeakyRelu", pass.convolution(name, map, { ...same, filters: 20 }));
  }
  pyramid(pass, "", map);
});
