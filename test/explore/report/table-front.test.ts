import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { afterAll, describe, expect, test } from "vitest";
import { type TableObjective, tableFront } from "../../../explore/report/table-front.ts";

const folder = mkdtempSync(join(tmpdir(), "table-front-"));
afterAll(() => rmSync(folder, { recursive: true }));

const frontOf = (text: string, objectives: readonly TableObjective[]) => {
  const path = join(folder, "table.csv");
  writeFileSync(path, text);
  return Effect.runPromise(tableFront(path, objectives, {}));
};

const minimized = (...names: string[]): TableObjective[] =>
  names.map((name) => ({ name, direction: "minimize" }));

describe("tableFront", () => {
  test("takes four objectives", async () => {
    // From the worst values (2, 3, 3, 3): (1, 1, 2, 1) covers 1 · 2 · 1 · 2; (2, …) lies on the reference.
    const found = await frontOf("a,b,c,d\n1,1,2,1\n2,3,3,3\n2,1,1,1\n", minimized("a", "b", "c", "d"));
    expect(found).toMatchObject({ rows: [0, 2], hypervolume: 4, outside: 2 });
  });

  test("keeps an infinitely bad row off the front, and refuses an infinitely good one by its line", async () => {
    const found = await frontOf("a,b\n1,2\n0,Infinity\n", minimized("a", "b"));
    expect(found.rows).toEqual([0]);
    const table = "a,b\n1,2\n0,-Infinity\n";
    await expect(frontOf(table, minimized("a", "b"))).rejects.toThrow(
      /3.*column b is -Infinity, which nothing can beat/,
    );
  });

  test("refuses one objective", async () => {
    await expect(frontOf("a,b\n1,2\n", minimized("a"))).rejects.toThrow("twice or more");
  });
});
