import { type LayerShape, macs } from "../../workloads/layer.ts";
import type { TracedCycles } from "../machine.ts";
import { settledCycles } from "../settled-cycles.ts";
import { multipliers, type ScnnConfiguration } from "./configuration.ts";
import { denseElements, stepsOfOutput } from "./dense-twin.ts";
import { fullyConnectedElements } from "./fully-connected.ts";
import { haloCycles } from "./halo.ts";
import { isFullyConnected, tiledPlane, tilesOf } from "./tiles.ts";
import { type WorkStatistics, workOf } from "./work-rule.ts";

/** Processing elements that have work in a layer: those with a tile of inputs, in the dense twin one of outputs. */
export const activeElements = ({ array, zeroSkipping }: ScnnConfiguration, layer: LayerShape): number => {
  if (!zeroSkipping) return denseElements(layer, array);
  return isFullyConnected(layer)
    ? fullyConnectedElements(layer, array.height * array.width)
    : tilesOf(tiledPlane(layer, array));
};

/**
 * Compute cycles from the walk over all products: the sums with the configuration's barrier, and the halo exchange after
 * every group of filters, in which no processing element multiplies. Every input of a batch takes as long as the one that
 * was drawn. Bounds: no barrier at all, and one after every channel. Conflicts of banks count as imbalance, incomplete
 * vectors and products outside the output plane as padding, halos as front end.
 */
export const tracedCycles = (
  configuration: ScnnConfiguration,
  layer: LayerShape,
  statistics: WorkStatistics,
): TracedCycles => {
  const { array, barrier, batch, zeroSkipping } = configuration;
  if (!zeroSkipping) return denseWalk(configuration, layer);
  const { independent, groupBarrier, channelBarrier, busy, vectorPairs, products } = workOf(statistics);
  const halo = isFullyConnected(layer) ? 0 : layer.filters * haloCycles(tiledPlane(layer, array));
  const elements = array.height * array.width;
  const multiply = barrier === "group" ? groupBarrier : channelBarrier;
  // A layer without a product takes a cycle an input.
  const control = multiply + halo === 0 ? 1 : 0;
  const cycles = batch * (multiply + halo + control);
  const ideal = (batch * products) / (multipliers * elements);
  const idle = batch * multiply * (1 - activeElements(configuration, layer) / elements);
  return {
    ...settledCycles(cycles, batch * busy, {
      ideal,
      padding: (batch * vectorPairs) / elements - ideal + idle,
      frontEnd: batch * (halo + control),
    }),
    optimisticCycles: batch * (independent + halo + control),
    pessimisticCycles: batch * (channelBarrier + halo + control),
  };
};

/** The dense twin, tile by tile: each processing element computes its outputs of every filter; the largest tile is last. */
const denseWalk = ({ array, batch }: ScnnConfiguration, layer: LayerShape): TracedCycles => {
  const steps = stepsOfOutput(layer);
  const elements = array.height * array.width;
  let slowest = 0;
  let busy = 0;
  if (isFullyConnected(layer)) {
    const filters = layer.filters / layer.groups;
    const runs = layer.groups * layer.outputHeight * layer.outputWidth;
    for (let first = 0; first < filters; first += elements) {
      slowest += runs * steps;
      busy += runs * steps * Math.min(elements, filters - first);
    }
  } else {
    const { vertical, horizontal } = tiledPlane(layer, array);
    for (let y = 0; y < vertical.output; y += vertical.outputTile) {
      for (let x = 0; x < horizontal.output; x += horizontal.outputTile) {
        const outputs =
          Math.min(vertical.outputTile, vertical.output - y) *
          Math.min(horizontal.outputTile, horizontal.output - x);
        slowest = Math.max(slowest, outputs * layer.filters * steps);
        busy += outputs * layer.filters * steps;
      }
    }
  }
  const cycles = batch * slowest;
  const ideal = (batch * macs(layer)) / (multipliers * elements);
  return settledCycles(cycles, batch * busy, { ideal, padding: cycles - ideal });
};
