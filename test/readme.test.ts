import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { machines } from "../core/machines/registry.ts";
import { packageRoot } from "../explore/catalog/package-root.ts";
import { machineDesigns } from "../explore/compare/machine-designs.ts";
import * as library from "../explore/index.ts";
import { createSpace } from "../explore/space/space.ts";
import { parseSweep } from "../explore/spec/parse.ts";
import { bitfront } from "./explore/cli/command.ts";
import { temporaryFolder } from "./explore/engine/fixture.ts";

const pages = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "docs/bit-interleaving.md",
  "docs/machines.md",
  "docs/networks.md",
  "docs/onnx.md",
  "docs/precision-and-training.md",
  "docs/processing-element.md",
  "docs/results.md",
  "docs/synthetic-weights.md",
];
const read = (page: string): string => readFileSync(join(packageRoot(), page), "utf8");
const blocks = (page: string, language: string): string[] =>
  [...read(page).matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text]) => text);

describe("the pages", () => {
  it.each(pages)("%s: every link leads to a file", (page) => {
    for (const [, target] of read(page).matchAll(/\]\(([^)#]+)\)/g)) {
      expect(existsSync(join(packageRoot(), dirname(page), target)), target).toBe(true);
    }
  });

  it.each(pages)("%s: every link within it leads to a heading", (page) => {
    const headings = [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, text]) =>
      text
        .toLowerCase()
        .replaceAll(/[^a-z0-9 _-]/g, "")
        .replaceAll(" ", "-"),
    );
    for (const [, target] of read(page).matchAll(/\]\(#([^)]+)\)/g)) expect(headings).toContain(target);
  });

  it.each(pages)("%s: every file it names in core, explore, configs or test exists", (page) => {
    for (const [, path] of read(page).matchAll(/`((?:core|explore|configs|test|schema)\/[a-z0-9/.-]+)`/g)) {
      // What the reader is to write.
      if (path.includes("mine.yaml") || path.includes("scalar-macs")) continue;
      expect(existsSync(join(packageRoot(), path)), path).toBe(true);
    }
  });

  it.each(pages)("%s: every npm script it names exists", (page) => {
    const { scripts } = JSON.parse(read("package.json"));
    for (const [, name] of read(page).matchAll(/npm run ([a-z:]+)/g)) expect(scripts).toHaveProperty([name]);
  });

  it("README: the sweep is right and has designs", () => {
    const [sweep] = blocks("README.md", "yaml");
    const { space, name } = parseSweep(sweep, { file: "README.md" });
    expect(name).toBe("lanes-against-sram");
    // pes 8 … 64, three widths, three buffers, two formats; none has more than 4,096 lanes. The baseline is float32.
    expect(createSpace(space).countValid()).toBe(4 * 3 * 3 * 2 + 1);
  });

  it("README: its machines are those that there are", () => {
    const [, list] = /\*\*Machines\.\*\*([\s\S]*?)\[/.exec(read("README.md")) ?? [];
    expect(Array.from(list.matchAll(/`([^`]+)`/g), ([, name]) => name).sort()).toEqual(
      Object.keys(machines).sort(),
    );
  });

  it("README: its comparisons are commands as they are spelled, of sweeps that there are", async () => {
    const commands = blocks("README.md", "sh").flatMap((text) =>
      Array.from(text.matchAll(/npx bitfront (.*?)(?: +#.*)?$/gm), ([, line]) => line.split(" ")),
    );
    expect(commands.map(([verb]) => verb)).toEqual(["compare", "break-even", "validate", "run"]);
    const folder = temporaryFolder();
    for (const [verb, ...args] of commands) {
      if (verb === "validate") {
        expect(await bitfront(folder, verb, ...args)).toMatchObject({ status: 0, stderr: "" });
        continue;
      }
      const [name, ...flags] = args;
      const file = `configs/sweeps/${name}.yaml`;
      const sweep = parseSweep(read(file), { file });
      if (verb === "compare") expect(machineDesigns(sweep).length).toBeGreaterThan(1);
      // Far enough to look for a sweep, and no further: each takes a minute.
      const { stderr } = await bitfront(folder, verb, "no-such-sweep", ...flags);
      expect(stderr).toMatch(/^no-such-sweep: /);
    }
  });

  it("README: what its program imports, the library has", () => {
    const [program] = blocks("README.md", "ts");
    const [, names] = /import \{ ([^}]+) \} from "bitfront"/.exec(program) ?? [];
    for (const name of names.split(", ")) expect(library).toHaveProperty(name);
  });
});
