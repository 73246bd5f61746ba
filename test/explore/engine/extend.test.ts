import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Run } from "../../../explore/engine/run.ts";
import { writeFrontCsv } from "../../../explore/report/write-front.ts";
import { runText, sweepText, temporaryFolder } from "./fixture.ts";

/** The stored front and points of a run, as bytes. */
const files = async (run: Run): Promise<Record<string, string>> => {
  await writeFrontCsv(run);
  const points = readdirSync(join(run.directory, "points")).sort();
  const read = (path: string): string => readFileSync(join(run.directory, path)).toString("latin1");
  return Object.fromEntries(
    ["front.csv", ...points.map((name) => join("points", name))].map((path) => [path, read(path)]),
  );
};

/** Another network beside tiny. */
const otherNetwork = `
version: 1
name: other
description: One more layer for tests.
synthetic:
  seed: 6
  sigma: 0.1
  layers:
    - { name: only, kind: convolution, filters: 20, channels: 6, input: [16, 16], kernel: [3, 3] }
`;

/**
 * Runs `before`, then `after` in the same folder, and `after` alone in another: the folder must end the same. Answers with
 * the runs.
 */
const extend = async (before: string, after: string): Promise<{ first: Run; extended: Run; whole: Run }> => {
  const [folder, alone] = [temporaryFolder(), temporaryFolder()];
  for (const place of [folder, alone]) writeFileSync(join(place, "other.yaml"), otherNetwork);
  const first = await runText(folder, before);
  const extended = await runText(folder, after);
  const whole = await runText(alone, after);
  expect(await files(extended)).toEqual(await files(whole));
  expect(existsSync(join(extended.directory, "earlier"))).toBe(false);
  expect(extended.points).toBe(whole.points);
  expect(extended.errors).toEqual(whole.errors);
  return { first, extended, whole };
};

const two = (text: string): string => text.replace("networks: [tiny]", "networks: [other, tiny]");

describe("a sweep that is enlarged", () => {
  for (const fidelity of ["analytical", "cycle", "staged"]) {
    const text = sweepText(`fidelity: ${fidelity}`);

    it(`evaluates the designs with the new values alone: ${fidelity}`, async () => {
      const { first, extended, whole } = await extend(
        text,
        // Before, between and behind the values there were.
        text
          .replace("pes: { pow2: [2, 16] }", "pes: { pow2: [1, 32] }")
          .replace("laneWidth: { choice: [16, 32] }", "laneWidth: { choice: [16, 24, 32] }"),
      );
      expect(extended.stored).toBe(first.points);
      expect(extended.evaluated).toBe(whole.points - first.points);
    });

    it(`runs an added network alone on the stored designs: ${fidelity}`, async () => {
      const { first, extended, whole } = await extend(text, two(text));
      expect(whole.evaluations).toBe(2 * whole.points);
      expect(extended.evaluations).toBe(first.points);
    });

    it(`evaluates nothing for another objective: ${fidelity}`, async () => {
      const { extended } = await extend(
        text,
        text
          .replace("{ minimize: area_mm2 }", "{ minimize: dram_bytes }")
          .concat("\nrequire: ['area_mm2 <= 2']\n"),
      );
      expect(extended.evaluated).toBe(0);
      expect(extended.evaluations).toBe(0);
    });
  }

  it("sweeps a parameter that stood at its default, with conditions, in another order", async () => {
    const text = sweepText("fidelity: cycle");
    const { first, extended, whole } = await extend(
      text,
      text
        .replace(
          "  pes: { pow2: [2, 16] }\n",
          "  sync: { choice: [fifo, lockstep] }\n  fifoDepth: { choice: [2, 8], when: pes > 4 }\n",
        )
        .replace("  clock:", "  pes: { pow2: [2, 16] }\n  clock:"),
    );
    expect(extended.stored).toBe(first.points);
    expect(extended.evaluated).toBe(whole.points - first.points);
  });

  it("relaxes a constraint, keeps failed designs failed, and joins networks in another way", async () => {
    const text = two(sweepText("constraints: [pes * laneWidth <= 128]")).replace(
      "choice: [8, 32] }",
      "choice: [1, 32] }",
    );
    const relaxed = text.replace("<= 128", "<= 256").concat("\naggregate: sum\n");
    const { first, extended, whole } = await extend(text, relaxed);
    expect(first.failed).toBeGreaterThan(0);
    // Failed designs are tried again, the others are not.
    expect(extended.stored).toBe(first.points - first.failed);
    expect(extended.evaluated).toBe(whole.points - extended.stored);
  });

  it("goes on where it was cut short, and takes over what is left of an unfinished run", async () => {
    const [folder, alone] = [temporaryFolder(), temporaryFolder()];
    const text = sweepText("fidelity: cycle");
    const first = await runText(folder, text);
    // As if the run had been killed after it had moved what was stored aside.
    const { directory } = first;
    const more = text.replace("pes: { pow2: [2, 16] }", "pes: { pow2: [2, 32] }");
    const { mkdir, rename, rm, copyFile } = await import("node:fs/promises");
    await mkdir(join(directory, "earlier"));
    await copyFile(join(directory, "manifest.json"), join(directory, "earlier/manifest.json"));
    await rename(join(directory, "points"), join(directory, "earlier/points"));
    const parts = readdirSync(join(directory, "earlier/points")).sort();
    await rm(join(directory, "earlier/points", parts[0]));
    // The sweep as it was goes on as well.
    const same = await runText(folder, text);
    expect([same.evaluated, same.stored]).toEqual([64, first.points - 64]);
    const extended = await runText(folder, more);
    const whole = await runText(alone, more);
    expect(extended.stored).toBe(first.points);
    expect(await files(extended)).toEqual(await files(whole));
  });

  it("lets the cycle model evaluate more designs than before, and never drops what it has evaluated", async () => {
    const text = (fidelity: string): string => sweepText(`fidelity: ${fidelity}`);
    const { extended } = await extend(text("analytical"), text("staged"));
    const { extended: whole } = await extend(text("staged"), text("cycle"));
    // The designs that the first run had decided are not evaluated again.
    expect(whole.evaluated).toBe(whole.points - extended.traced);
    const folder = temporaryFolder();
    await runText(folder, text("staged"));
    await expect(runText(folder, text("analytical"))).rejects.toThrow(
      /holds a run with fidelity staged, of which fidelity analytical would keep less .*--fresh/,
    );
  });

  it("is refused with fewer designs, and with a network whose weights are others", async () => {
    const folder = temporaryFolder();
    const text = sweepText();
    await runText(folder, text);
    const fewer = text.replace("pes: { pow2: [2, 16] }", "pes: { pow2: [2, 8] }");
    await expect(runText(folder, fewer)).rejects.toThrow(
      /designs that this one has not, such as pes 16, laneWidth 16, precision float32, .*; give the sweep another name/,
    );
    const excluded = `${text}\nconstraints: [pes > 2]\n`;
    await expect(runText(folder, excluded)).rejects.toThrow(/such as pes 2, laneWidth 16/);
    const apart = text.replace("networks: [tiny]", "networks: [other]");
    writeFileSync(join(folder, "other.yaml"), otherNetwork);
    await expect(runText(folder, apart)).rejects.toThrow(/network tiny [0-9a-f]+, now absent/);
  });
});
