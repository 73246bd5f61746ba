import type { LayerShape } from "../../workloads/layer.ts";
import type { ComputeCycles } from "../machine.ts";
import { type ScnnConfiguration, vectorWidth } from "./configuration.ts";
import { denseCycles, stepsOfOutput } from "./dense-twin.ts";
import { expectedVectors } from "./expected-vectors.ts";
import { filtersOfGroup } from "./filter-groups.ts";
import { haloCycles } from "./halo.ts";
import { expectedSlowest } from "./slowest-tile.ts";
import {
  isFullyConnected,
  phaseOfInput,
  phaseOfTap,
  type TiledAxis,
  type TiledPlane,
  tiledPlane,
} from "./tiles.ts";
import type { WorkStatistics } from "./work-rule.ts";

/**
 * Compute cycles from the densities of both operands alone, zeros taken as independent draws: the vectors that the queues
 * of a tile and of a group of filters are expected to fill, times the expected cycles of a pair, for the slowest of the
 * tiles. What a tile takes over all channels (`barrier: channel`: over one) is taken as normally distributed. Left out:
 * that real zeros come in clusters, that conflicts differ between tiles. The dense twin: its closed form.
 */
export const analyticalCycles = (
  configuration: ScnnConfiguration,
  layer: LayerShape,
  { densities, pairCycles: [pairCycles] }: WorkStatistics,
): ComputeCycles => {
  const { array, kcMax, barrier, batch, zeroSkipping } = configuration;
  const [weights, inputs] = densities;
  const filters = layer.filters / layer.groups;
  const channels = layer.channels / layer.groups;
  if (!zeroSkipping) {
    const outputs = layer.filters * layer.outputHeight * layer.outputWidth;
    return {
      cycles: batch * denseCycles(layer, array),
      busyCycles: batch * outputs * stepsOfOutput(layer),
    };
  }
  if (isFullyConnected(layer)) {
    const rate = vectorWidth * array.height * array.width;
    const products = filters * channels * weights * inputs;
    const runs = batch * layer.groups * layer.inputHeight * layer.inputWidth;
    const cycles = Math.max(batch, runs * Math.ceil(products / rate));
    return { cycles, busyCycles: (runs * products) / vectorWidth };
  }
  const plane = tiledPlane(layer, array);
  const classes = tileClasses(plane, inputs);
  const ofGroup = filtersOfGroup(layer, plane, kcMax);
  const together = barrier === "group" ? channels : 1;
  let cycles = 0;
  let busy = 0;
  const add = (groupFilters: number, sets: number): void => {
    if (sets === 0 || groupFilters === 0) return;
    const known = new Map<number, { mean: number; square: number }>();
    const ofPhase = tapCounts(plane).map((count) => {
      const entries = count * groupFilters;
      const found = known.get(entries);
      if (found !== undefined) return found;
      const { mean, variance } = expectedVectors(entries, weights);
      const moments = { mean, square: mean ** 2 + variance };
      known.set(entries, moments);
      return moments;
    });
    let most = 0;
    const slowest = classes.map(({ tiles, phases }) => {
      let mean = 0;
      let variance = 0;
      let full = 0;
      phases.forEach((queue, phase) => {
        mean += queue.mean * ofPhase[phase].mean;
        variance += queue.variance * ofPhase[phase].square;
        full += Math.ceil(queue.inputs / vectorWidth) * ofPhase[phase].mean;
      });
      most = Math.max(most, full);
      busy += sets * channels * tiles * mean;
      return { tiles, mean: together * mean, deviation: Math.sqrt(together * variance) };
    });
    const largest = Math.max(...slowest.map(({ mean }) => mean));
    const expected = Math.min(Math.max(expectedSlowest(slowest), largest), together * most);
    cycles += sets * (channels / together) * expected;
  };
  add(ofGroup, Math.floor(filters / ofGroup));
  add(filters % ofGroup, 1);
  return {
    cycles: batch * Math.max(1, layer.groups * cycles * pairCycles + layer.filters * haloCycles(plane)),
    busyCycles: batch * layer.groups * busy * pairCycles,
  };
};

/** Tiles with as many inputs of every phase, and the vectors of these. */
interface AlikeTiles {
  readonly tiles: number;
  readonly phases: readonly { readonly inputs: number; readonly mean: number; readonly variance: number }[];
}

const tileClasses = (plane: TiledPlane, density: number): readonly AlikeTiles[] => {
  const rows = alike(plane.vertical);
  const columns = alike(plane.horizontal);
  return rows.flatMap((row) =>
    columns.map((column) => ({
      tiles: row.tiles * column.tiles,
      phases: row.inputs.flatMap((down) =>
        column.inputs.map((across) => ({
          inputs: down * across,
          ...expectedVectors(down * across, density),
        })),
      ),
    })),
  );
};

/** Tiles of an axis by how many inputs of each phase they have. */
const alike = (
  axis: TiledAxis,
): readonly { readonly tiles: number; readonly inputs: readonly number[] }[] => {
  const classes = new Map<string, { tiles: number; inputs: readonly number[] }>();
  for (let tile = 0; tile < axis.tiles; tile++) {
    const inputs = new Array<number>(axis.stride).fill(0);
    for (let at = tile * axis.tile; at < Math.min((tile + 1) * axis.tile, axis.input); at++) {
      inputs[phaseOfInput(axis, at)]++;
    }
    const known = classes.get(inputs.join());
    if (known === undefined) classes.set(inputs.join(), { tiles: 1, inputs });
    else known.tiles++;
  }
  return [...classes.values()];
};

/** Taps of each phase. */
const tapCounts = ({ vertical, horizontal }: TiledPlane): readonly number[] => {
  const ofAxis = (axis: TiledAxis): number[] => {
    const counts = new Array<number>(axis.stride).fill(0);
    for (let tap = 0; tap < axis.kernel; tap++) counts[phaseOfTap(axis, tap)]++;
    return counts;
  };
  const across = ofAxis(horizontal);
  return ofAxis(vertical).flatMap((rows) => across.map((columns) => rows * columns));
};
