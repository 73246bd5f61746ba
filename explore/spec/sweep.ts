import type { Mark } from "../../core/technology/component.ts";
import type { Phase } from "../../core/workloads/training.ts";
import type { SpaceDescription } from "../space/space.ts";
import type { Expression } from "./expression.ts";

/** A network that every design runs. */
export interface SweepNetwork {
  /** A name in configs/networks, a path, or `npm:package/file`, as the file gives it. */
  readonly use: string;
  readonly weight: number;
  /** Shapes of inputs by name; empty if the network's own file binds them. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** Whether results in a float format may stand on weights that were stored in fewer bits. */
  readonly allowUpcast: boolean;
  readonly phase: Phase;
  /** What the user measured in each precision of the sweep, and where. */
  readonly accuracy?: { readonly source: string; readonly byPrecision: Readonly<Record<string, number>> };
  /** A file of captured activations, relative to the sweep's, or `npm:package/file`; it replaces that of the network's own file. */
  readonly activations?: string;
}

/** A number that takes the place of one in the cost tables. */
export interface ComponentOverride {
  readonly value: number;
  readonly unit: string;
  readonly source: string;
  readonly mark: Mark;
  /** Between which values it may lie. */
  readonly range?: readonly [number, number];
}

/** A quantity to maximize or to minimize. Its name is its text, which for a bare metric is the metric's name. */
export interface Objective {
  readonly name: string;
  readonly direction: "maximize" | "minimize";
  readonly expression: Expression;
}

/** A condition on metrics, with its text. */
export interface Requirement {
  readonly source: string;
  readonly expression: Expression;
}

/** A sweep that is understood: everything is checked, every default is filled in, and all of it is JSON data. */
export interface Sweep {
  readonly name: string;
  readonly seed: number;
  readonly networks: readonly SweepNetwork[];
  readonly aggregate: "geomean" | "sum" | "worst" | "each";
  /** Files of cost tables, relative to the sweep's: their tables take the place of the shipped ones. */
  readonly technology: readonly string[];
  /** Single numbers of the cost tables that are given instead, by name. */
  readonly components: Readonly<Record<string, ComponentOverride>>;
  /** Machines, swept parameters, constraints, baseline and added points. */
  readonly space: SpaceDescription;
  readonly require: readonly Requirement[];
  readonly objectives: readonly Objective[];
  /** Reference values of some or all objectives, by name; the others take their worst finite value. */
  readonly referencePoint: Readonly<Record<string, number>>;
  readonly fidelity: "analytical" | "cycle" | "staged";
  readonly search: { readonly method: "exhaustive" };
}
