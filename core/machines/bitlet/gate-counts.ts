import { ModelError } from "../../errors.ts";
import { type LinearFit, linearFit } from "../../technology/linear-fit.ts";
import type { BitletModule, GateTable } from "../../technology/technology.ts";
import { bitletModules } from "../../technology/technology.ts";

/** What decides the size of a processing element's modules. */
export interface ModuleShape {
  readonly laneWidth: number;
  readonly inputPorts: number;
  /** 0 for a window that spans all lanes. */
  readonly window: number;
}

/** Gates of a module, and how far the fit over the lane width is off at most, as a share. */
export interface ModuleGates {
  readonly gates: number;
  readonly largestError: number;
}

const channels = 24;

/**
 * NAND2 equivalents of each module over lane width, input ports and window. Over the lane width N: the line a + b · N
 * with the least relative error through the synthesized counts, its largest error beside it. The compute engine holds 24
 * check windows; the rest of it, activation multiplexers and registers, stands for the wire orchestrator, and the
 * accumulator for the adder tree. Each input port has its share of preprocessing. Of a check window, what does not grow
 * with N is the logic that looks at the window, in proportion to it; the rest holds the plane [our decision]. Throws
 * ModelError `beyond-table` for a lane width outside the validity of the counts.
 */
export const gateCounts = (
  table: GateTable,
  { laneWidth, inputPorts, window }: ModuleShape,
): Record<BitletModule, ModuleGates> => {
  const [least, most] = table.validity;
  if (!(laneWidth >= least && laneWidth <= most)) {
    throw new ModelError(
      "beyond-table",
      `lane width: ${laneWidth} lies beyond the reach of the gate counts, ${least} … ${most}`,
    );
  }
  const fits = moduleFits(table);
  const at = ({ constant, slope, largestError }: LinearFit, factor = 1, more = 0): ModuleGates => ({
    gates: constant * factor + slope * laneWidth + more,
    largestError,
  });
  const spanned = window === 0 ? laneWidth : Math.min(window, laneWidth);
  return {
    preprocessing: at(fits.preprocessing, 1, inputPorts * table.inputPort.value),
    wireOrchestrator: at(fits.wireOrchestrator),
    checkWindow: {
      gates: channels * at(fits.checkWindow, spanned / table.window).gates,
      largestError: fits.checkWindow.largestError,
    },
    adderTree: at(fits.adderTree),
    postprocessing: at(fits.postprocessing),
  };
};

/** Fits of each module over the lane width: preprocessing without its input ports, and one check window. */
export const moduleFits = (table: GateTable): Record<BitletModule, LinearFit> => {
  const lineThrough = (values: readonly number[]): LinearFit => linearFit(table.laneWidths, values);
  return {
    preprocessing: lineThrough(
      table.preprocessing.map((count, index) => count - table.inputPorts[index] * table.inputPort.value),
    ),
    wireOrchestrator: lineThrough(
      table.computeEngine.map((count, index) => count - channels * table.checkWindow[index]),
    ),
    checkWindow: lineThrough(table.checkWindow),
    adderTree: lineThrough(table.accumulator),
    postprocessing: lineThrough(table.postprocessing),
  };
};

/** By how much each module grows from one shape to another, with the largest error of the fit. */
export const moduleGrowth = (
  table: GateTable,
  from: ModuleShape,
  to: ModuleShape,
): Record<BitletModule, { readonly growth: number; readonly largestError: number }> => {
  const [before, after] = [gateCounts(table, from), gateCounts(table, to)];
  return Object.fromEntries(
    bitletModules.map((module) => [
      module,
      {
        growth: after[module].gates / before[module].gates,
        largestError: after[module].largestError,
      },
    ]),
  ) as Record<BitletModule, { readonly growth: number; readonly largestError: number }>;
};
