import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { describe, expect, it } from "vitest";
import { breakEvenMap, mapDensities } from "../../../explore/compare/break-even.ts";
import { compareMachines } from "../../../explore/compare/compare-machines.ts";
import { comparisonTerms, geometricMean, ratioNames, ratiosTo } from "../../../explore/compare/ratios.ts";
import { catalogInputs } from "../../../explore/engine/catalog-inputs.ts";
import { silentProgress } from "../../../explore/engine/progress.ts";
import { renderPlot } from "../../../explore/plots/render.ts";
import { breakEvenText, wonBy } from "../../../explore/report/break-even-text.ts";
import { comparisonText } from "../../../explore/report/comparison-text.ts";
import { mapPlot } from "../../../explore/report/write-break-even.ts";
import { comparisonBars } from "../../../explore/report/write-comparison.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { networkText, sharedPool, temporaryFolder } from "../engine/fixture.ts";

const text = (parameters: string, machine = "[bitlet, mac-array, stripes, eyeriss]"): string => `version: 1
name: compared
seed: 3
networks: [tiny]
machine: ${machine}
parameters: ${parameters}
objectives: [{ maximize: throughput_ips }, { minimize: area_mm2 }]
`;

/** Runs an effect of a sweep on a small network. */
const on = async <A, E>(
  source: string,
  effect: (sweep: ReturnType<typeof parseSweep>, cache: string) => Effect.Effect<A, E, never>,
): Promise<A> => {
  const folder = temporaryFolder();
  const file = join(folder, "compared.yaml");
  writeFileSync(join(folder, "tiny.yaml"), networkText);
  writeFileSync(file, source);
  const layers = Layer.mergeAll(await sharedPool(), catalogInputs(file), silentProgress);
  const provided = Effect.provide(effect(parseSweep(source, { file }), folder) as never, layers);
  return Effect.runPromise(provided as Effect.Effect<A, E>);
};

const compared = (source: string, basis: Parameters<typeof compareMachines>[1]) =>
  on(source, (sweep, cache) => compareMachines(sweep, basis, cache) as never) as Promise<
    Effect.Success<ReturnType<typeof compareMachines>>
  >;

describe("compareMachines", () => {
  it("gives every machine the budget of the first, and says what every number stands on", async () => {
    const found = await compared(text("{ costSource: gates, precision: fixed8, pes: 8 }"), "iso-area");
    const [bitlet, macs, stripes, eyeriss] = found.machines;
    expect(found.machines.map(({ machine }) => machine)).toEqual([
      "bitlet",
      "mac-array",
      "stripes",
      "eyeriss",
    ]);
    expect(bitlet.size).toEqual({ parameter: "pes", value: 8 });
    expect(bitlet.area_mm2).toBeCloseTo(found.budget, 12);
    for (const machine of found.machines)
      expect(machine.area_mm2).toBeLessThanOrEqual(found.budget * (1 + 1e-9));
    // The factors for layout hold for both netlists and not for silicon, so that they cancel between the first two.
    expect(found.layout).toMatchObject({ power: 1.5 });
    // By hand: 149,604 GE an element of Bitlet, 54,012 of the array: 8 · 149,604 / 54,012 = 22.2.
    expect(macs.size.value).toBe(22);
    expect(stripes.size.parameter).toBe("tiles");
    expect(eyeriss.costs).toContain("since costSource gates has none");
    for (const ratio of ratioNames) {
      expect(
        ratiosTo(found, bitlet, ratio)
          .filter((value) => !Number.isNaN(value))
          .every((value) => value === 1),
      ).toBe(true);
    }
    // An 8-bit array has far more multiply–accumulates in the same area.
    expect(ratiosTo(found, macs, "speedup")[0]).toBeGreaterThan(20);
    const [speedup] = ratiosTo(found, macs, "speedup");
    expect(ratiosTo(found, macs, "areaEfficiency")[0]).toBeCloseTo(
      (speedup * bitlet.area_mm2) / macs.area_mm2,
      9,
    );
    const said = comparisonText(found);
    for (const line of said
      .split("\n")
      .filter((one) => /^(Comparison|Machines|Speedup|Energy|Area)/.test(one))) {
      expect(line).toContain(comparisonTerms(found));
    }
    const { svg } = await renderPlot(comparisonBars(found, "speedup"));
    expect(svg).toContain("basis iso-area");
  });

  it("counts pairs side by side on iso-lanes: a size more would exceed them", async () => {
    const found = await compared(
      text("{ costSource: gates, precision: fixed8, pes: 8 }", "[bitlet, mac-array, eyeriss]"),
      "iso-lanes",
    );
    expect(found.budget).toBe(512);
    expect(found.machines.map(({ lanes }) => lanes)).toEqual([512, 512, 504]);
  });

  it("names machines without a size, and networks that a machine cannot run", async () => {
    const found = await compared(
      text(
        "{ costSource: gates, precision: { choice: [float32], when: \"machine == 'bitlet'\" }, pes: 1, bufferBandwidth: 6.4, activationBuffer: 1 }",
        "[bitlet, stripes]",
      ),
      "iso-area",
    );
    expect(found.machines.map(({ machine }) => machine)).toEqual(["bitlet"]);
    expect(found.excluded[0].problem).toContain("tiles 1 of stripes takes");
    const [network] = found.machines[0].networks;
    expect(network.compute_s).toBeGreaterThan(0);
    expect(network.whole_s).toBeNaN();
    expect(network.problems[0]).toContain("activationBuffer");
    expect(comparisonText(found)).toContain("activationBuffer");
  });

  it("refuses a sweep that is no comparison", async () => {
    const several = compared(
      text("{ costSource: gates, precision: fixed8, pes: { choice: [8, 16] } }"),
      "iso-area",
    );
    await expect(several).rejects.toThrow(/parameters\.pes has 2 values; expected one/);
    const limited = compared(
      `${text("{ costSource: gates, precision: fixed8 }")}constraints: ["pes <= 4"]\n`,
      "iso-area",
    );
    await expect(limited).rejects.toThrow(/constraints: expected none in a comparison/);
    const nodes = compared(
      text(
        "{ costSource: gates, precision: fixed8, node: { choice: [65], when: \"machine == 'stripes'\" } }",
      ),
      "iso-area",
    );
    await expect(nodes).rejects.toThrow(/stripes is at 65 nm and bitlet at 28 nm; expected one node for all/);
    const mixed = compared(
      text('{ costSource: gates, precision: { default: fixed8, "first": fixed16 } }'),
      "iso-area",
    );
    await expect(mixed).rejects.toThrow(/precision differs between layers; expected one format/);
    // Bitlet's gates are those of 1 GHz: at 9 GHz the first machine cannot run, and nothing is left to compare with.
    const fast = compared(
      text("{ costSource: gates, precision: fixed8, clock: { choice: [9], when: \"machine == 'bitlet'\" } }"),
      "iso-area",
    );
    await expect(fast).rejects.toThrow(/bitlet: clock of 9 GHz/);
    const single = compared(text("{ precision: fixed8 }", "bitlet"), "iso-area");
    await expect(single).rejects.toThrow(/expected a list of two machines/);
  });
});

describe("geometricMean", () => {
  it("is one of all networks or none", () => {
    expect(geometricMean([2, 8])).toBeCloseTo(4, 12);
    expect(geometricMean([2, 8, Number.NaN])).toBeNaN();
  });
});

describe("breakEvenMap", () => {
  it("has every density, lane width and precision, networks at their own density, and no machine in another precision", async () => {
    const map = (await on(
      text(
        "{ costSource: gates, pes: 4, laneWidth: { choice: [16, 64], when: \"machine != 'stripes'\" }, precision: { choice: [float32, fixed8], when: \"machine != 'stripes'\" } }",
        "[bitlet, mac-array, stripes]",
      ),
      (sweep, cache) => breakEvenMap(sweep, "iso-area", cache) as never,
    )) as Effect.Success<ReturnType<typeof breakEvenMap>>;
    expect(map.places).toHaveLength(2 * 2 * mapDensities.length);
    expect(map.networks.map(({ network, precision, value }) => `${network} ${precision} ${value}`)).toEqual([
      "tiny float32 16",
      "tiny float32 64",
      "tiny fixed8 16",
      "tiny fixed8 64",
    ]);
    for (const { precision, contenders } of map.places) {
      expect(contenders.map(({ seconds }) => seconds)).toEqual(
        contenders.map(({ seconds }) => seconds).sort((a, b) => a - b),
      );
      if (precision === "float32") expect(contenders.map(({ machine }) => machine)).not.toContain("stripes");
    }
    expect(map.remarks).toContain("Stripes does not take float32");
    // Bitlet takes the longer, the more ones its weights have; the array does not care.
    const seconds = (machine: string, density: number): number =>
      map.places
        .find((place) => place.precision === "fixed8" && place.value === 64 && place.density === density)!
        .contenders.find((one) => one.machine === machine)!.seconds;
    expect(seconds("bitlet", 0.6)).toBeGreaterThan(seconds("bitlet", 0.1));
    expect(seconds("mac-array", 0.6)).toBe(seconds("mac-array", 0.1));
    const place = map.places[0];
    const { winner, factor } = wonBy(place, map);
    expect(winner).toBe("MAC array");
    expect(factor).toBeCloseTo(
      place.contenders.find(({ machine }) => machine === "bitlet")!.seconds / place.contenders[0].seconds,
      12,
    );
    // Half of the drawn fraction bits of a float weight are ones, and of trained-like weights too.
    expect(map.networks[0].density).toBeGreaterThan(0.45);
    expect(map.networks[0].density).toBeLessThan(0.55);
    expect(breakEvenText(map)).toContain("basis iso-area");
    const { svg } = await renderPlot(mapPlot(map));
    expect(svg).toContain("tiny (synthetic)");
  });
});
