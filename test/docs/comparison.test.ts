import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { describe, expect, it } from "vitest";
import { machines } from "../../core/machines/registry.ts";
import { readShippedSweep } from "../../docs/fig7.ts";
import { pagedMachines } from "../../docs/machine-pages.ts";
import { readFig7 } from "../../docs/recorded-fig7.ts";
import { readMap } from "../../docs/recorded-map.ts";
import { loadTechnology } from "../../explore/catalog/technology.ts";
import { sizedTo, takenOf } from "../../explore/compare/basis.ts";
import { breakEvenMap } from "../../explore/compare/break-even.ts";
import { machineDesigns } from "../../explore/compare/machine-designs.ts";
import { catalogInputs } from "../../explore/engine/catalog-inputs.ts";
import { silentProgress } from "../../explore/engine/progress.ts";
import { wonBy } from "../../explore/report/break-even-text.ts";
import { sharedPool, temporaryFolder } from "../explore/engine/fixture.ts";

const page = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), "utf8");

describe("the pages of the machines", () => {
  it("are there for each, and linked from the list", () => {
    expect(pagedMachines()).toEqual(Object.keys(machines).sort());
    for (const name of Object.keys(machines)) {
      expect(page("machines.md")).toContain(`(machines/${name}.md)`);
      const text = page(`machines/${name}.md`);
      for (const part of ["parameters", "published", "checks", "leaves out"])
        expect(text).toContain(`<!-- begin ${part} -->`);
      for (const sentence of machines[name].leavesOut) expect(text).toContain(sentence);
    }
  });
});

describe("the recorded comparison", () => {
  it("has the sizes that the basis gives today", async () => {
    const technology = await loadTechnology();
    for (const recorded of await readFig7()) {
      const { sweep } = await readShippedSweep(recorded.name);
      const [first, ...others] = machineDesigns(sweep);
      const budget = takenOf("iso-area", machines[first.machine], first.configuration, technology);
      for (const { machine, configuration } of others) {
        const found = sizedTo("iso-area", budget, machines[machine], configuration, technology);
        const { title, sizeParameter } = machines[machine];
        const size = recorded.machines.find((one) => one.title === title)?.size;
        expect([title, size]).toEqual([
          title,
          "configuration" in found ? `${sizeParameter} ${found.configuration[sizeParameter]}` : found.problem,
        ]);
      }
    }
  });

  it("has the places of the map that the models give today, and they say what the page says", async () => {
    const recorded = await readMap();
    expect(new Set(recorded.places.map(({ winner }) => winner))).toEqual(new Set(["MAC array"]));
    const { sweep, file } = await readShippedSweep("break-even");
    const parameters = sweep.space.parameters.map((parameter) =>
      parameter.name === "laneWidth"
        ? { ...parameter, values: [64] }
        : parameter.name === "precision"
          ? { ...parameter, values: ["fixed8"] }
          : parameter,
    );
    const [network] = sweep.networks;
    const small = {
      ...sweep,
      networks: [{ ...network, use: "synthetic-small" }],
      space: { ...sweep.space, parameters },
    };
    const layers = Layer.mergeAll(await sharedPool(), catalogInputs(file), silentProgress);
    const map = await Effect.runPromise(
      breakEvenMap(small, "iso-area", temporaryFolder()).pipe(Effect.provide(layers)),
    );
    for (const place of map.places) {
      const { winner, factor } = wonBy(place, map);
      const known = recorded.places.find(
        (one) => one.precision === "fixed8" && one.value === 64 && one.density === place.density,
      );
      expect([place.density, winner, Number(factor.toPrecision(6))]).toEqual([
        place.density,
        known?.winner,
        known?.factor,
      ]);
    }
  });
});
