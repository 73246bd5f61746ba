import { loadTechnology } from "../../../explore/catalog/technology.ts";

/** The numbers of configs/technology. */
export const configuredTechnology = await loadTechnology();
