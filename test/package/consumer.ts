/**
 * Checks the package as others get it: packs it, looks at what the tarball holds, installs it into an empty project,
 * compiles a TypeScript program against its types, runs a sweep through the library and through the command, and
 * compares the two. Needs the npm registry. Everything but `dist`, which packing builds anew, is in a temporary folder.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = fileURLToPath(new URL("../..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const temporary = mkdtempSync(join(tmpdir(), "bitfront-package-"));
const project = join(temporary, "project");

/** Runs a command and answers with its standard output; the rest is shown. */
const run = (cwd: string, command: string, ...parameters: readonly string[]): string =>
  execFileSync(command, parameters, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

const step = (text: string): void => console.log(`- ${text}`);

/** Packs the repository; answers with the tarball and the paths in it. */
const pack = (): { readonly tarball: string; readonly files: readonly string[] } => {
  // What `prepare` prints comes before the JSON.
  const printed = run(root, "npm", "pack", "--json", "--pack-destination", temporary);
  const [{ filename, files }] = JSON.parse(printed.slice(printed.indexOf("[\n")));
  return { tarball: join(temporary, filename), files: files.map(({ path }: { path: string }) => path) };
};

/** The tarball holds what is built from core and explore, the catalog, the schema, and nothing else. */
const checkContents = (files: readonly string[]): void => {
  const expected =
    /^(package\.json|README\.md|LICENSE|dist\/(core|explore)\/.*\.(js|d\.ts)|configs\/.*\.yaml|schema\/.*\.json)$/;
  assert.deepEqual(
    files.filter((file) => !expected.test(file)),
    [],
    "files that do not belong in the package",
  );
  for (const file of ["README.md", "LICENSE", "dist/explore/index.d.ts", "schema/sweep.schema.json"]) {
    assert.ok(files.includes(file), `${file} is missing in the package`);
  }
};

/** publint has nothing to say, not even a suggestion. */
const checkManifest = async (tarball: string): Promise<void> => {
  const { buffer, byteOffset, byteLength } = readFileSync(tarball);
  const { messages, pkg } = await publint({
    pack: { tarball: buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer },
  });
  assert.deepEqual(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  );
};

/** An empty project with the package, the compiler, and what stands in `project/`. */
const install = (tarball: string): void => {
  mkdirSync(project);
  cpSync(new URL("project/", import.meta.url), project, { recursive: true });
  writeFileSync(join(project, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const tools = ["typescript", "@types/node"].map((name) => `${name}@${manifest.devDependencies[name]}`);
  run(project, "npm", "install", "--no-audit", "--no-fund", tarball, ...tools);
};

/**
 * The program compiles against the types of the package, library files checked too. The declarations of effect and vega
 * fail that check by themselves, without a browser's types: their errors are left out, those in ours are not.
 */
const checkTypes = (): void => {
  const { stdout } = spawnSync("npx", ["--no-install", "tsc"], { cwd: project, encoding: "utf8" });
  const theirs = /^node_modules\/(effect|vega-lite|vega-typings)\//;
  const errors = stdout.split("\n").filter((line) => line.includes("error TS"));
  assert.deepEqual(
    errors.filter((line) => !theirs.test(line)),
    [],
  );
};

/** The library comes to the same front as the command. */
const checkUse = (): void => {
  const library = JSON.parse(run(project, process.execPath, "out/use.js"));
  assert.equal(library.version, manifest.version);
  assert.ok(library.points > 0 && library.front > 0 && library.failed === 0, JSON.stringify(library));

  const bitfront = ["--no-install", "bitfront"];
  assert.match(
    run(project, "npx", ...bitfront, "--version"),
    new RegExp(manifest.version.replaceAll(".", "\\.")),
  );
  const parameters = ["run", "sweep.yaml", "--results", "by-command", "--json"];
  const command = JSON.parse(run(project, "npx", ...bitfront, ...parameters));
  assert.deepEqual([command.points, command.front], [library.points, library.front]);
  const frontOf = (results: string) => readFileSync(join(project, results, "consumer", "front.csv"), "utf8");
  assert.equal(frontOf("by-command"), frontOf("by-library"));
  const again = JSON.parse(run(project, "npx", ...bitfront, ...parameters));
  assert.deepEqual([again.points, again.evaluated], [command.points, 0], "the second run evaluates nothing");
};

/** Without the packages of weights, a sweep over them says which one to install. */
const checkMissingWeights = (): void => {
  const { status, stdout, stderr } = spawnSync("npx", ["--no-install", "bitfront", "run", "quickstart"], {
    cwd: project,
    encoding: "utf8",
  });
  assert.equal(status, 2, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, /npm install @upscalerjs\/esrgan-slim/);
};

try {
  step("npm pack");
  const { tarball, files } = pack();
  step(`${basename(tarball)} holds ${files.length} files`);
  checkContents(files);
  step("publint");
  await checkManifest(tarball);
  step("npm install in an empty project");
  install(tarball);
  step("types");
  checkTypes();
  step("a sweep by the library and by the command");
  checkUse();
  step("a sweep whose weights are not installed");
  checkMissingWeights();
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
