import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** The names of a run's parts, in order; damaged and unfinished ones left out. */
export const partNames = (directory: string): string[] => {
  try {
    return readdirSync(join(directory, "points"))
      .filter((name) => name.endsWith(".parquet"))
      .sort();
  } catch {
    return [];
  }
};

/** What a run came to, byte for byte: its fronts and its parts. */
export const resultsOf = (directory: string): Record<string, string> =>
  Object.fromEntries(
    ["front.csv", "front.parquet", ...partNames(directory).map((name) => `points/${name}`)].map((path) => [
      path,
      readFileSync(join(directory, path)).toString("latin1"),
    ]),
  );

/** What changes when a part is made again, for each. */
export const partStamps = (directory: string): Record<string, string> =>
  Object.fromEntries(
    partNames(directory).map((name) => {
      const { ino, mtimeNs } = statSync(join(directory, "points", name), { bigint: true });
      return [name, `${ino} ${mtimeNs}`];
    }),
  );

/** The files of a run's folder that no run leaves there: unfinished ones, locks, what an extension sets aside. */
export const leftovers = (directory: string): string[] =>
  (readdirSync(directory, { recursive: true }) as string[]).filter((name) =>
    /\.tmp$|run\.lock|earlier/.test(name),
  );
