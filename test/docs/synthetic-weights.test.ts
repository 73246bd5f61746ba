import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readMeasuredTwins } from "../../docs/measured-twins.ts";
import { kinds, twinNetworks } from "../../docs/twin-networks.ts";
import { weightsFile } from "../../docs/weights-files.ts";
import { packageRoot } from "../../explore/catalog/package-root.ts";

const page = readFileSync(join(packageRoot(), "docs/synthetic-weights.md"), "utf8");
const record = await readMeasuredTwins();

describe("docs/synthetic-weights.md", () => {
  it.each(kinds)("what ships for %s is what its networks were fitted to", (kind) => {
    const shipped = readFileSync(join(packageRoot(), "configs/weights", `${kind}.yaml`), "utf8");
    expect(weightsFile(kind, record.networks)).toBe(shipped);
  });

  it("has every network in its tables, and says where results carry the mark", () => {
    expect(record.networks.map(({ name }) => name)).toEqual(twinNetworks.map(({ name }) => name));
    for (const { name, package: version } of record.networks) {
      expect(page, name).toContain(`| ${name} | `);
      expect(page, name).toContain(` | ${version} | `);
    }
    expect(page).toContain(
      "**Results from synthetic weights carry the mark `synthetic weights` everywhere.**",
    );
  });
});
