import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import { describe, expect, it } from "vitest";
import { catalogInputs } from "../../../explore/engine/catalog-inputs.ts";
import { type FrontSoFar, Progress } from "../../../explore/engine/progress.ts";
import { runSweep } from "../../../explore/engine/run.ts";
import { type FrontSummary, frontSummary } from "../../../explore/report/front-summary.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";
import { sharedPool, sweepText, temporaryFolder, writeSweep } from "./fixture.ts";

/** Runs a sweep and asks for the front after every chunk of the last phase. */
const watched = async (text: string): Promise<{ fronts: FrontSoFar[]; summary: FrontSummary }> => {
  const folder = temporaryFolder();
  const file = writeSweep(folder, text);
  writeFileSync(
    join(folder, "second.yaml"),
    readFileSync(join(folder, "tiny.yaml"), "utf8").replace("name: tiny", "name: second"),
  );
  let fronts: FrontSoFar[] = [];
  const progress = Progress.of({
    begin: () => Effect.sync(() => (fronts = [])),
    advance: (_, front) => Effect.sync(() => front && fronts.push(front())),
    end: Effect.void,
  });
  const options = { results: join(folder, "results"), fresh: false, failFast: false, storedOnly: false };
  const run = await runSweep(parseSweep(text, { file }), { text, file }, options).pipe(
    Effect.provide(
      Layer.mergeAll(await sharedPool(), catalogInputs(file), Layer.succeed(Progress, progress)),
    ),
    Effect.runPromise,
  );
  return { fronts, summary: (await frontSummary(run)) as FrontSummary };
};

describe("the front so far", () => {
  for (const more of [
    "",
    "fidelity: staged",
    // Nothing beats the first reference, some designs the second.
    "referencePoint: { throughput_ips: 1e30 }",
    "referencePoint: { throughput_ips: 1, area_mm2: 1 }",
    // No design is on a front.
    "require: ['area_mm2 < 0']",
  ]) {
    it(`ends as that of the finished run: ${more}`, async () => {
      const { fronts, summary } = await watched(sweepText(more));
      expect(fronts.length).toBeGreaterThan(0);
      expect(fronts.at(-1)).toEqual({ designs: summary.front, hypervolume: summary.hypervolume });
    });
  }

  it("has no volume where every network has its own, unless there is one alone", async () => {
    const { fronts } = await watched(sweepText("aggregate: each"));
    expect(fronts.at(-1)!.hypervolume).toBeGreaterThan(0);
    const objectives = "objectives: [{ minimize: 1 / (area_mm2 - area_mm2) }, { minimize: energy_J }]";
    // Infinitely bad designs are on no front.
    const { fronts: infeasible } = await watched(sweepText().replace(/objectives: .*/, objectives));
    expect(infeasible.at(-1)).toEqual({ designs: 0, hypervolume: 0 });
    const networks = sweepText("aggregate: each").replace("[tiny]", "[tiny, second]");
    const both = await watched(networks);
    expect(both.fronts.at(-1)!.hypervolume).toBeUndefined();
    const members = Object.values(both.summary as unknown as Record<string, FrontSummary>);
    expect(both.fronts.at(-1)!.designs).toBe(members.reduce((sum, { front }) => sum + front, 0));
  });
});
