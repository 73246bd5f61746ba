import { beforeAll, describe, expect, it } from "vitest";
import type { GroupRequest } from "../../../core/bit-interleaving/group-request.ts";
import type { Technology } from "../../../core/technology/technology.ts";
import { decodeOnnx } from "../../../core/workloads/decode/onnx.ts";
import { loadTechnology } from "../../../explore/catalog/technology.ts";
import { prepare } from "../../../explore/engine/prepare.ts";
import { upcastNetworks, upcastSentence } from "../../../explore/engine/upcast.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { float16Network } from "../../fixtures/onnx-writer.ts";

let technology: Technology;
beforeAll(async () => {
  technology = await loadTechnology();
});

const half = decodeOnnx(float16Network(), { name: "half", source: "a test", inputs: {} });

/** Prepares a sweep over the network stored in float16. */
const prepared = (precision: string, allowUpcast = true, more = "") =>
  prepare(
    parseSweep(
      `
version: 1
name: halves
networks: [{ use: half, allowUpcast: ${allowUpcast} }]
machine: bitlet
parameters: { precision: ${precision}${more} }
objectives: [{ maximize: throughput_ips }, { minimize: energy_J }]
`,
      { file: "halves.yaml" },
    ),
    [half],
    technology,
    "",
  );

const requested = (...of: Parameters<typeof prepared>): string[] =>
  prepared(...of)
    .statistics.map(({ request }) => `${request.format}/${(request as GroupRequest).laneWidth}`)
    .sort();

describe("the statistics of a sweep", () => {
  it("are those of its values, and of a default where the sweep leaves it to stand", () => {
    expect(requested("{ choice: [fixed16, fixed8] }")).toEqual(["fixed16/64", "fixed8/64"]);
    expect(requested("fixed4")).toEqual(["fixed4/64"]);
    const sometimes = ", laneWidth: { choice: [16, 32], when: precision == 'fixed8' }";
    expect(requested("{ choice: [fixed16, fixed8] }", true, sometimes)).toEqual([
      "fixed16/16",
      "fixed16/32",
      "fixed16/64",
      "fixed8/16",
      "fixed8/32",
      "fixed8/64",
    ]);
  });
});

describe("weights stored in float16", () => {
  it("are marked in the formats with more bits that the sweep takes them in, and in no other", () => {
    const { plan } = prepared("{ choice: [float32, float16, bfloat16, fixed8] }");
    expect(plan.workloads[0].upcasts).toEqual({ float32: ["float16"] });
    const { machines } = plan.sweep.space;
    const design = (precision: string) => ({
      machine: "bitlet",
      configuration: {
        ...Object.fromEntries(machines[0].parameters.map((parameter) => [parameter.name, parameter.default])),
        precision,
      },
    });
    expect(upcastNetworks(plan, design("float32"))).toEqual(["half"]);
    for (const precision of ["float16", "bfloat16", "fixed8"]) {
      expect(upcastNetworks(plan, design(precision))).toEqual([]);
    }
    expect(upcastSentence(plan)).toContain("half (float16 as float32)");
  });

  it("have no mark where no design takes more bits, or where such designs are refused", () => {
    for (const { plan } of [
      prepared("{ choice: [float16, bfloat16] }"),
      prepared("{ choice: [float32, fixed8] }", false),
    ]) {
      expect(plan.workloads[0].upcasts).toEqual({});
      expect(upcastSentence(plan)).toBe("");
    }
    const { directory } = prepared("{ choice: [float32, float16] }", false).plan;
    expect(Object.values(directory).map((entry) => "refused" in entry)).toEqual([true, false]);
  });
});
