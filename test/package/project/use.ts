/** A program that uses bitfront as an installed package: it must compile against the published types. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  type Explored,
  exploreSweep,
  type FrontRow,
  loadNetwork,
  type Network,
  paretoFront,
  parseSweep,
  SpecError,
  version,
} from "bitfront";

const explored: Explored = await exploreSweep("sweep.yaml", { workers: 2, results: "by-library" });
const [best]: readonly FrontRow[] = explored.front;
if (best === undefined || !(Number(best.throughput_ips) > 0)) throw new Error("the front is empty");

const network: Network = await loadNetwork("synthetic-small", { baseDirectory: "." });
if (network.layers.length === 0) throw new Error("the network has no layers");

const rows: Int32Array = paretoFront(
  [Float64Array.of(1, 2), Float64Array.of(2, 1)],
  ["minimize", "minimize"],
);
if (rows.length !== 2) throw new Error("both points are on the front");

try {
  parseSweep("version: 1\nnmae: typo\n", { file: "typo.yaml" });
  throw new Error("a typo was accepted");
} catch (error) {
  if (!(error instanceof SpecError)) throw error;
}

const schema = fileURLToPath(import.meta.resolve("bitfront/schema/sweep.schema.json"));
JSON.parse(readFileSync(schema, "utf8"));

const { points, failed, front } = explored;
console.log(JSON.stringify({ version, points, failed, front: front.length }));
