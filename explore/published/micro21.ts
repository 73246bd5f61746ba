import { publishedConfiguration } from "../catalog/machine-file.ts";
import { loadTechnology } from "../catalog/technology.ts";
import { micro21Energy } from "./micro21-energy.ts";
import { micro21Printed } from "./micro21-printed.ts";
import { micro21Rates } from "./micro21-rates.ts";
import type { Published, PublishedCheck } from "./published-check.ts";

/**
 * The numbers of MICRO 2021 (doi 10.1145/3466752.3480123): what follows from others of the same paper, the latency of a
 * group against the manual, and the rest as printed.
 */
export const micro21Checks = async (published: Published): Promise<readonly PublishedCheck[]> => [
  ...micro21Rates(published, await publishedConfiguration("bitlet")),
  ...micro21Energy(published, await loadTechnology()),
  ...micro21Printed(published),
];
