/**
 * Executes every notebook in Jupyter with the Deno kernel: first its cells are type-checked together, then they run, and
 * the first error ends with exit code 1. A notebook that was saved with outputs is an error, too. The notebooks stay as
 * they are; what a run keeps lies in a temporary folder. Needs `jupyter nbconvert` (Debian: jupyter-nbconvert,
 * jupyter-client).
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What is read of a notebook in format 4. */
interface Notebook {
  readonly cells: readonly {
    readonly cell_type: string;
    readonly source: string | readonly string[];
    readonly outputs?: readonly unknown[];
    readonly execution_count?: number | null;
  }[];
}

const folder = fileURLToPath(new URL("../../notebooks/", import.meta.url));
const deno = createRequire(import.meta.url).resolve("deno/bin.cjs");
const temporary = mkdtempSync(join(tmpdir(), "bitfront-notebooks-"));

/** What Deno, Jupyter and the notebooks keep goes to the temporary folder. */
const environment = {
  ...process.env,
  TMPDIR: temporary,
  DENO_DIR: join(temporary, "deno"),
  JUPYTER_PATH: temporary,
  JUPYTER_DATA_DIR: join(temporary, "data"),
  JUPYTER_CONFIG_DIR: join(temporary, "config"),
  JUPYTER_RUNTIME_DIR: join(temporary, "runtime"),
  IPYTHONDIR: join(temporary, "ipython"),
};

/** Runs a command in the notebooks' folder; its output is shown. */
const run = (command: string, ...parameters: readonly string[]): void => {
  const { error, status } = spawnSync(command, parameters, {
    cwd: folder,
    env: environment,
    stdio: "inherit",
  });
  if (error) throw new Error(`${command} cannot be run: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${parameters.join(" ")} ended with exit code ${status}`);
};

/** Makes the Deno of this package known to Jupyter under the name that the notebooks ask for. */
const writeKernel = (): void => {
  const directory = join(temporary, "kernels", "deno");
  mkdirSync(directory, { recursive: true });
  const kernel = {
    argv: [process.execPath, deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
  };
  writeFileSync(join(directory, "kernel.json"), JSON.stringify(kernel));
};

/** The code of a notebook as one module. Throws where it was saved with outputs. */
const codeOf = (name: string): string => {
  const { cells } = JSON.parse(readFileSync(join(folder, name), "utf8")) as Notebook;
  const code = cells.filter((cell) => cell.cell_type === "code");
  if (code.some((cell) => (cell.outputs ?? []).length > 0 || (cell.execution_count ?? null) !== null)) {
    throw new Error(`${name} holds outputs: clear all of them before it is saved`);
  }
  return code.map(({ source }) => `${[source].flat().join("")};\n`).join("\n");
};

try {
  writeKernel();
  const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));
  if (names.length === 0) throw new Error(`there is no notebook in ${folder}`);
  for (const name of names) {
    // It lies beside the notebook while it is checked, because Deno finds its settings from where a module lies.
    const module = join(folder, `${name}.check.ts`);
    try {
      writeFileSync(module, codeOf(name));
      run(process.execPath, deno, "check", module);
    } finally {
      rmSync(module, { force: true });
    }
    run(
      "jupyter",
      ...["nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=300"],
      ...["--output-dir", temporary, name],
    );
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
