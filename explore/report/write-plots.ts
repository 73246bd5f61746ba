import { join } from "node:path";
import type { Front } from "../engine/fronts.ts";
import type { Run } from "../engine/run.ts";
import { upcastSentence } from "../engine/upcast.ts";
import { PlotError } from "../plots/plot-error.ts";
import { throughputArea } from "../plots/throughput-area.ts";
import { throughputEnergy } from "../plots/throughput-energy.ts";
import { writePlot } from "../plots/write-plot.ts";
import { makeFolder } from "../store/make-folder.ts";
import { runPaths } from "../store/run-directory.ts";
import { designPoints } from "./design-points.ts";

/** What was drawn: the paths of the PNG files, and what was not, with the reason. */
export interface WrittenPlots {
  readonly written: readonly string[];
  readonly undrawn: readonly string[];
}

/**
 * Draws a run: throughput against energy and against area, for each of its fronts. Every design appears with the best
 * fidelity it was evaluated in. A plot that no design can be drawn in is left out.
 */
export const writePlots = async (run: Run): Promise<WrittenPlots> => {
  const directory = runPaths(run.directory).plots;
  const written: string[] = [];
  const undrawn: string[] = [];
  await makeFolder(directory);
  for (const front of run.fronts) {
    const network = front.scope.network < 0 ? "" : run.evaluator.plan.workloads[front.scope.network].name;
    const points = await designPoints(run, front);
    const text = { title: titleOf(run, network), subtitle: subtitleOf(run, front) };
    for (const [name, spec] of [
      ["throughput-energy", () => throughputEnergy(points, text)],
      ["throughput-area", () => throughputArea(points, text)],
    ] as const) {
      const file = network === "" ? name : `${name}-${network}`;
      try {
        await writePlot(directory, file, spec());
        written.push(join(directory, `${file}.png`));
      } catch (error) {
        if (!(error instanceof PlotError)) throw error;
        undrawn.push(`${file} is not drawn: ${error.message}`);
      }
    }
  }
  return { written, undrawn };
};

const titleOf = ({ evaluator }: Run, network: string): string => {
  const { sweep, workloads } = evaluator.plan;
  const shown = workloads.filter(({ name }) => network === "" || name === network);
  const names = shown
    .map(({ name, syntheticWeights }) =>
      syntheticWeights === undefined ? name : `${name} (${syntheticWeights})`,
    )
    .join(", ");
  if (network !== "") return `${sweep.name}: ${names}`;
  return workloads.length === 1 ? `${sweep.name}: ${names}` : `${sweep.name}: ${sweep.aggregate} of ${names}`;
};

const subtitleOf = (run: Run, front: Front): string => {
  const { fidelity } = run.evaluator.plan.sweep;
  const designs = `${run.points - run.failed} designs, ${front.rows.length} on the front`;
  const marked =
    upcastSentence(run.evaluator.plan) === ""
      ? ""
      : "; some weights were stored in fewer bits than evaluated";
  return fidelity === "staged"
    ? `${designs}; ${run.traced}, front and baseline among them, by the cycle model, the others by the analytical model${marked}`
    : `${designs}; ${fidelity} model${marked}`;
};
