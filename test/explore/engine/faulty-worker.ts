/** The worker of the engine with a fault: what `BITFRONT_FAULT` asks for, as JSON. For tests of runs whose threads die. */
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import type { StatisticsTask } from "../../../explore/engine/compute-statistic.ts";
import {
  type ChunkAnswer,
  type ChunkTask,
  chunk as evaluate,
  statistics as fill,
} from "../../../explore/engine/worker.ts";

/** What goes wrong in the worker. */
export interface Fault {
  /** How it dies: `after` is an uncaught error when the chunk is done and answered. */
  readonly death?: "exit" | "throw" | "memory" | "after";
  /** It dies of chunks with this index, or of statistics. */
  readonly index?: number | "statistics";
  /** A file that is made at the first death: it does not die when that is there. */
  readonly once?: string;
  /** A file that has a line for every chunk begun: the pass and the positions. */
  readonly begun?: string;
}

const { death, index = -1, once, begun } = JSON.parse(process.env.BITFRONT_FAULT ?? "{}") as Fault;

const fail = (): void => {
  throw new Error("a fault of this test");
};

const die = async (): Promise<void> => {
  if (death === "exit") process.exit(7);
  if (death === "memory") {
    const kept: number[][] = [];
    for (;;) kept.push(new Array(10_000).fill(kept.length));
  }
  setImmediate(fail);
  await new Promise(() => undefined);
};

/** Whether it is to die; once at most where there is a file for that. */
const mayDie = (): boolean => {
  if (once === undefined) return true;
  if (existsSync(once)) return false;
  writeFileSync(once, "");
  return true;
};

export const statistics = async (task: StatisticsTask): Promise<string | undefined> => {
  if (index === "statistics" && mayDie()) await die();
  return await fill(task);
};

export const chunk = async (task: ChunkTask): Promise<ChunkAnswer> => {
  if (begun !== undefined) appendFileSync(begun, `${task.pass} ${task.from} ${task.to}\n`);
  if (index === "statistics") return await evaluate(task);
  const has = task.indices?.includes(index) ?? (task.from <= index && index < task.to);
  const dies = has && mayDie();
  if (dies && death !== "after") await die();
  const answer = await evaluate(task);
  if (dies) setTimeout(fail, 50);
  return answer;
};
