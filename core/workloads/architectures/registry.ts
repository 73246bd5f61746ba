import type { ArchitectureBuilder } from "./architecture-builder.ts";
import { bertBase } from "./bert.ts";
import { c3d } from "./c3d.ts";
import { cartoonGan } from "./cartoon-gan.ts";
import { d3dNet } from "./d3dnet.ts";
import { dcpdNet } from "./dcpdnet.ts";
import { denseNet161 } from "./dense-network.ts";
import { fcos } from "./fcos.ts";
import { googLeNet } from "./googlenet.ts";
import { lapSrn4 } from "./lapsrn.ts";
import { mobileNetV2 } from "./mobilenet-v2.ts";
import { multiPoseNet } from "./multipose-net.ts";
import { alexNet, vgg16 } from "./plain-network.ts";
import { resNet18, resNet50 } from "./residual-network.ts";
import { transformerWmt14 } from "./transformer-wmt14.ts";
import { vitB16 } from "./vit-b-16.ts";
import { yoloV3 } from "./yolo-v3.ts";

/** The published networks by name. The first twelve are those of MICRO 2021, Table 2, in its order. */
export const architectures: Readonly<Record<string, ArchitectureBuilder>> = {
  "resnet-50": resNet50,
  "mobilenet-v2": mobileNetV2,
  "yolo-v3": yoloV3,
  "multipose-net": multiPoseNet,
  "lapsrn-x4": lapSrn4,
  dcpdnet: dcpdNet,
  "densenet-161": denseNet161,
  fcos,
  "cartoon-gan": cartoonGan,
  "transformer-wmt14": transformerWmt14,
  c3d,
  d3dnet: d3dNet,
  alexnet: alexNet,
  "vgg-16": vgg16,
  "resnet-18": resNet18,
  googlenet: googLeNet,
  "bert-base": bertBase,
  "vit-b-16": vitB16,
};
