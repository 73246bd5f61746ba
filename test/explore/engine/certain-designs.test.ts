import { describe, expect, it } from "vitest";
import { cycleCauses } from "../../../core/model/cycle-breakdown.ts";
import { energyParts } from "../../../core/model/energy.ts";
import { metrics } from "../../../core/model/metrics.ts";
import { visitDesigns } from "../../../explore/engine/designs.ts";
import type { Run } from "../../../explore/engine/run.ts";
import { runText, sweepText, temporaryFolder } from "./fixture.ts";

const at = (name: string): number => 1 + metrics.findIndex((metric) => metric.name === name);

/** A sweep whose memory's background power is uncertain beside what waiting elements take. */
const text = (fidelity: string, extra = ""): string => sweepText(`fidelity: ${fidelity}\n${extra}`);

/** Every evaluated design: index, throughput, energy and area at both ends. */
const designsOf = async (run: Run) => {
  const rows: { index: number; throughput: number; energy: number[]; area: number[] }[] = [];
  await visitDesigns(run, (columns) => {
    for (let row = 0; row < columns[0].length; row++) {
      const value = (name: string): number => columns[at(name)][row];
      rows.push({
        index: columns[0][row],
        throughput: value("throughput_ips"),
        energy: [value("energyLow_J"), value("energyHigh_J")],
        area: [value("areaLow_mm2"), value("areaHigh_mm2")],
      });
    }
  });
  return rows;
};

const indices = (run: Run): number[] => run.fronts[0].rows.map(([index]) => index);

describe("certain designs", () => {
  it("are those that no other design at its best dominates at their worst", async () => {
    const seen = { certain: 0, left: 0, open: 0 };
    const narrow =
      "components: { dram.ddr3.background: { value: 0.5, unit: W, source: tried, mark: derived, range: [0.499999, 0.500001] } }";
    for (const [parameters, extra] of [
      ["  sync: { choice: [lockstep, independent] }\n  idleShare: { choice: [0.5, 0.35] }\n", ""],
      ["", 'require: ["area_mm2 <= 0.35"]'],
      ["  idleShare: { choice: [0.4, 0.2] }\n", narrow],
    ]) {
      const here = text("cycle", extra)
        .replace("parameters:\n", `parameters:\n${parameters}`)
        .replace("baseline: { ", extra === narrow ? "baseline: { idleShare: 0.4, " : "baseline: { ");
      const run = await runText(temporaryFolder(), here);
      const designs = (await designsOf(run)).filter(
        ({ area }) => !extra.startsWith("require") || area[0] <= 0.35,
      );
      const expected = indices(run).filter((index) => {
        const own = designs.find((design) => design.index === index)!;
        return !designs.some(
          (other) =>
            other.index !== index &&
            other.throughput >= own.throughput &&
            other.energy[0] <= own.energy[1] &&
            other.area[0] <= own.area[1] &&
            (other.throughput > own.throughput ||
              other.energy[0] < own.energy[1] ||
              other.area[0] < own.area[1]),
        );
      });
      const [{ certain, atEnds }] = run.evidence!.fronts;
      expect(certain).toEqual(expected);
      const onFrontAt = (end: number): number[] => {
        const met = designs.filter(({ area }) => !extra.startsWith("require") || area[end] <= 0.35);
        return indices(run).filter((index) => {
          const own = met.find((design) => design.index === index);
          return (
            own !== undefined &&
            !met.some(
              (other) =>
                other.throughput >= own.throughput &&
                other.energy[end] <= own.energy[end] &&
                other.area[end] <= own.area[end] &&
                (other.throughput > own.throughput ||
                  other.energy[end] < own.energy[end] ||
                  other.area[end] < own.area[end]),
            )
          );
        });
      };
      const high = new Set(onFrontAt(1));
      expect(atEnds).toEqual(onFrontAt(0).filter((index) => high.has(index)));
      expect(atEnds).toEqual(expect.arrayContaining([...certain]));
      seen.certain += certain.length;
      seen.left += indices(run).length - atEnds.length;
      seen.open += atEnds.length - certain.length;
    }
    // Some are certain, some leave the front at an end, and some stay at the ends without being certain.
    for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(0);
  });

  it("are on the front wherever the uncertain numbers really lie, and at the ends those that are said to be", async () => {
    const { evidence } = await runText(temporaryFolder(), text("cycle"));
    for (const [background, idleShare] of [
      [0.15, 0.1],
      [0.7, 1],
      [0.15, 1],
      [0.7, 0.1],
      [0.3, 0.7],
    ]) {
      const here = text(
        "cycle",
        `components: { dram.ddr3.background: { value: ${background}, unit: W, source: tried, mark: derived } }`,
      ).replace("parameters:\n", `parameters:\n  idleShare: ${idleShare}\n`);
      const run = await runText(
        temporaryFolder(),
        here.replace("baseline: { ", `baseline: { idleShare: ${idleShare}, `),
      );
      expect(run.evaluator.plan.technology.dram.ddr3.background.value).toBe(background);
      const [{ certain, atEnds }] = evidence!.fronts;
      expect(indices(run)).toEqual(expect.arrayContaining([...certain]));
      const isEnd = (background === 0.15 && idleShare === 0.1) || (background === 0.7 && idleShare === 1);
      if (isEnd) expect(indices(run)).toEqual(expect.arrayContaining([...atEnds]));
    }
  });

  it("are no more in a staged sweep, whose other designs count with the least run time they can take", async () => {
    const staged = await runText(temporaryFolder(), text("staged"));
    const full = await runText(temporaryFolder(), text("cycle"));
    expect(staged.traced).toBeLessThan(full.traced);
    for (const kind of ["certain", "atEnds"] as const) {
      const [here, there] = [staged, full].map((run) => run.evidence!.fronts[0][kind]);
      expect(there).toEqual(expect.arrayContaining([...here]));
    }
    expect(staged.evidence!.fronts[0].atEnds.length).toBeGreaterThan(0);
  });

  it("are the whole front where nothing is uncertain", async () => {
    const sure = `components: { dram.ddr3.background: { value: 0.5, unit: W, source: tried, mark: derived } }`;
    const here = text("analytical", sure)
      .replace("parameters:\n", "parameters:\n  idleShare: 0.4\n")
      .replace("baseline: { ", "baseline: { idleShare: 0.4, ");
    const run = await runText(temporaryFolder(), here);
    expect(run.evidence!.fronts).toEqual([{ certain: indices(run), atEnds: indices(run) }]);
  });
});

describe("the evidence of a front", () => {
  it("adds up to energy and latency of each design, and says what it rests on", async () => {
    const folder = temporaryFolder();
    const run = await runText(folder, text("staged"));
    for (const row of run.fronts[0].rows) {
      const { mark, networks } = run.evidence!.designs[row[0]];
      expect(mark).toBe("remembered");
      const [{ energy, cycles }] = networks;
      const joules = energyParts.reduce((sum, part) => sum + energy[part], 0);
      expect(joules / row[at("energy_J")]).toBeCloseTo(1, 9);
      const { configuration } = run.evaluator.space.pointAt(row[0])!;
      const all = cycleCauses.reduce((sum, cause) => sum + cycles![cause], 0);
      expect(all / (row[at("latency_s")] * Number(configuration.clock) * 1e9)).toBeCloseTo(1, 9);
    }
    // From stored points the same, without statistics.
    const again = await runText(folder, text("staged"), { storedOnly: true });
    expect(again.evidence).toEqual(run.evidence);
  });

  it("knows no schedule where the analytical model decides", async () => {
    const run = await runText(temporaryFolder(), text("analytical"));
    const [first] = Object.values(run.evidence!.designs);
    expect(first.networks[0].cycles).toBeUndefined();
    expect(first.networks[0].energy.total_J).toBeGreaterThan(0);
  });
});
