import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { temporaryFolder } from "../explore/engine/fixture.ts";
import { tryDecoder } from "./campaign.ts";

it("a process that dies is a failure, with the input that it was at", async () => {
  const child = join(temporaryFolder(), "child.mjs");
  writeFileSync(
    child,
    `import { writeFileSync } from "node:fs";
    writeFileSync(process.argv.at(-1) + "/progress", "41");
    console.error("out of everything");
    process.exit(3);`,
  );
  const campaign = { seed: 7, from: 40, seconds: 60, iterations: 9 };
  const { failures } = await tryDecoder("npy", pathToFileURL(child), campaign);
  expect(failures).toHaveLength(1);
  const [, kept] =
    /^npy, seed 7, input 41: the process ended with 3: out of everything\n+ {2}kept in (.+)$/.exec(
      failures[0],
    )!;
  rmSync(kept, { recursive: true });
});
