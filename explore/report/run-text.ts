import { weakestMark } from "../../core/technology/component.ts";
import type { Front } from "../engine/fronts.ts";
import type { Run } from "../engine/run.ts";
import { syntheticSentence } from "../engine/stand-ins.ts";
import { upcastSentence } from "../engine/upcast.ts";
import { engineering } from "../table/engineering.ts";
import { answer } from "./answer.ts";
import { designCaveats } from "./design-caveats.ts";
import { designOf } from "./front-columns.ts";
import { frontTable } from "./front-table.ts";

/** Rows of a front that a terminal shows; all of them are in front.csv. */
const shownRows = 20;

/** What a finished run says to a terminal: what was done, the fronts, what they mean, and where everything is. */
export const runText = (run: Run): string => {
  const { sweep, workloads } = run.evaluator.plan;
  const lines = [
    `Sweep ${sweep.name}: ${workloads.map(({ name }) => name).join(", ")}; ${sweep.objectives
      .map(({ direction, name }) => `${direction} ${name}`)
      .join(", ")}`,
    workDone(run),
  ];
  for (const [which, front] of run.fronts.entries()) {
    const network = front.scope.network < 0 ? "" : ` of ${workloads[front.scope.network].name}`;
    const shown = Math.min(shownRows, front.rows.length);
    const some =
      shown < front.rows.length ? `, ${shown} of ${front.rows.length} designs, all are in front.csv` : "";
    const excluded = front.excluded > 0 ? `; ${front.excluded} designs miss a requirement` : "";
    lines.push(
      "",
      `Front${network}${some}${excluded}`,
      frontTable(run, front, shownRows),
      answer(run, front),
      ...evidenceLines(run, which),
      ...caveatLines(run, front),
    );
  }
  if (run.baseline === null && sweep.space.baseline !== undefined) {
    lines.push(
      "The baseline itself cannot be evaluated; see the error on standard error or in the stored points.",
    );
  }
  const marked = [upcastSentence, syntheticSentence].map((sentence) => sentence(run.evaluator.plan));
  if (marked.some((text) => text !== "")) lines.push("", ...marked.filter((text) => text !== ""));
  return [...lines, ...agreementLines(run), "", `Everything is in ${run.directory}`].join("\n");
};

/** Which designs stay on a front whatever the uncertain numbers are, and the weakest mark of what its numbers rest on. */
const evidenceLines = ({ evidence, fronts }: Run, which: number): string[] => {
  const { rows } = fronts[which];
  if (evidence === null || rows.length === 0) return [];
  const { certain, atEnds } = evidence.fronts[which];
  const known = rows.flatMap(([index]) => evidence.designs[index] ?? []);
  return [
    `Numbers that have a range: ${atEnds.length} of these ${rows.length} designs are on the front too with all of them at the low ` +
      `and with all at the high ends of their ranges, ${certain.length} wherever they lie (interval dominance). ` +
      `Weakest mark of what entered: ${weakestMark(known)}.`,
  ];
};

/** What is to be said of designs on a front, and of how many. */
const caveatLines = ({ evaluator }: Run, front: Front): string[] => {
  const counts: Record<string, number> = {};
  for (const row of front.rows) {
    for (const caveat of designCaveats(evaluator.plan, designOf(evaluator, row[0]))) {
      counts[caveat] = (counts[caveat] ?? 0) + 1;
    }
  }
  return Object.entries(counts).map(([caveat, count]) => `${count} of these designs: ${caveat}`);
};

/** How far the two models differ, beside a model that knows nothing of the weights. */
const agreementLines = ({ agreement }: Run): string[] => {
  if (agreement === null) return [];
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  return [
    "",
    `Compute cycles of design ${agreement.key}, analytical against cycle model, over layers (in brackets a model blind to the weights):`,
    ...agreement.networks.map(
      ({ name, analytical, dataBlind, standardError }) =>
        `  ${name}: median ${percent(analytical.median)} (${percent(dataBlind.median)}), MAC-weighted ` +
        `${percent(analytical.macWeighted)} (${percent(dataBlind.macWeighted)}), worst ${analytical.worst.layer} ` +
        `${percent(analytical.worst.error)}` +
        (standardError > 0
          ? `; standard error of the mean over activation vectors at most ${percent(standardError)} a layer`
          : ""),
    ),
  ];
};

const workDone = (run: Run): string => {
  const { evaluated, stored, traced, points, seconds, pass, evaluator } = run;
  const time = `${engineering(Number(seconds.toPrecision(3)))} s`;
  const share =
    evaluator.plan.sweep.fidelity === "staged"
      ? `; the cycle model decided ${traced} of them (${((100 * traced) / points).toFixed(1)} %)`
      : ` by the ${pass} model`;
  if (evaluated === 0)
    return `All ${points} designs were stored by an earlier run, nothing was evaluated${share}; ${time}`;
  const resumed = stored > 0 ? `, ${stored} more were stored by an earlier run` : "";
  return `${evaluated} designs evaluated${resumed}${share}; ${time}`;
};

/** Designs that could not be evaluated, by reason, most frequent first; empty where there are none. */
export const failuresText = (run: Run): string => {
  if (run.failed === 0) return "";
  const reasons = Object.entries(run.errors).sort((left, right) => right[1] - left[1]);
  const shown = reasons.slice(0, 5).map(([reason, count]) => `  ${count} x ${reason}`);
  const more = reasons.length > 5 ? [`  … and ${reasons.length - 5} other reasons`] : [];
  return [`${run.failed} designs cannot be evaluated:`, ...shown, ...more].join("\n");
};
