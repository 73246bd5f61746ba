/**
 * Runs every `*.bench.ts` below test/ and prints rates, each also as a multiple of the yardsticks that ran in the same
 * process: the multiples are comparable between machines, the rates are not. With words as parameters, only files
 * whose path has one of them.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { textTable } from "../../explore/table/text-table.ts";
import { type Benchmark, measure, type Rate, type Work } from "./measure.ts";

const tests = new URL("../", import.meta.url);
const words = process.argv.slice(2);
const files = readdirSync(fileURLToPath(tests), { recursive: true, encoding: "utf8" })
  .map((file) => file.replaceAll("\\", "/"))
  .filter(
    (file) => file.endsWith(".bench.ts") && (words.length === 0 || words.some((word) => file.includes(word))),
  )
  .sort();
if (files.length === 0) throw new Error(`no benchmark matches ${words.join(" or ")}`);

for (const file of files) {
  const { default: benchmark } = (await import(new URL(file, tests).href)) as { readonly default: Benchmark };
  // One after another: they share the machine.
  const inTurn = async (works: readonly Work[]): Promise<Rate[]> => {
    const rates: Rate[] = [];
    for (const work of works) rates.push(await measure(work));
    return rates;
  };
  const yardsticks = await inTurn(benchmark.yardsticks);
  const rates = [...(await inTurn(benchmark.subjects)), ...yardsticks];
  const table = textTable([
    {
      name: benchmark.title,
      data: rates.map(({ name, settled }) => (settled ? name : `${name} (not settled)`)),
    },
    { name: `${benchmark.items}/s`, data: Float64Array.from(rates, ({ rate }) => rate) },
    ...yardsticks.map((yardstick) => ({
      name: `x ${yardstick.name}`,
      data: Float64Array.from(rates, ({ rate }) => rate / yardstick.rate),
    })),
  ]);
  process.stdout.write(`${[table, ...(benchmark.remarks?.() ?? [])].join("\n")}\n`);
}
