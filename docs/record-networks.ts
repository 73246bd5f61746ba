/**
 * Measures networks of configs/networks and writes docs/shipped-networks.yaml, from which `npm run docs` takes what takes
 * long: `npm run docs:networks -- [NAME…]`, all of them without names. A network whose package is not
 * installed keeps what was recorded.
 */
import { shippedNetworkNames, tryLoad } from "./load-shipped.ts";
import { readRecordedNetworks, writeRecordedNetworks } from "./recorded-networks.ts";
import { recordOf } from "./shipped-networks.ts";

const names = process.argv.slice(2);
const recorded = new Map(await readRecordedNetworks());
for (const name of names.length > 0 ? names : await shippedNetworkNames()) {
  const network = await tryLoad(name);
  if (network === undefined) {
    console.error(`${name}: its package is not installed`);
    continue;
  }
  recorded.set(name, recordOf(name, network));
  await writeRecordedNetworks(recorded.values());
  console.error(name);
}
