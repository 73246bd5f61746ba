/**
 * Gives every decoder, or those that the command line names, damaged files for BITFRONT_FUZZ_SECONDS each (default 20),
 * as many at once as there are cores. BITFRONT_FUZZ_SEED chooses other inputs (default 1), BITFRONT_FUZZ_FROM the first.
 */
import { availableParallelism } from "node:os";
import { tryDecoder } from "./campaign.ts";
import { decoders } from "./decoders.ts";

const { BITFRONT_FUZZ_SECONDS = "20", BITFRONT_FUZZ_SEED = "1", BITFRONT_FUZZ_FROM = "0" } = process.env;
const campaign = {
  seed: Number(BITFRONT_FUZZ_SEED),
  from: Number(BITFRONT_FUZZ_FROM),
  seconds: Number(BITFRONT_FUZZ_SECONDS),
  iterations: Number.POSITIVE_INFINITY,
};
const known = decoders.map(({ name }) => name);
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !known.includes(name));
if (unknown !== undefined) throw new Error(`${unknown} is no decoder; expected ${known.join(", ")}`);
const waiting = asked.length > 0 ? asked : known;
const child = new URL("./child.ts", import.meta.url);

const work = async (): Promise<void> => {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const { decoded, refused, grown_MiB, failures } = await tryDecoder(name, child, campaign);
    const counts = `${decoded} damaged files decoded, ${refused} refused, memory grew by ${grown_MiB} MiB`;
    console.info(`${name}, seed ${campaign.seed}: ${counts}`);
    for (const failure of failures) console.error(failure);
    if (failures.length > 0) process.exitCode = 1;
  }
};
await Promise.all(Array.from({ length: availableParallelism() }, work));
