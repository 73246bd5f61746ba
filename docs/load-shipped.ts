import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Network } from "../core/workloads/network.ts";
import { CatalogError } from "../explore/catalog/catalog-error.ts";
import { loadNetwork } from "../explore/catalog/load-network.ts";

const folder = fileURLToPath(new URL("../configs/networks", import.meta.url));

/** The names of all networks in configs/networks, sorted. */
export const shippedNetworkNames = async (): Promise<string[]> =>
  (await readdir(folder)).map((file) => file.replace(/\.yaml$/, "")).sort();

/** A shipped network; undefined where its package is not installed. */
export const tryLoad = async (name: string): Promise<Network | undefined> => {
  try {
    return await loadNetwork(name, { baseDirectory: folder });
  } catch (error) {
    if (error instanceof CatalogError && error.message.includes("is not installed")) return undefined;
    throw error;
  }
};
