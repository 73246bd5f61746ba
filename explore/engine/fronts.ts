import { ModelError } from "../../core/errors.ts";
import { createArchive } from "../pareto/archive.ts";
import { unbeatable } from "../pareto/objectives.ts";
import type { FrontScope } from "./columns.ts";
import type { EnginePlan } from "./plan.ts";
import type { FrontShare, UnusableObjective } from "./summary.ts";

/** A front of a run. */
export interface Front {
  readonly scope: FrontScope;
  /** Rows on the front, by index; all copies of equal points. */
  readonly rows: readonly Float64Array[];
  /** Value of each objective that hypervolumes are measured from: the sweep's, else the worst finite one. */
  readonly reference: Readonly<Record<string, number>>;
  /** Rows that miss a requirement and were left out. */
  readonly excluded: number;
}

/** A front in the making: shares of chunks arrive in any order. */
export interface GrowingFront {
  add(share: FrontShare): void;
  /** The front of all that has arrived, which does not depend on the order. */
  front(): Front;
  /** Throws ModelError `objective` where an objective has turned up that is NaN or infinite on the good side. */
  check(): void;
}

/** So many rows are kept at least before those that have left the front are let go. */
const leastKept = 8192;

/** An empty front. Holds about twice the rows of the front at most. */
export const growingFront = ({ sweep }: EnginePlan, scope: FrontScope): GrowingFront => {
  const { objectives, referencePoint } = sweep;
  const directions = objectives.map(({ direction }) => direction);
  const archive = createArchive(directions);
  const worst: (number | undefined)[] = objectives.map(() => undefined);
  let rows = new Map<number, Float64Array>();
  let mostKept = leastKept;
  let excluded = 0;
  let unusable: UnusableObjective | undefined;

  const settled = (): Float64Array[] => {
    const members = Array.from(archive.front().ids, (index) => rows.get(index)!);
    rows = new Map(members.map((row) => [row[0], row]));
    mostKept = Math.max(leastKept, 2 * rows.size);
    return members;
  };

  return {
    add: (share) => {
      excluded += share.excluded;
      if (share.unusable !== undefined && !(unusable !== undefined && unusable.index < share.unusable.index))
        unusable = share.unusable;
      share.worst.forEach((value, objective) => {
        const known = worst[objective];
        if (value === undefined) return;
        const maximized = unbeatable(directions[objective]) > 0;
        if (known === undefined || (maximized ? value < known : value > known)) worst[objective] = value;
      });
      if (share.rows.length === 0) return;
      archive.add(
        share.objectives,
        Float64Array.from(share.rows, ([index]) => index),
      );
      for (const row of share.rows) rows.set(row[0], row);
      if (rows.size > mostKept) settled();
    },
    front: () => ({
      scope,
      rows: settled().sort((left, right) => left[0] - right[0]),
      reference: Object.fromEntries(
        objectives.map(({ name }, objective) => [name, referencePoint[name] ?? worst[objective] ?? 0]),
      ),
      excluded,
    }),
    check: () => {
      if (unusable !== undefined) throw new ModelError("objective", problemOf(unusable, sweep));
    },
  };
};

const problemOf = (
  { index, objective, value }: UnusableObjective,
  { objectives }: EnginePlan["sweep"],
): string => {
  const problem = Number.isNaN(value) ? "no number" : `${value}, better than any number,`;
  return `objective ${objectives[objective].name} is ${problem} for the design with index ${index}`;
};
