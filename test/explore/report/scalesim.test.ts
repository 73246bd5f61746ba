import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeScaleSim } from "../../../core/workloads/decode/scalesim.ts";
import { type LayerShape, macs } from "../../../core/workloads/layer.ts";
import { scaleSimTopology } from "../../../explore/report/scalesim.ts";
import { arbitraryLayer } from "./arbitrary-layer.ts";

const decode = (text: string) =>
  decodeScaleSim(new TextEncoder().encode(text), { name: "a", source: "a" }).layers;

const layer = (changes: Partial<LayerShape> = {}): LayerShape => ({
  name: "conv",
  kind: "convolution",
  filters: 6,
  channels: 4,
  groups: 1,
  outputHeight: 5,
  outputWidth: 4,
  kernelHeight: 3,
  kernelWidth: 2,
  strideHeight: 2,
  strideWidth: 2,
  dilationHeight: 1,
  dilationWidth: 1,
  paddingTop: 1,
  inputHeight: 9,
  inputWidth: 8,
  biasParameters: 6,
  ...changes,
});

const rowsOf = (...layers: LayerShape[]): string[] =>
  scaleSimTopology("mine", layers).text.trimEnd().split("\n").slice(1);

describe("a topology for SCALE-Sim", () => {
  it("has a header, and an IFMAP of what the windows reach", () => {
    expect(scaleSimTopology("mine", [layer()])).toEqual({
      text: "Layer name,IFMAP Height,IFMAP Width,Filter Height,Filter Width,Channels,Num Filter,Strides,\nconv,11,8,3,2,4,6,2,\n",
      inexactInputs: [],
    });
  });

  it.each<[string, Partial<LayerShape>, string[]]>([
    ["a depthwise layer with DP in its name", { groups: 4, filters: 8 }, ["conv_DP,11,8,3,2,4,2,2,"]],
    ["one that has it already", { groups: 4, filters: 4, name: "DP1" }, ["DP1,11,8,3,2,4,1,2,"]],
    ["a dense one without", { name: "ADP,b\n" }, ["ADp_b_,11,8,3,2,4,6,2,"]],
    ["groups a row each", { groups: 2 }, ["conv_group_1,11,8,3,2,2,3,2,", "conv_group_2,11,8,3,2,2,3,2,"]],
    [
      "an axis of one output at the stride of the other",
      { outputWidth: 1, strideWidth: 7 },
      ["conv,11,2,3,2,4,6,2,"],
    ],
    ["a name of nothing", { name: " " }, ["layer,11,8,3,2,4,6,2,"]],
  ])("writes %s", (_, changes, rows) => {
    const topology = scaleSimTopology("mine", [layer(changes)]);
    expect(rowsOf(layer(changes))).toEqual(rows);
    expect(topology.inexactInputs).toEqual([]);
  });

  it.each<[string, Partial<LayerShape>, string]>([
    ["two strides", { strideWidth: 1 }, "conv,7,5,3,2,4,6,1,"],
    ["a dilation", { dilationWidth: 2 }, "conv,11,8,3,2,4,6,2,"],
  ])("keeps work and outputs of a layer with %s, and names it", (_, changes, row) => {
    const changed = layer(changes);
    const { text, inexactInputs } = scaleSimTopology("mine", [layer({ name: "exact" }), changed]);
    expect(rowsOf(changed)).toEqual([row]);
    expect(inexactInputs).toEqual(["conv"]);
    expect(macs(decode(text)[1])).toBe(macs(changed));
  });

  it("refuses a third axis, and rows beyond what is read", () => {
    const depth = { input: 3, output: 3, kernel: 1, stride: 1, dilation: 1, before: 0 };
    expect(() => rowsOf(layer({ name: "video", depth }))).toThrow(
      "network mine: layer video has a third axis, which SCALE-Sim cannot say",
    );
    const groups = 100_000;
    const many = layer({ name: "many", groups, filters: groups, channels: 2 * groups });
    expect(rowsOf(many)).toHaveLength(groups);
    expect(() => rowsOf(layer(), many)).toThrow(
      "network mine: layer many: with its 100000 groups the topology has more than 100000 rows",
    );
  });

  it("comes back with every size, a grouped layer as its groups", () => {
    fc.assert(
      fc.property(fc.array(arbitraryLayer(2), { minLength: 1, maxLength: 4 }), (layers) => {
        const { text, inexactInputs } = scaleSimTopology("a", layers);
        const back = decode(text);
        const expected = layers.flatMap((given) => {
          const { groups, channels, filters, outputHeight, outputWidth, kernelHeight, kernelWidth } = given;
          const sizes = { outputHeight, outputWidth, kernelHeight, kernelWidth };
          if (groups === channels) return [{ ...sizes, groups, channels, filters }];
          const one = { ...sizes, groups: 1, channels: channels / groups, filters: filters / groups };
          return Array.from({ length: groups }, () => one);
        });
        expect(back).toHaveLength(expected.length);
        for (const [index, sizes] of expected.entries()) expect(back[index]).toMatchObject(sizes);
        expect(back.reduce((total, next) => total + macs(next), 0)).toBe(
          layers.reduce((total, next) => total + macs(next), 0),
        );
        // Strides come back where one serves both axes, or the other axis has a single output.
        if (layers.length > 1 || layers[0].groups > 1 || inexactInputs.length > 0) return;
        const [{ strideHeight, strideWidth, outputHeight, outputWidth }] = layers;
        if (outputHeight > 1) expect(back[0].strideHeight).toBe(strideHeight);
        if (outputWidth > 1) expect(back[0].strideWidth).toBe(strideWidth);
        if (outputHeight > 1 && outputWidth > 1) expect(strideHeight).toBe(strideWidth);
      }),
    );
  });
});
