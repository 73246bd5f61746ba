import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { machines } from "../../../core/machines/registry.ts";
import { sweepJsonSchema, sweepSchemaFile } from "../../../explore/spec/json-schema.ts";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly description?: string;
  readonly default?: unknown;
  readonly anyOf?: readonly Node[];
  readonly items?: Node | readonly Node[];
  readonly definitions?: Readonly<Record<string, Node>>;
  readonly $ref?: string;
}

const schema = JSON.parse(sweepJsonSchema()) as Node & { readonly $schema: string };

/** All nodes with keys, by the path that leads to them. */
const objectsOf = (node: Node, path: string): readonly (readonly [string, Node])[] => {
  const children = [
    ...Object.entries(node.properties ?? {}),
    ...Object.entries(node.definitions ?? {}),
    ...(node.anyOf ?? []).map((child) => ["", child] as const),
    ...[node.items ?? []].flat().map((child) => ["*", child] as const),
  ];
  const below = children.flatMap(([key, child]) => objectsOf(child, key === "" ? path : `${path}.${key}`));
  return node.properties === undefined ? below : [[path, node], ...below];
};

describe("sweepJsonSchema", () => {
  it("is the committed file (node --import tsx explore/spec/json-schema.ts writes it)", () => {
    expect(readFileSync(sweepSchemaFile, "utf8")).toBe(sweepJsonSchema());
  });

  it("is draft 7, which editors understand", () => {
    expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
    expect(sweepJsonSchema()).not.toMatch(/"(prefixItems|\$defs)"/);
  });

  it("describes every key and admits no other", () => {
    const objects = objectsOf(schema, "sweep");
    expect(objects.map(([path]) => path)).toContain("sweep.parameters");
    expect(objects.map(([path]) => path)).toContain("sweep.SeveralNumbers");
    for (const [path, node] of objects) {
      expect([path, node.additionalProperties]).toEqual([path, false]);
      for (const [key, child] of Object.entries(node.properties ?? {})) {
        expect([`${path}.${key}`, child.description ?? ""]).toEqual([
          `${path}.${key}`,
          expect.stringMatching(/\.$/),
        ]);
      }
    }
  });

  it("has a default for each key that may be left out", () => {
    const optional = Object.entries(schema.properties ?? {}).filter(
      ([key]) => !schema.required?.includes(key),
    );
    expect(Object.fromEntries(optional.map(([key, node]) => [key, node.default]))).toEqual({
      seed: 1,
      aggregate: "geomean",
      technology: [],
      components: {},
      constraints: [],
      require: [],
      referencePoint: {},
      baseline: undefined,
      points: [],
      fidelity: "staged",
      search: { method: "exhaustive" },
    });
  });

  it("has every parameter of every machine, with its default where all agree and by machine where not", () => {
    const parameters = schema.properties?.parameters?.properties ?? {};
    const all = Object.values(machines).flatMap((machine) =>
      machine.parameters.map((parameter) => ({ ...parameter, machine: machine.name })),
    );
    expect(new Set(Object.keys(parameters))).toEqual(new Set(all.map(({ name }) => name)));
    for (const { name, machine, default: own } of all) {
      const { default: common, description } = parameters[name] ?? {};
      const agreed =
        new Set(all.filter((other) => other.name === name).map((other) => other.default)).size === 1;
      expect([name, common]).toEqual([name, agreed ? own : undefined]);
      if (!agreed) expect(description).toMatch(new RegExp(`Default .*\\b${machine}\\b`));
    }
    expect(parameters.tiles?.description).toContain("Of dadiannao");
    expect(parameters.pes?.description).toContain("Processing elements.");
  });
});
