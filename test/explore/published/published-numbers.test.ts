import { readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../../explore/catalog/package-root.ts";
import { readPublished, shippedPublished } from "../../../explore/published/published-numbers.ts";
import { temporaryFolder } from "../engine/fixture.ts";

const shipped = readdirSync(join(packageRoot(), "configs", "published")).map((file) =>
  basename(file, ".yaml"),
);

describe("configs/published", () => {
  it.each(shipped)("%s gives every number a unit, a source and a mark", (about) => {
    const sections = Object.entries(shippedPublished().numbers(about));
    expect(sections.length).toBeGreaterThan(0);
    for (const [name, { unit, source, mark, values, rows }] of sections) {
      expect(
        [unit, source, mark].every((text) => text.length > 0),
        name,
      ).toBe(true);
      const numbers = [values, ...Object.values(rows)].flatMap((row) => Object.values(row));
      expect(numbers.length, name).toBeGreaterThan(0);
      expect(numbers.every(Number.isFinite), name).toBe(true);
    }
  });

  it.each(["micro21", "micro21-figures", "gpus"])(
    "%s was printed with the decimals that it says",
    (about) => {
      for (const [name, { decimals, values, rows }] of Object.entries(shippedPublished().numbers(about))) {
        if (decimals === undefined) continue;
        for (const row of [values, ...Object.values(rows)])
          for (const value of Object.values(row)) expect(Number(value.toFixed(decimals)), name).toBe(value);
      }
    },
  );

  it("has the same networks in all tables of MICRO 2021", () => {
    const { numbers } = shippedPublished();
    const { work, parameters, zeroBits, frameRate, cyclesPerWork, efficiency, efficiencyFloat32 } =
      numbers("micro21");
    const { potential, frameRateFloat32, relativeEnergyFixed, relativeEnergy } = numbers("micro21-figures");
    const [fixed, float] = [{ ...work.rows.fixed8, ...work.rows.fixed16 }, work.rows.float32].map((row) =>
      Object.keys(row),
    );
    const all = [...fixed, ...float];
    expect(all).toHaveLength(12);
    for (const row of [parameters.values, zeroBits.values, ...Object.values(frameRate.rows)])
      expect(Object.keys(row)).toEqual(all);
    for (const row of [
      ...[cyclesPerWork, efficiency, potential, relativeEnergy].flatMap(({ rows }) => Object.values(rows)),
      frameRateFloat32.values,
      relativeEnergyFixed.values,
    ])
      expect(Object.keys(row)).toEqual(fixed);
    const { training, inference } = numbers("gpus");
    for (const { rows } of [efficiencyFloat32, training, inference])
      for (const row of Object.values(rows)) expect(Object.keys(row)).toEqual(float);
  });
});

describe("a file of published numbers", () => {
  const folder = temporaryFolder();
  const text = `version: 1
about: own
source: our paper
mark: stated
numbers:
  speed: { unit: 1/s, values: { a: 1.5, b: -2 } }
  table: { unit: "%", decimals: 1, source: our table, mark: derived, rows: { first: { a: 1 }, second: { a: 2 } } }
`;
  const read = (content: string) => {
    const path = join(folder, "own.yaml");
    writeFileSync(path, content);
    return readPublished(path);
  };

  it("has sections with their own evidence or that of the file", () => {
    expect(read(text)).toEqual({
      speed: { unit: "1/s", source: "our paper", mark: "stated", values: { a: 1.5, b: -2 }, rows: {} },
      table: {
        unit: "%",
        decimals: 1,
        source: "our table",
        mark: "derived",
        values: {},
        rows: { first: { a: 1 }, second: { a: 2 } },
      },
    });
  });

  it.each([
    [
      "another name",
      "about: own",
      "about: other",
      "2:8: about: other is not what the file is called; expected own",
    ],
    ["no source", "source: our paper\n", "", "1:1: source is missing"],
    ["an unknown mark", "mark: stated", "mark: sure", "4:7: mark: sure is not valid"],
    [
      "an unknown key",
      "unit: 1/s,",
      "unit: 1/s, scale: 2,",
      "6:23: numbers.speed.scale: scale is not a key here",
    ],
    ["no unit", "unit: 1/s,", "", "numbers.speed.unit is missing"],
    [
      "a text for a number",
      "a: 1.5",
      "a: fast",
      "numbers.speed.values.a: fast is not valid; expected a number",
    ],
    ["an infinite number", "a: 1.5", "a: .inf", "numbers.speed.values.a"],
    ["values and rows", "unit: 1/s,", "unit: 1/s, rows: { x: { y: 1 } },", "has not one of values and rows"],
    ["neither", ", values: { a: 1.5, b: -2 }", "", "has not one of values and rows"],
    ["no numbers", "{ a: 1.5, b: -2 }", "{}", "numbers.speed.values: {} is empty"],
    ["half a decimal", "decimals: 1", "decimals: 0.5", "expected an integer from 0 to 20"],
  ])("is refused for %s, with the place", (_, found, replacement, message) => {
    const changed = text.replace(found, replacement);
    expect(changed).not.toBe(text);
    expect(() => read(changed)).toThrow(/own\.yaml:\d+:\d+: /);
    expect(() => read(changed)).toThrow(message);
  });

  it("has to be there", () => {
    expect(() => shippedPublished().numbers("absent")).toThrow(/absent\.yaml: there is no such file/);
  });
});
