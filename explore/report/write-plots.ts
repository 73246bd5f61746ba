import { join } from "node:path";
import { metrics } from "../../core/model/metrics.ts";
import { jointMetrics } from "../engine/columns.ts";
import type { Front } from "../engine/fronts.ts";
import type { Run } from "../engine/run.ts";
import { upcastSentence } from "../engine/upcast.ts";
import type { DesignPoints } from "../plots/design-points.ts";
import { throughputArea } from "../plots/throughput-area.ts";
import { throughputEnergy } from "../plots/throughput-energy.ts";
import { writePlot } from "../plots/write-plot.ts";
import { runPaths } from "../store/run-directory.ts";

/**
 * Draws a run: throughput against energy and against area, for each of its fronts. Every design appears with the best
 * fidelity it was evaluated in. Answers with the paths of the PNG files.
 */
export const writePlots = async (run: Run): Promise<string[]> => {
  const directory = runPaths(run.directory).plots;
  const written: string[] = [];
  for (const front of run.fronts) {
    const network = front.scope.network < 0 ? "" : run.evaluator.plan.workloads[front.scope.network].name;
    const points = designPoints(run, front);
    const text = { title: titleOf(run, network), subtitle: subtitleOf(run, front) };
    for (const [name, spec] of [
      ["throughput-energy", throughputEnergy(points, text)],
      ["throughput-area", throughputArea(points, text)],
    ] as const) {
      const file = network === "" ? name : `${name}-${network}`;
      await writePlot(directory, file, spec);
      written.push(join(directory, `${file}.png`));
    }
  }
  return written;
};

const titleOf = ({ evaluator }: Run, network: string): string => {
  const { sweep, workloads } = evaluator.plan;
  if (network !== "") return `${sweep.name}: ${network}`;
  const names = workloads.map(({ name }) => name).join(", ");
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

/** Every evaluated design as a plot takes it: the row of the last pass if it has one, else the analytical row. */
export const designPoints = (run: Run, front: Front): DesignPoints => {
  const { evaluator } = run;
  const last = new Map(run.rows.map((row) => [row[0], row]));
  const rows = [
    ...run.rows.map((row) => ({ row, pass: run.pass })),
    ...run.analyticalRows
      .filter((row) => !last.has(row[0]))
      .map((row) => ({ row, pass: "analytical" as const })),
  ];
  const metric = (name: string): Float64Array => {
    const position = metrics.findIndex((candidate) => candidate.name === name);
    return Float64Array.from(rows, ({ row, pass }) => {
      const { network } = front.scope;
      return row[(network < 0 ? jointMetrics : evaluator.layout(pass).networkMetrics[network]) + position];
    });
  };
  const members = new Set(front.rows.map((row) => row[0]));
  const baseline = run.baseline?.[0];
  return {
    throughput_ips: metric("throughput_ips"),
    energy_J: metric("energy_J"),
    area_mm2: metric("area_mm2"),
    onFront: Uint8Array.from(rows, ({ row }) => (members.has(row[0]) ? 1 : 0)),
    isBaseline: Uint8Array.from(rows, ({ row }) => (row[0] === baseline ? 1 : 0)),
  };
};
