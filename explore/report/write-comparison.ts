import { join } from "node:path";
import type { Comparison } from "../compare/compare-machines.ts";
import {
  comparedRatios,
  comparisonTerms,
  geometricMean,
  type RatioName,
  ratiosTo,
} from "../compare/ratios.ts";
import { machineBars } from "../plots/machine-bars.ts";
import type { TopLevelSpec } from "../plots/render.ts";
import { writePlot } from "../plots/write-plot.ts";
import { writeFileAtomically } from "../store/atomic-file.ts";
import { makeFolder } from "../store/make-folder.ts";

/** The ratios that are drawn, and the names of their files. */
const drawn = {
  speedup: "speedup",
  energyEfficiency: "energy-efficiency",
  areaEfficiency: "area-efficiency",
  wholeSpeedup: "speedup-with-memory",
} as const satisfies Partial<Record<RatioName, string>>;

/** Bars of a ratio of a comparison, its geometric mean behind the networks. */
export const comparisonBars = (comparison: Comparison, ratio: keyof typeof drawn): TopLevelSpec => {
  const { machines, networks, name } = comparison;
  const { title, of } = comparedRatios[ratio];
  const [reference] = machines;
  const synthetic = networks.some((network) => network.synthetic !== undefined);
  return machineBars(
    drawn[ratio],
    {
      networks: [...networks.map((network) => network.name), "geometric mean"],
      reference: reference.title,
      machines: machines.slice(1).map((machine) => {
        const ratios = ratiosTo(comparison, machine, ratio);
        return { title: machine.title, ratios: [...ratios, geometricMean(ratios)] };
      }),
    },
    title,
    {
      title: `${name}: ${title} over ${reference.title}, ${of}`,
      subtitle: `${comparisonTerms(comparison)}${synthetic ? "; some weights are synthetic" : ""}`,
    },
  );
};

/**
 * Writes a comparison and its plots into `<results>/<name>-<basis>`; answers with that folder. A ratio that no machine has
 * (energy, where none was published) is not drawn.
 */
export const writeComparison = async (comparison: Comparison, results: string): Promise<string> => {
  const directory = join(results, `${comparison.name}-${comparison.basis}`);
  for (const [ratio, file] of Object.entries(drawn) as [keyof typeof drawn, string][]) {
    const known = comparison.machines.slice(1).flatMap((machine) => ratiosTo(comparison, machine, ratio));
    if (known.some((value) => Number.isFinite(value) && value > 0)) {
      await writePlot(directory, file, comparisonBars(comparison, ratio));
    }
  }
  await makeFolder(directory);
  await writeFileAtomically(join(directory, "comparison.json"), `${JSON.stringify(comparison)}\n`);
  return directory;
};
