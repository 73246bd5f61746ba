import fc from "fast-check";
import { expect, test } from "vitest";
import { withUniqueNames } from "../../../core/workloads/unique-names.ts";

const named = (...names: string[]) => names.map((name) => ({ name }));

test("a name that is taken gets a number", () => {
  expect(withUniqueNames(named("a", "b", "a", "a"))).toEqual(named("a", "b", "a#2", "a#3"));
});

test("a number does not take the name that another layer has from its file", () => {
  expect(withUniqueNames(named("a", "a", "a#2", "a"))).toEqual(named("a", "a#3", "a#2", "a#4"));
});

test("names are unique, first holders keep theirs, and nothing else changes", () => {
  const names = fc.array(fc.constantFrom("a", "a#2", "a#2#2", "b", "a#3"), { maxLength: 12 });
  fc.assert(
    fc.property(names, (given) => {
      const layers = given.map((name, index) => ({ name, index }));
      const unique = withUniqueNames(layers);
      expect(new Set(unique.map(({ name }) => name)).size).toBe(given.length);
      for (const [index, layer] of unique.entries()) {
        expect(layer.index).toBe(index);
        if (given.indexOf(given[index]) === index) expect(layer.name).toBe(given[index]);
        else expect(layer.name).toMatch(new RegExp(`^${given[index]}#\\d+$`));
      }
    }),
  );
});
