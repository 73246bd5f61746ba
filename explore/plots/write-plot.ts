import { join } from "node:path";
import { writeFileAtomically } from "../store/atomic-file.ts";
import { makeFolder } from "../store/make-folder.ts";
import { renderPlot, type TopLevelSpec } from "./render.ts";

/**
 * Renders a plot and writes `<name>.svg`, `<name>.png` and `<name>.vl.json` into a directory, which is made where
 * there is none. Fails with a PlotError where the plot cannot be drawn (then nothing is written), and with a StoreError
 * where the disk refuses.
 */
export const writePlot = async (directory: string, name: string, spec: TopLevelSpec): Promise<void> => {
  const { svg, png, vegaLite } = await renderPlot(spec);
  await makeFolder(directory);
  await writeFileAtomically(join(directory, `${name}.svg`), svg);
  await writeFileAtomically(join(directory, `${name}.png`), png);
  await writeFileAtomically(join(directory, `${name}.vl.json`), vegaLite);
};
