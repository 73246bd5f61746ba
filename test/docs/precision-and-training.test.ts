import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../explore/catalog/package-root.ts";
import { parseSweep } from "../../explore/spec/parse.ts";

const page = readFileSync(join(packageRoot(), "docs/precision-and-training.md"), "utf8");
const sweeps = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) =>
  parseSweep(text, { file: "precision-and-training.md" }),
);

describe("docs/precision-and-training.md", () => {
  it("shows sweeps that are right", () => {
    expect(sweeps.map(({ name }) => name)).toEqual(["mixed", "accurate", "training-step"]);
    const [mixed, accurate, training] = sweeps;
    const [precision] = mixed.space.parameters;
    expect(page).toContain(`\`${precision.values[2]}\``);
    expect(Object.values(accurate.networks[0].accuracy!.byPrecision)).toEqual([28.9, 28.7, 28.1]);
    expect(training.networks[0].phase).toBe("training");
  });
});
