import { describe, expect, it } from "vitest";
import { timeloopArchitecture } from "../../../explore/report/timeloop.ts";
import { exportedDesign, readYaml } from "./exported-design.ts";

interface Node {
  readonly name?: string;
  readonly class?: string;
  readonly spatial?: object;
  readonly attributes?: Readonly<Record<string, number | string>>;
  readonly constraints?: { readonly dataspace: { readonly keep: string[]; readonly bypass: string[] } };
  readonly nodes?: readonly Node[];
}

const architectureOf = async (parameters: string) => {
  const text = timeloopArchitecture((await exportedDesign(parameters)).hierarchy);
  const { architecture } = readYaml(text) as {
    readonly architecture: { readonly version: number; readonly nodes: readonly Node[] };
  };
  return { text, ...architecture };
};

describe("a Timeloop export", () => {
  it("goes from DRAM by the buffers side by side to the processing elements", async () => {
    const { text, version, nodes } = await architectureOf("precision: fixed8, clock: 0.5");
    expect(version).toBe(0.4);
    expect(nodes.map(({ name }) => name)).toEqual(["system", "DRAM", "chip", undefined, "PE", "mac"]);
    expect(text.match(/!\w+/g)).toEqual([
      "!Container",
      "!Component",
      "!Container",
      "!Parallel",
      ...Array(3).fill("!Component"),
      "!Container",
      "!Component",
    ]);
    // A 2 ns cycle moves 2 · 12.8 B/ns · 2 ns from DRAM and 25.6 B/ns · 2 ns from a buffer; partial sums have 4 B.
    expect(nodes[0].attributes).toEqual({ technology: "28nm", global_cycle_seconds: 2e-9 });
    expect(nodes[1]).toMatchObject({
      class: "DRAM",
      attributes: { width: 64, datawidth: 8, block_size: 8, shared_bandwidth: 51.2 },
    });
    const buffers = nodes[3].nodes!;
    expect(buffers.map(({ name, class: kind, constraints }) => [name, kind, constraints?.dataspace])).toEqual(
      [
        ["weightBuffer", "SRAM", { keep: ["Weights"], bypass: ["Inputs", "Outputs"] }],
        ["activationBuffer", "SRAM", { keep: ["Inputs"], bypass: ["Weights", "Outputs"] }],
        ["outputBuffer", "SRAM", { keep: ["Outputs"], bypass: ["Weights", "Inputs"] }],
      ],
    );
    const common = { depth: 16_384, width: 64, n_banks: 4, multiple_buffering: 2 };
    expect(buffers.map(({ attributes }) => attributes)).toEqual(
      [
        { datawidth: 8, block_size: 8, read_bandwidth: 51.2, write_bandwidth: 51.2 },
        { datawidth: 8, block_size: 8, read_bandwidth: 51.2, write_bandwidth: 51.2 },
        { datawidth: 32, block_size: 2, read_bandwidth: 12.8, write_bandwidth: 12.8 },
      ].map((own) => ({ ...common, ...own })),
    );
    expect(nodes[4]).toMatchObject({ spatial: { meshX: 32 }, attributes: { laneWidth: 64 } });
    expect(nodes[5]).toMatchObject({ class: "intmac", attributes: { multiplier_width: 8, adder_width: 32 } });
  });

  it.each([
    ["float32", { datawidth: 32, exponent: 8, mantissa: 24 }],
    ["float16", { datawidth: 16, exponent: 5, mantissa: 11 }],
    ["bfloat16", { datawidth: 16, exponent: 8, mantissa: 8 }],
  ])("multiplies %s in a unit for floats", async (precision, attributes) => {
    const { nodes } = await architectureOf(`precision: ${precision}`);
    expect(nodes[5]).toMatchObject({ class: "fpmac", attributes });
  });

  it.each([1, 3, 5, 8, 13, 24])("keeps whole words of %d bits, and the capacity", async (bits) => {
    const { nodes } = await architectureOf(`precision: fixed${bits}`);
    for (const { attributes } of [nodes[1], ...nodes[3].nodes!]) {
      const { width, datawidth, block_size, depth } = attributes as Readonly<Record<string, number>>;
      // What Timeloop asserts: an access is whole words, and DRAM has one of them at a time.
      expect(block_size * datawidth).toBe(width);
      expect(width).toBeLessThanOrEqual(64);
      expect(64 - width).toBeLessThan(datawidth);
      if (depth === undefined) continue;
      expect(Number.isInteger(depth)).toBe(true);
      expect(128 * 8192 - depth * width).toBeGreaterThanOrEqual(0);
      expect(128 * 8192 - depth * width).toBeLessThan(width);
    }
  });

  it("says what it cannot", async () => {
    const { text } = await architectureOf("precision: fixed8, laneWidth: 32");
    const header = text.slice(0, text.indexOf("\narchitecture:")).replaceAll(/\n# ?/g, " ");
    expect(header).toContain("The cycles of bitlet depend on the bits of the weights.");
    expect(header).toContain("takes 32 weight-activation pairs as a group");
    expect(header).toContain("No energy or area is given.");
    expect(header).toContain("DRAM channel of their own");
  });
});
