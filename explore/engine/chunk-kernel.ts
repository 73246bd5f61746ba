import { ModelError } from "../../core/errors.ts";
import { isMixedPrecision } from "../../core/machines/mixed-precision.ts";
import { machines } from "../../core/machines/registry.ts";
import { lanes } from "../../core/model/layer-times.ts";
import type { StatisticsLookup } from "../../core/model/terms.ts";
import type { ExclusionRule } from "../space/exclusion-rule.ts";
import { boxesOf, type IndexBox, stridesOf, writeDigits } from "../space/index-boxes.ts";
import type { Point, Space } from "../space/space.ts";
import type { Sweep } from "../spec/sweep.ts";
import type { Pass } from "../store/run-directory.ts";
import type { ChunkRows } from "./chunk-rows.ts";
import { ChunkTable, RowRoom } from "./chunk-table.ts";
import type { ColumnLayout } from "./columns.ts";
import { DesignKernel } from "./design-kernel.ts";
import { type EnginePlan, neededMetrics } from "./plan.ts";
import { radixOrder } from "./radix-order.ts";
import { keyCount, keyOf, type SubKeys, subKeysOf } from "./sub-keys.ts";
import { createTermStore, type TermStore } from "./term-store.ts";
import { TableBudget } from "./term-table.ts";

/** What an evaluator knows that its kernel needs. */
export interface KernelContext {
  readonly plan: EnginePlan;
  readonly space: Space;
  readonly lookup: StatisticsLookup;
  /** Memory for the terms of all machines. */
  readonly termBytes: number;
  layout(pass: Pass): ColumnLayout;
  row(index: number, point: Point, pass: Pass): Float64Array;
}

/** Evaluates chunks column by column; see `Evaluator`. */
export interface ChunkKernel {
  rangeRows(from: number, to: number, pass: Pass): ChunkRows;
  listRows(indices: Float64Array, pass: Pass): ChunkRows;
}

/** A machine, ready to evaluate designs by their digits. */
interface MachineKernel {
  readonly subKeys: SubKeys;
  /** Rules on positions of blocks alone, and the others. */
  readonly blockRules: readonly ExclusionRule[];
  readonly pointRules: readonly ExclusionRule[];
  readonly kernels: Record<Pass, DesignKernel>;
  /** Whether the precision of a design with these sub-keys differs between layers; undefined where none does. */
  readonly isMixed: ((index: number, keys: Float64Array) => boolean) | undefined;
}

/**
 * The kernel of a plan. Tables are made when the first chunk is asked for. Points outside the grid, and those whose
 * precision differs between layers, are evaluated by `row`, one after another.
 */
export const createChunkKernel = (context: KernelContext): ChunkKernel => {
  const { space } = context;
  const strides = stridesOf(space.radices);
  const budget = new TableBudget(context.termBytes);
  const known: MachineKernel[] = [];
  const room = new RowRoom();
  const machineKernel = (digit: number): MachineKernel => {
    known[digit] ??= createMachineKernel(context, digit, budget);
    return known[digit];
  };

  /** Writes the row of a point of any kind, or of an index that is none. */
  const singleRow = (index: number, position: number, pass: Pass, table: ChunkTable): void => {
    const point = space.pointAt(index);
    if (point === null) return;
    try {
      const row = context.row(index, point, pass);
      table.rows.set(row, position * table.width);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      table.fail(index, position, `${error.code}: ${error.message}`);
    }
  };

  return {
    rangeRows: (from, to, pass) => {
      checkRange(from, to, space.total);
      const table = new ChunkTable(context.layout(pass).names.length, to - from, room);
      for (const box of boxesOf(from, Math.min(to, space.grid), space.radices)) {
        for (let digit = box.low[0]; digit < box.high[0]; digit++) {
          walkBox(machineKernel(digit), digit, box, strides, from, pass, table, singleRow);
        }
      }
      for (let index = Math.max(from, space.grid); index < to; index++) {
        singleRow(index, index - from, pass, table);
      }
      return table.finish();
    },
    listRows: (indices, pass) => {
      const table = new ChunkTable(context.layout(pass).names.length, indices.length, room);
      const width = strides.length;
      const digits = new Int32Array(width);
      // Of every design in the grid: its digits, its position in the list, and its place in the walk, divided by `scale`.
      const kept = digitRoom(space.radices, indices.length * width);
      const positions = new Uint32Array(indices.length);
      const places = new Uint32Array(indices.length);
      const scale = Math.max(1, space.grid / 2 ** 32);
      let count = 0;
      for (let position = 0; position < indices.length; position++) {
        const index = indices[position];
        if (!(index >= 0 && index < space.grid && Number.isInteger(index))) {
          singleRow(index, position, pass, table);
          continue;
        }
        writeDigits(index, strides, digits);
        const { subKeys, blockRules, pointRules } = machineKernel(digits[0]);
        if (!allHold(blockRules, digits) || !allHold(pointRules, digits)) continue;
        const { walkWeights } = subKeys;
        const at = count * width;
        let place = 0;
        for (let digit = 0; digit < width; digit++) {
          kept[at + digit] = digits[digit];
          place += digits[digit] * walkWeights[digit];
        }
        positions[count] = position;
        places[count++] = place / scale;
      }
      const order = radixOrder(places, count);
      const keys = new Float64Array(keyCount);
      for (let turn = 0; turn < count; turn++) {
        const design = order[turn];
        const at = design * width;
        const { subKeys, kernels, isMixed } = machineKernel(kept[at]);
        if (turn === 0 || digits[0] !== kept[at]) {
          for (let digit = 0; digit < width; digit++) digits[digit] = kept[at + digit];
          writeKeys(subKeys, digits, keys);
        } else {
          for (let digit = 1; digit < width; digit++) {
            const step = kept[at + digit] - digits[digit];
            if (step === 0) continue;
            addToKeys(subKeys, digit, step, keys);
            digits[digit] += step;
          }
        }
        const reach = (lanes * subKeys.clockStep) / scale;
        const ahead = turn + 1 < count && places[order[turn + 1]] - places[design] < reach;
        const position = positions[design];
        if (isMixed?.(indices[position], keys)) singleRow(indices[position], position, pass, table);
        else writeRow(kernels[pass], indices[position], position, keys, ahead, table);
      }
      return table.finish();
    },
  };
};

/** Room for so many digits, in as few bytes as they need. */
const digitRoom = (radices: readonly number[], length: number): Uint16Array | Int32Array =>
  Math.max(...radices) <= 2 ** 16 ? new Uint16Array(length) : new Int32Array(length);

const checkRange = (from: number, to: number, total: number): void => {
  if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from || to > total) {
    throw new RangeError(`[${from}, ${to}) is not a range of integers from 0 to ${total}`);
  }
};

const createMachineKernel = (
  { plan, space, lookup, layout }: KernelContext,
  digit: number,
  budget: TableBudget,
): MachineKernel => {
  const { sweep, workloads, technology } = plan;
  const machine = machines[sweep.space.machines[digit].name];
  const subKeys = subKeysOf(space, digit, machine);
  const store: TermStore = createTermStore(
    machine,
    workloads,
    lookup,
    technology,
    sweep.seed,
    space,
    subKeys,
    budget,
    neededMetrics(sweep),
  );
  const block = new Set(subKeys.order.slice(0, subKeys.blockPositions));
  const rules = space.rulesOf(digit);
  const ofBlock = (rule: ExclusionRule): boolean => rule.positions.every((position) => block.has(position));
  const kernel = (pass: Pass): DesignKernel => {
    const columns = layout(pass);
    const views = columns.ends.length > 0 ? (["analytical", "optimistic", "pessimistic"] as const) : [pass];
    return new DesignKernel(
      { sweep, workloads, layout: columns, views },
      store,
      subKeys.sizes[keyOf.memory],
      budget,
    );
  };
  return {
    subKeys,
    blockRules: rules.filter(ofBlock),
    pointRules: rules.filter((rule) => !ofBlock(rule)),
    kernels: { analytical: kernel("analytical"), cycle: kernel("cycle") },
    isMixed: mixedDesigns(sweep, space),
  };
};

/** Tells designs whose precision differs between layers, by the sub-key of their compute cycles. */
const mixedDesigns = (sweep: Sweep, space: Space): MachineKernel["isMixed"] => {
  if (!sweep.space.parameters.some(({ values }) => values.some(isMixedPrecision))) return undefined;
  const known = new Map<number, boolean>();
  return (index, keys) => {
    const key = keys[keyOf.compute];
    const mixed = known.get(key) ?? isMixedPrecision(space.configurationAt(index)?.precision ?? "");
    known.set(key, mixed);
    return mixed;
  };
};

const allHold = (rules: readonly ExclusionRule[], digits: Int32Array): boolean => {
  for (let rule = 0; rule < rules.length; rule++) if (!rules[rule].holds(digits)) return false;
  return true;
};

const writeKeys = (
  { partPositions, partWeights, partEnds }: SubKeys,
  digits: Int32Array,
  keys: Float64Array,
): void => {
  let part = 0;
  for (let key = 0; key < partEnds.length; key++) {
    const end = partEnds[key];
    let sum = 0;
    for (; part < end; part++) sum += digits[partPositions[part]] * partWeights[part];
    keys[key] = sum;
  }
};

/** Moves the sub-keys on as the digit at a position grows by `step`. */
const addToKeys = (subKeys: SubKeys, position: number, step: number, keys: Float64Array): void => {
  const concerned = subKeys.keys[position];
  const weights = subKeys.weights[position];
  for (let place = 0; place < concerned.length; place++) keys[concerned[place]] += step * weights[place];
};

const writeRow = (
  kernel: DesignKernel,
  index: number,
  position: number,
  keys: Float64Array,
  ahead: boolean,
  table: ChunkTable,
): void => {
  const failure = kernel.evaluate(index, keys, ahead, table.rows, position * table.width);
  if (failure !== "") table.fail(index, position, failure);
};

/**
 * Evaluates the designs of one machine in a box, in the order of the sub-keys: designs with the same vectors over
 * layers come together, whatever the place of the other parameters among the digits.
 */
const walkBox = (
  { subKeys, blockRules, pointRules, kernels, isMixed }: MachineKernel,
  machine: number,
  { low, high }: IndexBox,
  strides: Float64Array,
  from: number,
  pass: Pass,
  table: ChunkTable,
  singleRow: (index: number, position: number, pass: Pass, table: ChunkTable) => void,
): void => {
  const kernel = kernels[pass];
  const digits = Int32Array.from(low);
  digits[0] = machine;
  const keys = new Float64Array(keyCount);
  writeKeys(subKeys, digits, keys);
  const moving = subKeys.order.filter((position) => high[position] - low[position] > 1);
  const ofBlock = new Set(subKeys.order.slice(0, subKeys.blockPositions));
  const innermostOfBlock = moving.filter((position) => ofBlock.has(position)).length - 1;
  let index = digits.reduce((sum, digit, position) => sum + digit * strides[position], 0);
  const ahead = moving.some((position) => subKeys.keys[position].includes(keyOf.clock));
  let place = -1;
  let blockHolds = false;
  for (;;) {
    if (place <= innermostOfBlock) blockHolds = allHold(blockRules, digits);
    if (blockHolds && allHold(pointRules, digits)) {
      if (isMixed?.(index, keys)) singleRow(index, index - from, pass, table);
      else writeRow(kernel, index, index - from, keys, ahead, table);
    }
    place = blockHolds ? moving.length - 1 : innermostOfBlock;
    for (; place >= 0; place--) {
      const position = moving[place];
      if (digits[position] + 1 < high[position]) {
        digits[position]++;
        index += strides[position];
        addToKeys(subKeys, position, 1, keys);
        break;
      }
      const back = digits[position] - low[position];
      digits[position] = low[position];
      index -= back * strides[position];
      addToKeys(subKeys, position, -back, keys);
    }
    if (place < 0) return;
  }
};
