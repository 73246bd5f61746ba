import type { Machine } from "../../core/machines/machine.ts";
import { bufferParameters, dramParameters } from "../../core/machines/system-parameters.ts";
import { termParameters } from "../../core/model/terms.ts";
import type { Space } from "../space/space.ts";

/** What a design is evaluated from, each known by a sub-key of its own; positions in a vector of sub-keys. */
export const keyOf = {
  compute: 0,
  traffic: 1,
  tilings: 2,
  transfers: 3,
  /** Capacities of the buffers. */
  capacities: 4,
  /** Whether the least buffers of the traffic fit the capacities. */
  fit: 5,
  costs: 6,
  clock: 7,
  /** The supply voltage. */
  voltage: 8,
  bufferBandwidth: 9,
  batch: 10,
  /** The memory times of layers. */
  memory: 11,
} as const;
export const keyCount = 12;

/**
 * The sub-keys of a machine: whole numbers in mixed radix, made of the digits that decide what they stand for. Equal
 * sub-keys stand for equal values in all designs that are not excluded.
 */
export interface SubKeys {
  /** For each sub-key how many there are. */
  readonly sizes: Float64Array;
  /** For each position among the radices, which sub-keys its digit counts in, and with what weight. */
  readonly keys: readonly Int32Array[];
  readonly weights: readonly Float64Array[];
  /** The same by sub-key: positions and weights of one behind those of the other, and where each ends. */
  readonly partPositions: Int32Array;
  readonly partWeights: Float64Array;
  readonly partEnds: Int32Array;
  /**
   * All positions but the machine's, in the order in which they are best walked, outermost first: those that decide
   * vectors over layers; those that the memory times depend on beside them; the clock's; the others.
   */
  readonly order: readonly number[];
  /** How many of these decide vectors over layers. */
  readonly blockPositions: number;
  /** By how much each digit moves a design on in the order of the walk, and how far the next clock is; 0 for one clock. */
  readonly walkWeights: Float64Array;
  readonly clockStep: number;
}

export const subKeysOf = (space: Space, machineDigit: number, machine: Machine): SubKeys => {
  const { radices } = space;
  const positions = (names: readonly string[]): readonly number[] => space.positionsOf(machineDigit, names);
  const terms = termParameters(machine);
  const byKey: readonly (readonly number[])[] = [
    positions(terms.compute),
    positions(terms.traffic),
    positions(terms.tilings),
    positions(terms.transfers),
    positions(bufferParameters),
    positions([...terms.traffic, ...bufferParameters]),
    positions(terms.costs),
    positions(["clock"]),
    positions(terms.voltage),
    positions(["bufferBandwidth"]),
    positions(["batch"]),
    positions([...terms.traffic, ...terms.transfers, "bufferBandwidth", ...dramParameters]),
  ];
  const sizes = new Float64Array(keyCount);
  const keys = radices.map((): number[] => []);
  const weights = radices.map((): number[] => []);
  const parts: { readonly position: number; readonly weight: number }[] = [];
  const ends = new Int32Array(keyCount);
  byKey.forEach((members, key) => {
    let size = 1;
    for (const position of members) {
      if (radices[position] === 1) continue;
      keys[position].push(key);
      weights[position].push(size);
      parts.push({ position, weight: size });
      size *= radices[position];
    }
    sizes[key] = size;
    ends[key] = parts.length;
  });
  const block = new Set(byKey.slice(0, keyOf.costs).flat());
  const memory = new Set([...byKey[keyOf.bufferBandwidth], ...positions(dramParameters)]);
  const clock = new Set(byKey[keyOf.clock]);
  const rank = (position: number): number =>
    block.has(position) ? 0 : memory.has(position) ? 1 : clock.has(position) ? 2 : 3;
  const order = Array.from({ length: radices.length - 1 }, (_, position) => position + 1).sort(
    (left, right) => rank(left) - rank(right) || left - right,
  );
  const walkWeights = new Float64Array(radices.length);
  let weight = 1;
  for (const position of [0, ...order].reverse()) {
    walkWeights[position] = weight;
    weight *= radices[position];
  }
  const firstOfClock = byKey[keyOf.clock].find((position) => radices[position] > 1);
  return {
    sizes,
    keys: keys.map((list) => Int32Array.from(list)),
    weights: weights.map((list) => Float64Array.from(list)),
    partPositions: Int32Array.from(parts, ({ position }) => position),
    partWeights: Float64Array.from(parts, ({ weight }) => weight),
    partEnds: ends,
    order,
    blockPositions: block.size,
    walkWeights,
    clockStep: firstOfClock === undefined ? 0 : walkWeights[firstOfClock],
  };
};
