import { type LayerShape, macs } from "../../workloads/layer.ts";
import type { TracedCycles } from "../machine.ts";
import type { Configuration } from "../parameter.ts";
import { settledCycles } from "../settled-cycles.ts";
import { type RowStationary, rowStationary } from "./mapping.ts";

/**
 * Copies of a set's output rows, from `firstRow` on, that are laid on the array band by band, a band being R rows of
 * elements; and how many output rows each has. A segment of a set lies in one band.
 */
const layOut = (
  { height, width, kernelRows, outputRows }: RowStationary,
  firstRow: number,
): { readonly copies: number; readonly rows: number } => {
  const bands = Math.floor(height / kernelRows);
  let copies = 0;
  let rows = 0;
  let band = 0;
  let free = width;
  while (band < bands) {
    let row = firstRow;
    while (row < outputRows && band < bands) {
      const segment = Math.min(width, outputRows - row);
      if (segment > free) {
        band++;
        free = width;
        continue;
      }
      free -= segment;
      row += segment;
    }
    if (copies > 0 && row < outputRows) break;
    copies++;
    rows = row - firstRow;
    // The rest of a set that was cut begins a run of its own.
    if (row < outputRows || firstRow > 0) break;
  }
  return { copies, rows };
};

/**
 * Strip by strip of the output rows: as many sets as the array has places for run for S·Q cycles at a time, each of another
 * filter and channel.
 */
export const tracedCycles = (configuration: Configuration, layer: LayerShape): TracedCycles => {
  const mapping = rowStationary(configuration, layer);
  const { height, width, kernelRows, outputRows, setCycles, pairs, inputs } = mapping;
  let cycles = 0;
  let busy = 0;
  for (let row = 0; row < outputRows; ) {
    const { copies, rows } = layOut(mapping, row);
    cycles += Math.ceil(pairs / copies) * setCycles;
    busy += pairs * rows * kernelRows * setCycles;
    row += rows;
  }
  const ideal = (inputs * macs(layer)) / (height * width);
  return settledCycles(inputs * cycles, inputs * busy, { ideal, padding: inputs * cycles - ideal });
};
