import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Run } from "../../../explore/engine/run.ts";
import { writeFrontCsv } from "../../../explore/report/write-front.ts";
import { runText, temporaryFolder } from "./fixture.ts";

/** A network of one layer, with a name and weights of its own. */
const networkText = (name: string, seed: number, more = ""): string => `
version: 1
name: ${name}
description: One layer for tests.
synthetic:
  seed: ${seed}
  sigma: 0.1
  layers:
    - { name: only, kind: convolution, filters: 20, channels: 6, input: [16, 16], kernel: [3, 3]${more} }
`;

/** A folder with networks beside tiny: other, third, twin of other under its own name, and one that calls itself tiny. */
const folderWithNetworks = (): string => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "other.yaml"), networkText("other", 6));
  writeFileSync(join(folder, "third.yaml"), networkText("third", 7, ", stride: [2, 2]"));
  writeFileSync(join(folder, "twin.yaml"), networkText("twin", 6));
  writeFileSync(join(folder, "impostor.yaml"), networkText("tiny", 8));
  return folder;
};

interface Parts {
  readonly fidelity: string;
  readonly networks: string;
  readonly pes: string;
  readonly clock: string;
  readonly objectives: string;
  readonly more: string;
}

/** A sweep of a few designs. */
const sweep = (parts: Partial<Parts> = {}): string => `
version: 1
name: small
seed: 3
networks: ${parts.networks ?? "[tiny]"}
machine: bitlet
fidelity: ${parts.fidelity ?? "analytical"}
parameters:
  pes: ${parts.pes ?? "{ choice: [2, 8] }"}
  precision: { choice: [fixed8, fixed4] }
  activationBuffer: 32
  clock: ${parts.clock ?? "{ choice: [0.25, 0.5, 1] }"}
objectives: ${parts.objectives ?? "[{ maximize: throughput_ips }, { minimize: energy_J }, { minimize: area_mm2 }]"}
${parts.more ?? ""}`;

/** The stored front and points of a run, as bytes. */
const files = async (run: Run): Promise<Record<string, string>> => {
  await writeFrontCsv(run);
  const points = readdirSync(join(run.directory, "points")).sort();
  const read = (path: string): string => readFileSync(join(run.directory, path)).toString("latin1");
  return Object.fromEntries(
    ["front.csv", ...points.map((name) => join("points", name))].map((path) => [path, read(path)]),
  );
};

/** Runs the sweeps one after another in one folder, and the last one alone: both must end the same. */
const chain = async (...texts: readonly string[]): Promise<{ readonly last: Run; readonly alone: Run }> => {
  const folder = folderWithNetworks();
  for (const text of texts.slice(0, -1)) await runText(folder, text);
  const last = await runText(folder, texts.at(-1)!);
  const alone = await runText(folderWithNetworks(), texts.at(-1)!);
  expect(await files(last)).toEqual(await files(alone));
  expect(last.points).toBe(alone.points);
  expect(last.failed).toBe(alone.failed);
  expect(last.baseline).toEqual(alone.baseline);
  expect(existsSync(join(last.directory, "earlier"))).toBe(false);
  return { last, alone };
};

describe("a sweep that is edited again and again", () => {
  for (const fidelity of ["analytical", "cycle", "staged"]) {
    it(`moves designs between the grid and the added ones: ${fidelity}`, async () => {
      const points = "points: [{ pes: 8, precision: fixed8, activationBuffer: 32, clock: 0.5 }]";
      const { last } = await chain(
        sweep({ fidelity }),
        // The added design stands in the grid too, where the constraint excludes it.
        sweep({
          fidelity,
          networks: "[tiny, other]",
          more: `${points}\nconstraints: ["pes < 8 || precision != 'fixed8' || clock != 0.5"]`,
        }),
      );
      expect(last.stored + last.evaluated).toBe(12);
      await chain(
        sweep({ fidelity, clock: "{ choice: [0.25, 1] }", more: points }),
        sweep({ fidelity, networks: "[other, tiny]", more: points }),
      );
    });
  }

  it("goes from one fidelity to the next", async () => {
    const fidelities = ["analytical", "staged", "cycle"];
    await chain(...fidelities.map((fidelity) => sweep({ fidelity })));
  });

  it("changes the baseline alone, and the order of added designs", async () => {
    const baseline = (pes: number): string =>
      `baseline: { pes: ${pes}, precision: fixed8, activationBuffer: 32, clock: 1 }`;
    const [one, two] = [
      "{ pes: 4, activationBuffer: 32, precision: fixed8 }",
      "{ pes: 16, activationBuffer: 32, precision: fixed4 }",
    ];
    for (const fidelity of ["analytical", "staged"]) {
      await chain(
        sweep({ fidelity, more: `${baseline(2)}\npoints: [${one}, ${two}]` }),
        sweep({ fidelity, more: `${baseline(8)}\npoints: [${two}, ${one}]` }),
      );
    }
    const folder = folderWithNetworks();
    await runText(folder, sweep({ more: `${baseline(2)}\npoints: [{ pes: 2, batch: 2 }]` }));
    await expect(runText(folder, sweep({ more: baseline(2) }))).rejects.toThrow(
      /designs that this one has not, such as .*batch 2;/,
    );
  });

  for (const [aggregate, fidelity] of [
    ["geomean", "staged"],
    ["sum", "cycle"],
    ["worst", "staged"],
    ["each", "staged"],
  ]) {
    it(`weighs, orders and adds networks: ${aggregate}, ${fidelity}`, async () => {
      const more = `aggregate: ${aggregate}`;
      await chain(
        sweep({ fidelity, networks: "[tiny, other]", more: "aggregate: sum" }),
        sweep({ fidelity, networks: "[other, { use: tiny, weight: 3 }]", more }),
        sweep({ fidelity, networks: "[twin, third, { use: tiny, weight: 2 }, other]", more }),
      );
    });
  }

  it("joins expressions and other objectives in a staged sweep", async () => {
    const two = "[tiny, other]";
    const objectives = "[{ minimize: energy_J * latency_s }, { minimize: area_mm2 }]";
    await chain(
      sweep({ fidelity: "staged", networks: two }),
      sweep({ fidelity: "staged", networks: two, objectives }),
      sweep({ fidelity: "staged", networks: two, more: "require: ['throughput_ips > 1']" }),
    );
  });

  it("goes on where weights of fewer bits are allowed no more and there are none", async () => {
    const folder = folderWithNetworks();
    await runText(folder, sweep({ networks: "[{ use: tiny, allowUpcast: true }]" }));
    const after = await runText(folder, sweep());
    expect(after.failed).toBe(0);
    expect([after.evaluated, after.stored]).toEqual([0, 12]);
    const alone = await runText(folderWithNetworks(), sweep());
    expect(await files(after)).toEqual(await files(alone));
  });

  it("refuses two networks of one name, and a network that was renamed", async () => {
    const folder = folderWithNetworks();
    const before = await runText(folder, sweep());
    const manifest = readFileSync(join(before.directory, "manifest.json"), "utf8");
    await expect(runText(folder, sweep({ networks: "[tiny, impostor]" }))).rejects.toThrow(
      /impostor: .*tiny.*/,
    );
    await expect(runText(folder, sweep({ networks: "[impostor]" }))).rejects.toThrow(/network tiny/);
    writeFileSync(join(folder, "renamed.yaml"), networkText("renamed", 5));
    await expect(runText(folder, sweep({ networks: "[renamed]" }))).rejects.toThrow(/network tiny .*absent/);
    // Nothing was moved or lost by that.
    expect(readFileSync(join(before.directory, "manifest.json"), "utf8")).toBe(manifest);
    const again = await runText(folder, sweep());
    expect([again.unchanged, again.evaluated]).toEqual([true, 0]);
  });
});

describe("an extension that was cut short", () => {
  const more = sweep({ pes: "{ choice: [2, 4, 8] }" });

  it("goes on, whatever of its parts is left", async () => {
    const folder = folderWithNetworks();
    const text = sweep({ clock: "{ linear: [0.02, 1], steps: 50 }" });
    const wide = text.replace("[2, 8]", "[4, 2, 8]");
    const first = await runText(folder, text);
    const { directory } = first;
    mkdirSync(join(directory, "earlier"));
    renameSync(join(directory, "points"), join(directory, "earlier/points"));
    writeFileSync(
      join(directory, "earlier/manifest.json"),
      readFileSync(join(directory, "manifest.json"), "utf8"),
    );
    // Opened and no further: the manifest is not yet the new sweep's.
    mkdirSync(join(directory, "points"));
    const extended = await runText(folder, wide);
    expect(extended.stored).toBe(first.points);
    const alone = await runText(folderWithNetworks(), wide);
    expect(await files(extended)).toEqual(await files(alone));
    expect(existsSync(join(directory, "earlier"))).toBe(false);
  });

  it("takes both what it had moved and what the sweep as it was has evaluated since", async () => {
    const folder = folderWithNetworks();
    const text = sweep({ clock: "{ linear: [0.02, 1], steps: 50 }" });
    const { directory, points } = await runText(folder, text);
    const parts = readdirSync(join(directory, "points")).sort();
    expect(parts.length).toBeGreaterThan(2);
    mkdirSync(join(directory, "earlier/points"), { recursive: true });
    writeFileSync(
      join(directory, "earlier/manifest.json"),
      readFileSync(join(directory, "manifest.json"), "utf8"),
    );
    // One part in both folders.
    for (const name of parts.slice(1)) {
      renameSync(join(directory, "points", name), join(directory, "earlier/points", name));
    }
    writeFileSync(
      join(directory, "points", parts[1]),
      readFileSync(join(directory, "earlier/points", parts[1])),
    );
    const wide = text.replace("[2, 8]", "[4, 2, 8]");
    const extended = await runText(folder, wide);
    expect(extended.stored).toBe(points);
    expect(await files(extended)).toEqual(await files(await runText(folderWithNetworks(), wide)));
  });

  it("is finished first: neither the sweep before nor one after it is run in between", async () => {
    const folder = folderWithNetworks();
    const first = await runText(folder, sweep());
    const { directory } = first;
    const before = readFileSync(join(directory, "manifest.json"), "utf8");
    const stored = readdirSync(join(directory, "points")).map(
      (name) => [name, readFileSync(join(directory, "points", name))] as const,
    );
    await runText(folder, more);
    const manifest = readFileSync(join(directory, "manifest.json"), "utf8");
    const leaveEarlier = (status: string): void => {
      mkdirSync(join(directory, "earlier/points"), { recursive: true });
      for (const [name, bytes] of stored) writeFileSync(join(directory, "earlier/points", name), bytes);
      writeFileSync(join(directory, "earlier/manifest.json"), before);
      writeFileSync(
        join(directory, "manifest.json"),
        manifest.replace('"status": "finished"', `"status": "${status}"`),
      );
    };
    leaveEarlier("interrupted");
    rmSync(join(directory, "points"), { recursive: true });
    await expect(runText(folder, sweep())).rejects.toThrow(/designs that this one has not, such as pes 4/);
    const most = sweep({ pes: "{ choice: [1, 2, 4, 8] }" });
    await expect(runText(folder, most)).rejects.toThrow(/still being extended/);
    const finished = await runText(folder, more);
    expect(finished.stored).toBe(first.points);
    // Finished but for the removal of what was taken over.
    leaveEarlier("finished");
    const extended = await runText(folder, most);
    expect(extended.stored).toBe(finished.points);
    expect(await files(extended)).toEqual(await files(await runText(folderWithNetworks(), most)));
  });
});

describe("a staged run", () => {
  it("takes no part of another list of designs for its own", async () => {
    const [folder, elsewhere] = [folderWithNetworks(), folderWithNetworks()];
    const objectives = "[{ minimize: energy_J * latency_s }, { minimize: area_mm2 }]";
    const run = await runText(folder, sweep({ fidelity: "staged" }));
    const expected = await files(run);
    const other = await runText(elsewhere, sweep({ fidelity: "staged", objectives }));
    expect(other.traced).not.toBe(run.traced);
    for (const { directory } of [run, other]) {
      for (const name of readdirSync(join(directory, "points"))) {
        if (!name.startsWith("cycle")) continue;
        const path = join(directory, "points", name);
        if (directory === run.directory) rmSync(path);
        else writeFileSync(join(run.directory, "points", name), readFileSync(path));
      }
    }
    const again = await runText(folder, sweep({ fidelity: "staged" }));
    for (const name of readdirSync(join(run.directory, "points"))) {
      if (name.endsWith(".damaged")) rmSync(join(run.directory, "points", name));
    }
    expect(await files(again)).toEqual(expected);
  });
});

describe("plots", () => {
  it("are those of the fronts that the sweep has now", async () => {
    const folder = folderWithNetworks();
    const names = (run: Run): string[] => {
      const plots = join(run.directory, "plots");
      return existsSync(plots) ? readdirSync(plots).sort() : [];
    };
    const networks = "[tiny, other]";
    const each = await runText(folder, sweep({ networks, more: "aggregate: each" }), { publish: true });
    expect(names(each)).toContain("throughput-energy-tiny.png");
    const joined = await runText(folder, sweep({ networks }), { publish: true });
    const alone = await runText(folderWithNetworks(), sweep({ networks }), { publish: true });
    expect(names(joined)).toEqual(names(alone));
    const none = await runText(folder, sweep({ networks, more: "require: ['area_mm2 < 0']" }), {
      publish: true,
    });
    expect(none.fronts[0].rows).toEqual([]);
    expect(names(none)).toEqual([]);
  });
});
