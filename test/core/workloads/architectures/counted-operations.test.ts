import { expect, test } from "vitest";
import { architectures } from "../../../../core/workloads/architectures/registry.ts";
import type { LayerShape } from "../../../../core/workloads/layer.ts";
import { totalMacs, totalOutputs } from "./totals.ts";

// Counters of operations add biases, normalizations and rectifications to the multiply–accumulates. What they print is
// an oracle for the sizes of all maps.

const layersOf = (name: string): readonly LayerShape[] => architectures[name].build().layers;

const starts =
  (...prefixes: string[]) =>
  ({ name }: LayerShape): boolean =>
    prefixes.some((prefix) => name.startsWith(prefix));

test("FCOS: mmdetection's counter prints 80.145 GMac, 31.73 of them in the backbone (its issue 1760)", () => {
  const layers = layersOf("fcos");
  const backbone = starts("backbone.");
  const towers = starts("bbox_head.cls_convs", "bbox_head.reg_convs");
  // Two operations a normalized value; ReLU behind every convolution of a block, or behind the sum; the pooled input.
  const normalized = totalOutputs(layers, backbone);
  const rectified = totalOutputs(layers, (layer) => backbone(layer) && !layer.name.includes("downsample"));
  const pooled = 64 * 320 * 320;
  const ofBackbone = totalMacs(layers, backbone) + 2 * normalized + rectified + pooled;
  expect((ofBackbone / 1e9).toFixed(2)).toBe("31.73");
  const rest = (layer: LayerShape): boolean => !backbone(layer);
  const biased = totalOutputs(layers, (layer) => rest(layer) && layer.biasParameters > 0);
  const others = totalMacs(layers, rest) + biased + totalOutputs(layers, towers);
  expect(((ofBackbone + others) / 1e9).toFixed(3)).toBe("80.145");
});

test("FCOS: single layers of that print", () => {
  const layers = layersOf("fcos");
  const gmacs = (name: string): string =>
    (totalMacs(layers, (layer) => layer.name === `backbone.${name}`) / 1e9).toFixed(3);
  expect(["conv1", "layer1.0.conv1", "layer1.0.conv2", "layer1.0.conv3"].map(gmacs)).toEqual([
    "0.963",
    "0.105",
    "0.944",
    "0.419",
  ]);
  // Strides in the 1×1 convolution.
  expect(["layer4.0.conv1", "layer4.0.conv2"].map(gmacs)).toEqual(["0.210", "0.944"]);
});

test("MICRO 2021, Table 2: YOLOv3 with biases, two operations a normalized and one a rectified value is 25.42", () => {
  const layers = layersOf("yolo-v3");
  const detects = ({ filters }: LayerShape): boolean => filters === 255;
  const normalized = totalOutputs(layers, (layer) => !detects(layer));
  const operations = totalMacs(layers) + 3 * normalized + totalOutputs(layers, detects);
  expect((operations / 1e9).toFixed(2)).toBe("25.42");
});

test("MICRO 2021, Table 2: MobileNetV2 with one operation a normalized value is half of 0.615", () => {
  const layers = layersOf("mobilenet-v2");
  const operations = totalMacs(layers) + totalOutputs(layers, ({ kind }) => kind === "convolution");
  expect(((2 * operations) / 1e9).toFixed(3)).toBe("0.615");
});

test("MICRO 2021, Table 2: C3D with biases is 38.57", () => {
  const layers = layersOf("c3d");
  expect(((totalMacs(layers) + totalOutputs(layers)) / 1e9).toFixed(2)).toBe("38.57");
});

test("MICRO 2021, Table 2: D3DNet without its deformable convolutions, with biases and rectified values, is 408.82", () => {
  const layers = layersOf("d3dnet").filter(({ name }) => !/^residual_layer\.\d\.dcn\d$/.test(name));
  const biased = totalOutputs(layers, ({ biasParameters }) => biasParameters > 0);
  const position = 320 * 180;
  const rectified = 64 * (6 * 7 * position + 6 * position);
  expect((totalMacs(layers) / 1e9).toFixed(2)).toBe("408.38");
  expect(((totalMacs(layers) + biased + rectified) / 1e9).toFixed(2)).toBe("408.82");
});

test("MICRO 2021, Table 2: the Transformer without its output projection is half of 10.6", () => {
  const layers = layersOf("transformer-wmt14").filter(({ name }) => name !== "decoder.output_projection");
  expect(((2 * totalMacs(layers)) / 1e9).toFixed(1)).toBe("10.6");
});
