import type { ParameterDescriptor } from "../../core/machines/parameter.ts";
import { namesOf } from "./expression.ts";
import { type Fault, oneOf } from "./problem.ts";
import type { Sweep } from "./sweep.ts";
import { expandValues, type WrittenParameter } from "./values.ts";

/**
 * The accuracies of a network by precision, as `Configuration` has it, and what is wrong with them (paths start at the
 * list): a precision that is none, is given twice, or is not among those that a design may have, where these are `known`.
 */
export const readAccuracy = (
  written: readonly { readonly precision: WrittenParameter; readonly value: number }[],
  descriptor: ParameterDescriptor,
  known: readonly string[] | undefined,
): { readonly byPrecision: Readonly<Record<string, number>>; readonly faults: readonly Fault[] } => {
  const byPrecision: Record<string, number> = {};
  const faults: Fault[] = [];
  for (const [index, { precision, value }] of written.entries()) {
    const path = [index, "precision"];
    const expanded = expandValues(descriptor, precision);
    if ("faults" in expanded) {
      faults.push(...expanded.faults.map((fault) => ({ ...fault, path: [...path, ...fault.path] })));
      continue;
    }
    const name = String(expanded.values[0]);
    if (Object.hasOwn(byPrecision, name)) {
      faults.push({ path, problem: "is given twice", expected: "every precision once" });
    } else if (known !== undefined && !known.includes(name)) {
      faults.push({ path, problem: "is no precision of this sweep", expected: oneOf(known) });
    }
    byPrecision[name] = value;
  }
  return { byPrecision, faults };
};

/** A fault for each network that lacks the accuracy in one of the `precisions`, where conditions or objectives ask for it. */
export const missingAccuracy = (
  networks: Sweep["networks"],
  precisions: readonly string[],
  asking: Pick<Sweep, "require" | "objectives">,
): Fault[] => {
  const asks = (key: "require" | "objectives"): boolean =>
    asking[key].some(({ expression }) => namesOf(expression).includes("accuracy"));
  const key = (["require", "objectives"] as const).find(asks);
  if (key === undefined) return [];
  return networks.flatMap(({ use, accuracy }, index): Fault[] => {
    const missing = precisions.filter((precision) => !Object.hasOwn(accuracy?.byPrecision ?? {}, precision));
    if (missing.length === 0) return [];
    return [
      {
        path: ["networks", index],
        problem: `(${use}) gives no accuracy for ${missing.join(", ")}, which ${key} asks for`,
        expected: "accuracy: { source, values: [{ precision, value }] } with every precision of the sweep",
      },
    ];
  });
};
