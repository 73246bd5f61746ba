import { ModelError } from "../../errors.ts";
import type { LayerShape } from "../../workloads/layer.ts";
import { arrayOf } from "../array-parameters.ts";
import type { Configuration } from "../parameter.ts";

/**
 * A layer as the row-stationary array runs it. A set of processing elements, kernel rows high and output rows wide, makes
 * all output rows of one filter and channel: every element slides one kernel row along one input row.
 */
export interface RowStationary {
  readonly height: number;
  readonly width: number;
  /** R: rows of a set. */
  readonly kernelRows: number;
  /** P: columns of a set. */
  readonly outputRows: number;
  /** S·Q: cycles in which a set runs. */
  readonly setCycles: number;
  /** M·(C/G): sets that there are to run, for one input. */
  readonly pairs: number;
  /** Inputs, one after another. */
  readonly inputs: number;
}

/**
 * Reads a layer and a configuration. Throws ModelError `layer-shape` for a kernel with more rows than the array has, and for
 * a layer with a depth, for which the dataflow has no place.
 */
export const rowStationary = (configuration: Configuration, layer: LayerShape): RowStationary => {
  const { height, width } = arrayOf(configuration);
  if (layer.depth !== undefined) {
    throw new ModelError(
      "layer-shape",
      `layer ${layer.name}: a kernel of depth ${layer.depth.kernel}; expected one of two dimensions, whose rows stay in processing elements`,
    );
  }
  if (layer.kernelHeight > height) {
    throw new ModelError(
      "layer-shape",
      `layer ${layer.name}: a kernel of ${layer.kernelHeight} rows; expected at most ${height}, the arrayHeight`,
    );
  }
  return {
    height,
    width,
    kernelRows: layer.kernelHeight,
    outputRows: layer.outputHeight,
    setCycles: layer.kernelWidth * layer.outputWidth,
    pairs: (layer.filters * layer.channels) / layer.groups,
    inputs: Number(configuration.batch),
  };
};

/** How sets lie on the array. */
export interface SetPlacement {
  /** Whole sets side by side; 1 where even one has to be run in strips. */
  readonly sets: number;
  /** Runs that a set takes: more than one where the array has too few places for all output rows. */
  readonly strips: number;
  /** Output rows of a set that are on the array at once. */
  readonly rowsAtOnce: number;
}

/**
 * Sets on the array [JSSC 2017, section III; the formula is derived]: v = ⌊height / R⌋ fit above each other. P ≤ width:
 * v·⌊width / P⌋ sets. Otherwise a set is cut into seg = ⌈P / width⌉ segments: ⌊v / seg⌋ sets where seg ≤ v, and where not
 * one set in ⌈seg / v⌉ strips.
 */
export const setPlacement = ({ height, width, kernelRows, outputRows }: RowStationary): SetPlacement => {
  const above = Math.floor(height / kernelRows);
  if (outputRows <= width) {
    return { sets: above * Math.floor(width / outputRows), strips: 1, rowsAtOnce: outputRows };
  }
  const segments = Math.ceil(outputRows / width);
  return segments <= above
    ? { sets: Math.floor(above / segments), strips: 1, rowsAtOnce: outputRows }
    : { sets: 1, strips: Math.ceil(segments / above), rowsAtOnce: above * width };
};

/** Processing elements that have work in a layer. */
export const activeElements = (mapping: RowStationary): number => {
  const { sets, rowsAtOnce } = setPlacement(mapping);
  return Math.min(sets, mapping.pairs) * mapping.kernelRows * rowsAtOnce;
};

/** Words of 16 bits of the scratchpads of an element, for filters and for activations, and sums that it keeps [JSSC 2017]. */
const filterWords = 224;
const activationWords = 12;
const sumWords = 24;

/** What a processing pass takes at once; filters and channels are those of a convolution group. */
export interface ProcessingPass {
  /** p: filters whose kernel rows an element holds, and q: channels of each. */
  readonly filtersOfElement: number;
  readonly channelsOfElement: number;
  /** t and r: sets that run other filters, and other channels. */
  readonly filterSets: number;
  readonly channelSets: number;
}

/**
 * The processing pass of a layer [our decision, within the scratchpads]: q = min(4, ⌊12 / S⌋) channels and
 * p = min(24, ⌊224 / (q·S)⌋) filters an element, each at least 1 and at most what the layer has; sets go to filters as long
 * as there are any, then to channels.
 */
export const processingPass = (mapping: RowStationary, layer: LayerShape): ProcessingPass => {
  const filters = layer.filters / layer.groups;
  const channels = layer.channels / layer.groups;
  const taps = layer.kernelWidth;
  const within = (most: number, all: number): number => Math.min(all, Math.max(1, most));
  const channelsOfElement = within(Math.min(4, Math.floor(activationWords / taps)), channels);
  const filtersOfElement = within(
    Math.min(sumWords, Math.floor(filterWords / (channelsOfElement * taps))),
    filters,
  );
  const { sets } = setPlacement(mapping);
  const filterSets = Math.min(sets, Math.ceil(filters / filtersOfElement));
  return {
    filtersOfElement,
    channelsOfElement,
    filterSets,
    channelSets: Math.min(Math.floor(sets / filterSets), Math.ceil(channels / channelsOfElement)),
  };
};
