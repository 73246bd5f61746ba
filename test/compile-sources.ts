import { readdirSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder that `compileSources` has written. */
    readonly compiled: string;
  }
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** Every source is a file of its own in the output, as `tsc` makes them for the package. */
const separateFiles: Plugin = {
  name: "separate files",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ kind, path }) =>
      kind === "entry-point" ? undefined : { path: path.replace(/ts$/, "js"), external: true },
    );
  },
};

/** Compiles sources of the folder `from` into `into`, below which they lie as they do there. */
export const compileInto = async (
  from: string,
  into: string,
  entryPoints: readonly string[],
): Promise<void> => {
  await build({
    absWorkingDir: from,
    entryPoints: [...entryPoints],
    outbase: ".",
    outdir: into,
    bundle: true,
    packages: "external",
    plugins: [separateFiles],
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
};

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Removes what runs left that were killed. */
const removeLeftovers = (): void => {
  for (const name of readdirSync(new URL(".", import.meta.url))) {
    const pid = /^\.compiled-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    rmSync(new URL(name, import.meta.url), { recursive: true, force: true });
  }
};

/**
 * Vitest calls this before the first test: compiles the sources as they are now, for the processes and threads that tests
 * start (`compiledFile`), which would each spend a second on that through a loader. Every run of the tests has a folder of
 * its own, gone at its end, so that none meets files of older sources or of another run.
 */
export default async function compileSources(project: TestProject): Promise<() => void> {
  // Below the package, which finds its configurations and its dependencies from there.
  const compiled = fileURLToPath(new URL(`./.compiled-${process.pid}`, import.meta.url));
  const compile = async (): Promise<void> => {
    rmSync(compiled, { recursive: true, force: true });
    await compileInto(root, compiled, [
      "core/**/*.ts",
      "explore/**/*.ts",
      "test/explore/engine/counted-run.ts",
      "test/explore/engine/faulty-worker.ts",
      "test/fixtures/*.ts",
      "test/fuzz/**/*.ts",
    ]);
  };
  removeLeftovers();
  await compile();
  project.onTestsRerun(compile);
  project.provide("compiled", compiled);
  return () => rmSync(compiled, { recursive: true, force: true });
}
