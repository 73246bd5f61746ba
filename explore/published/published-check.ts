import type { Evidence } from "../../core/technology/component.ts";
import type { LayerShape } from "../../core/workloads/layer.ts";
import type { Network } from "../../core/workloads/network.ts";

/** A number that was published, beside what is computed here. */
export interface PublishedCheck extends Evidence {
  /** Name of the machine in the registry; `gpu` of those that are none. */
  readonly machine: string;
  readonly what: string;
  readonly unit: string;
  /** null: nothing is computed, for the reason that `cause` gives, and the number is shown as it was published. */
  readonly ours: number | null;
  readonly theirs: number;
  /** exact: equal to the last printed digit; close: within `tolerance`; orientation: shown, without a pass mark. */
  readonly demand: "exact" | "close" | "orientation";
  /** Largest |error| of a close check, as a share of theirs, in (0, 1). */
  readonly tolerance?: number;
  /** Decimals that theirs was printed with: see `verdictOf`. */
  readonly decimals?: number | undefined;
  /** Ours is computed from other numbers of the same paper: it shows how the paper counted, and is no evidence for a model. */
  readonly identity?: true;
  /** Why they differ, where it is known. */
  readonly cause?: string;
}

/** Numbers of a section of configs/published, with their evidence. A section has `values`, or as a table `rows`; the other is empty. */
export interface PublishedNumbers extends Evidence {
  readonly unit: string;
  /** Decimals that the numbers were printed with, where the section says so. */
  readonly decimals?: number | undefined;
  readonly values: Readonly<Record<string, number>>;
  readonly rows: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** What checks are made from. */
export interface Published {
  /** The sections of configs/published/<about>.yaml by name. */
  numbers(about: string): Readonly<Record<string, PublishedNumbers>>;
  /** A network of configs/networks. */
  network(name: string): Promise<Network>;
  /** Its layers without their weights, which take time to read or to draw. */
  layers(name: string): Promise<readonly LayerShape[]>;
}

/** What a check comes to; `none` of one without a pass mark. */
export type Verdict = "pass" | "fail" | "none";

/** Decimals that a number needs when it is written in full. */
const decimalsOf = (value: number): number => {
  const [mantissa, exponent = "0"] = String(value).split("e");
  return Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent));
};

/** ours / theirs − 1; undefined where nothing is computed. */
export const errorOf = ({ ours, theirs }: Pick<PublishedCheck, "ours" | "theirs">): number | undefined =>
  ours === null ? undefined : ours === theirs ? 0 : ours / theirs - 1;

/**
 * Whether a check passes. close: |ours / theirs − 1| is at most the tolerance. exact: ours rounded (half away from zero,
 * of the binary number) to `decimals` is theirs; a check that does not say how many decimals were printed takes those that
 * theirs needs, which lose trailing zeros, and where theirs is an integer, ours has to be that very number. Throws a
 * RangeError for a check that cannot be judged: no number, nothing computed for a pass mark, a tolerance that is missing or
 * not in (0, 1), close to 0.
 */
export const verdictOf = (check: PublishedCheck): Verdict => {
  const { machine, what, ours, theirs, demand, tolerance, decimals, cause } = check;
  const refuse = (problem: string): never => {
    throw new RangeError(`${machine}, ${what}: ${problem}`);
  };
  if (!Number.isFinite(theirs)) refuse(`theirs is ${theirs}; expected a number`);
  if ((tolerance !== undefined) !== (demand === "close"))
    refuse(`a check that is ${demand} has ${tolerance === undefined ? "no" : "a"} tolerance`);
  if (ours === null) {
    if (demand !== "orientation")
      refuse("nothing is computed; expected a number, since there is a pass mark");
    if (cause === undefined) refuse("nothing is computed; expected the reason as its cause");
    return "none";
  }
  if (!Number.isFinite(ours)) refuse(`ours is ${ours}; expected a number`);
  if (demand === "orientation") return "none";
  if (demand === "exact") {
    const places = decimals ?? decimalsOf(theirs);
    const equal =
      decimals === undefined && places === 0 ? ours === theirs : Number(ours.toFixed(places)) === theirs;
    return equal ? "pass" : "fail";
  }
  if (!(tolerance !== undefined && tolerance > 0 && tolerance < 1))
    return refuse(`a tolerance of ${tolerance}; expected a share between 0 and 1`);
  if (theirs === 0) refuse("close to 0; expected an exact check");
  return Math.abs(ours / theirs - 1) <= tolerance ? "pass" : "fail";
};
