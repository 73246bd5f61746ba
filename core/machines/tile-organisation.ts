import { batched } from "../workloads/batch.ts";
import { kernelElements, type LayerShape } from "../workloads/layer.ts";
import { groupParameter } from "./grouped-parameters.ts";
import { leastBuffersOf } from "./least-buffers.ts";
import type { BufferTraffic, LeastBuffers } from "./machine.ts";
import type { Configuration, ParameterDescriptor } from "./parameter.ts";

/**
 * The organisation of the DaDianNao family: tiles of filters, each filter with lanes over the channels of one kernel
 * position, and windows (output positions) side by side. A step multiplies, for every filter and window of all tiles, the
 * channels of one kernel position that the lanes hold; outputs stay where they are summed.
 */
export interface TileOrganisation {
  readonly tiles: number;
  readonly filtersPerTile: number;
  readonly laneWidth: number;
  readonly windows: number;
  readonly batch: number;
}

/** Parameters of the organisation; `windows` is a parameter of the machines that have several. */
export const tileParameters: readonly ParameterDescriptor[] = [
  { name: "tiles", kind: "integer", minimum: 1, maximum: 4096, default: 16, description: "Tiles." },
  {
    name: "filtersPerTile",
    kind: "integer",
    minimum: 1,
    maximum: 1024,
    default: 16,
    description: "Filters that a tile works on at once.",
  },
  { ...groupParameter, default: 16 } as ParameterDescriptor,
];

/** Windows side by side, for the machines that gain them by taking operands bit by bit. */
export const windowsParameter: ParameterDescriptor = {
  name: "windows",
  kind: "integer",
  minimum: 1,
  maximum: 256,
  default: 16,
  description: "Output positions that a tile works on at once, each in a column of its own.",
};

/** The organisation of a configuration; one window where the machine has no such parameter. */
export const tileOrganisation = (configuration: Configuration): TileOrganisation => ({
  tiles: Number(configuration.tiles),
  filtersPerTile: Number(configuration.filtersPerTile),
  laneWidth: Number(configuration.laneWidth),
  windows: Number(configuration.windows ?? 1),
  batch: Number(configuration.batch),
});

/** Names of the parameters that a schedule depends on. */
export const tileScheduleParameters = ["tiles", "filtersPerTile", "laneWidth", "windows", "batch"] as const;

/** How a layer runs on the organisation. Everything is of one convolution group but `groups` and `repeats`. */
export interface TileSchedule {
  readonly filters: number;
  readonly positions: number;
  /** ⌈filters / (filtersPerTile · tiles)⌉ */
  readonly filterPasses: number;
  /** Steps of one window: R·S·⌈(C/G)/laneWidth⌉ of the folded layer. */
  readonly kernelSteps: number;
  /** ⌈positions / windows⌉ */
  readonly windowSets: number;
  readonly groups: number;
  /** Times that the whole layer runs: the batch for products of two activations, otherwise 1. */
  readonly repeats: number;
  /** All steps of the layer: repeats · groups · filterPasses · kernelSteps · windowSets. */
  readonly steps: number;
}

/** Steps of one window where stride × stride pixels count as channels. */
const foldedSteps = (layer: LayerShape, laneWidth: number): number =>
  Math.ceil(layer.kernelHeight / layer.strideHeight) *
  Math.ceil(layer.kernelWidth / layer.strideWidth) *
  Math.ceil((layer.channels * layer.strideHeight * layer.strideWidth) / laneWidth);

const plainSteps = (layer: LayerShape, laneWidth: number): number =>
  kernelElements(layer) * Math.ceil(layer.channels / layer.groups / laneWidth);

/**
 * Whether a layer is folded: a first layer with fewer channels than lanes and a stride takes stride × stride pixels as
 * channels (DNNsim). First layers are not told apart here: any layer of one convolution group with so few channels is
 * folded where that takes fewer steps [our decision].
 */
const isFolded = (layer: LayerShape, laneWidth: number): boolean =>
  layer.groups === 1 &&
  layer.depth === undefined &&
  layer.channels < laneWidth &&
  (layer.strideHeight > 1 || layer.strideWidth > 1) &&
  foldedSteps(layer, laneWidth) < plainSteps(layer, laneWidth);

/** The schedule of a layer [DNNsim, DaDianNao family]. */
export const tileSchedule = (layer: LayerShape, organisation: TileOrganisation): TileSchedule => {
  const { tiles, filtersPerTile, laneWidth, windows } = organisation;
  const { positions, repeats } = batched(layer, organisation.batch);
  const filters = layer.filters / layer.groups;
  const kernelSteps = isFolded(layer, laneWidth)
    ? foldedSteps(layer, laneWidth)
    : plainSteps(layer, laneWidth);
  const filterPasses = Math.ceil(filters / (filtersPerTile * tiles));
  const windowSets = Math.ceil(positions / windows);
  return {
    filters,
    positions,
    filterPasses,
    kernelSteps,
    windowSets,
    groups: layer.groups,
    repeats,
    steps: repeats * layer.groups * filterPasses * kernelSteps * windowSets,
  };
};

/**
 * What each lane multiplies in each step of one window: indices into the reduction of a filter (kernel row, kernel
 * column, channel; channels innermost), −1 for a lane without work. Shape [kernelSteps, laneWidth].
 */
export const laneIndices = (layer: LayerShape, laneWidth: number): Int32Array => {
  const channels = layer.channels / layer.groups;
  const rows: number[][] = [];
  if (isFolded(layer, laneWidth)) {
    const { kernelHeight, kernelWidth, strideHeight, strideWidth } = layer;
    for (let row = 0; row < kernelHeight; row += strideHeight) {
      for (let column = 0; column < kernelWidth; column += strideWidth) {
        const folded: number[] = [];
        for (let down = row; down < row + strideHeight; down++) {
          for (let right = column; right < column + strideWidth; right++) {
            for (let channel = 0; channel < channels; channel++) {
              const inside = down < kernelHeight && right < kernelWidth;
              folded.push(inside ? (down * kernelWidth + right) * channels + channel : -1);
            }
          }
        }
        rows.push(folded);
      }
    }
  } else {
    for (let position = 0; position < kernelElements(layer); position++) {
      rows.push(Array.from({ length: channels }, (_, channel) => position * channels + channel));
    }
  }
  const blocks = Math.ceil(rows[0].length / laneWidth);
  const indices = new Int32Array(rows.length * blocks * laneWidth).fill(-1);
  rows.forEach((row, position) => {
    indices.set(row, position * blocks * laneWidth);
  });
  return indices;
};

/** Processing elements with work in a layer: one for each filter and window. */
export const activeTileElements = (
  { filters, positions }: TileSchedule,
  { tiles, filtersPerTile, windows }: TileOrganisation,
): number => Math.min(filters, tiles * filtersPerTile) * Math.min(positions, windows);

/** Bytes of operands. */
interface OperandBytes {
  readonly weight: number;
  readonly activation: number;
}

/**
 * Traffic between buffers and processing elements: every step reads the weights of the filters it works on, for all
 * windows together, and the activations of its windows, for all filters together; lanes are padded. No partial sum leaves
 * a processing element.
 */
export const tileTraffic = (
  layer: LayerShape,
  organisation: TileOrganisation,
  bytes: OperandBytes,
): BufferTraffic => {
  const { laneWidth } = organisation;
  const { filters, positions, filterPasses, kernelSteps, windowSets, groups, repeats } = tileSchedule(
    layer,
    organisation,
  );
  const passes = repeats * groups * kernelSteps * laneWidth;
  return {
    weightReads: passes * filters * windowSets * bytes.weight,
    // Windows read again in any case what a further pass would.
    weightRereads: 0,
    activationReads: passes * positions * filterPasses * bytes.activation,
    partialSumReads: 0,
    partialSumWrites: 0,
    outputWrites: repeats * groups * filters * positions * bytes.activation,
  };
};

/** Least buffers of the organisation. */
export const tileLeastBuffers = (
  layer: LayerShape,
  { tiles, filtersPerTile, laneWidth }: TileOrganisation,
  bytes: OperandBytes,
): LeastBuffers => leastBuffersOf(layer, tiles * filtersPerTile, laneWidth, bytes);
