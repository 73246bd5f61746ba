import type { FrontSoFar } from "../engine/progress.ts";
import { engineering } from "../table/engineering.ts";

/** How far a phase is. */
export interface PhaseState {
  /** What is being done, for a wide terminal and for a narrow one. */
  readonly label: readonly [string, string];
  /** What steps are counted in. */
  readonly unit: string;
  readonly done: number;
  readonly total: number;
  /** Steps a second; 0 as long as none was done. */
  readonly rate: number;
  readonly front: FrontSoFar | undefined;
}

/** From so many columns on there is room for words. */
const wideColumns = 120;

/**
 * One line about a phase, of fewer characters than the terminal has columns: label, bar, percentage, steps done of
 * all, rate, time left, and the front so far with its hypervolume (HV where there is no room for the word). The bar gives
 * way first; below 80 columns the end may be cut.
 */
export const progressLine = (state: PhaseState, columns: number): string => {
  const wide = columns >= wideColumns;
  const { done, total, rate } = state;
  const label = state.label[wide ? 0 : 1];
  const share = `${Math.floor((100 * done) / total)} %`;
  const left = `${rate > 0 ? timeText((total - done) / rate) : "?"} left`;
  const [now, all] = [engineering(done), engineering(total)];
  const facts = wide
    ? [
        share,
        `${now} of ${all} ${state.unit}`,
        `${engineering(rate)}/s`,
        left,
        ...frontTexts(state, "hypervolume"),
      ]
    : [share, `${now}/${all}`, `${engineering(rate)}/s`, left, ...frontTexts(state, "HV")];
  const text = facts.join(wide ? " | " : " ");
  const room = columns - 1 - label.length - 1 - 1 - text.length;
  const cells = Math.max(0, Math.min(wide ? 24 : 10, room));
  const full = Math.floor((cells * done) / total);
  const bar = "█".repeat(full) + "░".repeat(cells - full);
  return [label, ...(bar === "" ? [] : [bar]), text].join(" ").slice(0, Math.max(0, columns - 1));
};

const frontTexts = ({ front }: PhaseState, hypervolume: string): string[] =>
  front === undefined
    ? []
    : [
        `front ${front.designs}`,
        ...(front.hypervolume === undefined ? [] : [`${hypervolume} ${engineering(front.hypervolume)}`]),
      ];

/** A time in its two largest units, such as 5m10s. */
const timeText = (time_s: number): string => {
  const seconds = Math.ceil(time_s);
  const two = (large: number, name: string, small: number, smallName: string): string =>
    `${Math.floor(seconds / large)}${name}${String(Math.floor((seconds % large) / small)).padStart(2, "0")}${smallName}`;
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return two(60, "m", 1, "s");
  return seconds < 86_400 ? two(3600, "h", 60, "m") : two(86_400, "d", 3600, "h");
};
