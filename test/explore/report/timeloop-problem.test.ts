import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeTimeloop } from "../../../core/workloads/decode/timeloop-problem.ts";
import { type LayerShape, macs } from "../../../core/workloads/layer.ts";
import { TimeloopFile } from "../../../explore/catalog/timeloop-file.ts";
import { decodeYaml } from "../../../explore/catalog/yaml.ts";
import { timeloopProblems } from "../../../explore/report/timeloop-problem.ts";
import { arbitraryLayer } from "./arbitrary-layer.ts";

const decode = (files: Readonly<Record<string, string>>): readonly LayerShape[] =>
  decodeTimeloop(
    Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, text]) => ({
        problem: decodeYaml(text, file, TimeloopFile).problem,
        place: (path) => `${file}: ${path.join(".")}`,
      })),
    { name: "a", source: "a" },
  ).layers;

const layer: LayerShape = {
  name: "block1/conv {{2}}",
  kind: "convolution",
  filters: 6,
  channels: 4,
  groups: 2,
  outputHeight: 5,
  outputWidth: 4,
  kernelHeight: 3,
  kernelWidth: 2,
  strideHeight: 2,
  strideWidth: 1,
  dilationHeight: 1,
  dilationWidth: 3,
  paddingTop: 1,
  inputHeight: 9,
  inputWidth: 8,
  biasParameters: 6,
};

describe("problems for Timeloop", () => {
  it("are a file a layer, numbered, with sizes of one group and a stride for its own axis", () => {
    const files = timeloopProblems("mine", [layer]);
    expect(Object.keys(files)).toEqual(["01-block1_conv_2_.yaml"]);
    const [text] = Object.values(files);
    expect(text).toContain("layer block1/conv { {2}} (convolution), 1 of 1, of network mine.");
    const { problem } = decodeYaml(text, "a", TimeloopFile);
    expect(problem.version).toBe(0.4);
    expect(problem.instance).toEqual({
      N: 1,
      G: 2,
      C: 2,
      M: 3,
      P: 5,
      Q: 4,
      R: 3,
      S: 2,
      Hstride: 2,
      Wstride: 1,
      Hdilation: 1,
      Wdilation: 3,
    });
    const { name, dimensions, data_spaces } = problem.shape as Exclude<
      typeof problem.shape,
      string | undefined
    >;
    expect(name).toBe("block1/conv { {2}}");
    expect(dimensions).toEqual(["C", "M", "R", "S", "N", "P", "Q", "G"]);
    expect(data_spaces![1]).toEqual({
      name: "Inputs",
      projection: [
        [["N"]],
        [["C"]],
        [
          ["R", "Hdilation"],
          ["P", "Hstride"],
        ],
        [
          ["S", "Wdilation"],
          ["Q", "Wstride"],
        ],
        [["G"]],
      ],
    });
    expect(data_spaces![0].projection).toEqual([[["C"]], [["M"]], [["R"]], [["S"]], [["G"]]]);
    expect(data_spaces![2]).toMatchObject({ name: "Outputs", read_write: true });
  });

  it("stay in order by their names", () => {
    const names = Object.keys(timeloopProblems("mine", Array(100).fill({ ...layer, name: "a" })));
    expect(names).toEqual([...names].sort());
    expect([names[0], names[99]]).toEqual(["001-a.yaml", "100-a.yaml"]);
  });

  it("come back with everything but padding, bias and braces in names", () => {
    fc.assert(
      fc.property(fc.array(arbitraryLayer(3), { minLength: 1, maxLength: 3 }), (layers) => {
        const back = decode(timeloopProblems("a", layers));
        expect(back).toHaveLength(layers.length);
        for (const [
          index,
          { name, paddingTop, inputHeight, inputWidth, depth, ...sizes },
        ] of layers.entries()) {
          expect(back[index]).toMatchObject(sizes);
          expect(macs(back[index])).toBe(macs(layers[index]));
          // All that the windows reach is input, from the first row of zeros on.
          expect(back[index]).toMatchObject({ paddingTop: 0, inputHeight: inputHeight + paddingTop });
          expect(back[index].name.replace(/#\d+$/, "")).toBe(name.replace("{{", "{ {"));
          const { input, before, ...axis } = depth ?? {};
          if (depth === undefined) expect(back[index].depth).toBeUndefined();
          else expect(back[index].depth).toMatchObject(axis);
        }
      }),
      { numRuns: 40 },
    );
  });
});
