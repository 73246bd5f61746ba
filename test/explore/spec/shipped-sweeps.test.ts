import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadNetwork } from "../../../explore/catalog/load-network.ts";
import { packageRoot } from "../../../explore/catalog/package-root.ts";
import { createSpace } from "../../../explore/space/space.ts";
import { parseSweep } from "../../../explore/spec/parse.ts";

const folder = join(packageRoot(), "configs", "sweeps");

it.each(readdirSync(folder))("configs/sweeps/%s is right, and its networks load", async (name) => {
  const sweep = parseSweep(readFileSync(join(folder, name), "utf8"), { file: name });
  expect(`${sweep.name}.yaml`).toBe(name);
  // A sweep over one machine explores; one over several may be a comparison, with a design a machine.
  const { length: machines } = sweep.space.machines;
  expect(createSpace(sweep.space).countValid()).toBeGreaterThanOrEqual(machines === 1 ? 100 : machines);
  for (const { use, inputs } of sweep.networks) {
    const network = await loadNetwork(use, { baseDirectory: folder, inputs });
    expect(network.layers.length).toBeGreaterThan(0);
  }
});
