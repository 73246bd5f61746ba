import type { GroupRequest, GroupStatistics } from "../bit-interleaving/group-statistics.ts";
import type { Component } from "../technology/component.ts";
import type { Technology } from "../technology/technology.ts";
import type { Bits, Bytes, Cycles } from "../units.ts";
import type { LayerShape, Product } from "../workloads/layer.ts";
import type { Configuration, ParameterDescriptor } from "./parameter.ts";

/**
 * Cycles of a layer on the processing elements alone, memory never in the way; a batch of inputs. Contract: the busy
 * cycles are at most `activePes` times the cycles, and so they are with the optimistic and the pessimistic cycles: what
 * is left over is idle. Rounding may break it in the last digits.
 */
export interface ComputeCycles {
  /** From the first group to the last result. */
  readonly cycles: Cycles;
  /** Σ over processing elements of the cycles in which they work on a group. */
  readonly busyCycles: Cycles;
}

/**
 * Where the compute cycles of a layer go, as shares of the whole array's time: the parts add up to the cycles, up to
 * rounding. Cycles of single processing elements count as 1 / pes each.
 */
export interface CycleSplit {
  /** What the essential bits would take, spread evenly over planes and processing elements. */
  readonly ideal: Cycles;
  /** What the fullest plane takes beyond that, and waiting for slower filters and processing elements. */
  readonly imbalance: Cycles;
  /** Check windows without a one; without distillation, all zeros. */
  readonly window: Cycles;
  /** Zeros behind the weights of an incomplete group, and processing elements without a filter or position. */
  readonly padding: Cycles;
  /** The front end and the end of the processing element's own pipeline, group by group. */
  readonly frontEnd: Cycles;
}

/** What the cycle model finds for a layer: the cycles, and guaranteed bounds on them from the same statistics. */
export interface TracedCycles extends ComputeCycles {
  readonly split: CycleSplit;
  /** No less than this under any synchronisation: every processing element runs its own groups without waiting. */
  readonly optimisticCycles: Cycles;
  /** No more than this under any synchronisation: each step lasts as long as the slowest filter of the layer. */
  readonly pessimisticCycles: Cycles;
}

/** Bytes between the buffers and the processing elements for one layer and a batch of inputs. */
export interface BufferTraffic {
  readonly weightReads: Bytes;
  /** What each pass of the tiling over the weights beyond the first reads of them again. */
  readonly weightRereads: Bytes;
  readonly activationReads: Bytes;
  readonly partialSumReads: Bytes;
  readonly partialSumWrites: Bytes;
  readonly outputWrites: Bytes;
}

/** Least buffer capacities that a layer can run with. */
export interface LeastBuffers {
  readonly weight: Bytes;
  readonly activation: Bytes;
  readonly output: Bytes;
}

/** Bytes of a partial sum, in every machine: it is kept in 32 bits. */
export const partialSumBytes = 4;

/** Width of the operands in memory. */
export interface OperandWidths {
  readonly weight: Bits;
  readonly activation: Bits;
}

/**
 * An accelerator: plain data and pure functions. Everything here is asked for once for each distinct assignment of the
 * parameters it depends on (`…Parameters`), never once a design. `core/model` adds the memory system, time and energy,
 * which are the same for all machines of this organisation.
 */
export interface Machine {
  readonly name: string;
  readonly citation: string;
  readonly parameters: readonly ParameterDescriptor[];
  /** What the model of this machine does not cover, a sentence each; shown to users beside its results. */
  readonly leavesOut: readonly string[];
  /** What is to be said of a configuration's results beyond that, a sentence each: rules used where nothing verified them. */
  caveats(configuration: Configuration): readonly string[];

  /** The products of training that its rule accelerates. It runs the others too: how, it says in `leavesOut`. */
  readonly accelerates: readonly Product[];

  /** Statistics of a layer's weights that the configuration needs, and the parameters they depend on. */
  readonly statisticsParameters: readonly string[];
  statistics(configuration: Configuration, seed: number, stream: number): GroupRequest;

  /** Compute cycles of a layer from plane densities alone, and from the groups themselves. */
  readonly computeParameters: readonly string[];
  analyticalCycles(
    configuration: Configuration,
    layer: LayerShape,
    statistics: GroupStatistics,
  ): ComputeCycles;
  tracedCycles(configuration: Configuration, layer: LayerShape, statistics: GroupStatistics): TracedCycles;
  /** Processing elements that have work in the layer; all busy cycles are theirs (see `ComputeCycles`). */
  activePes(configuration: Configuration, layer: LayerShape): number;

  readonly trafficParameters: readonly string[];
  bufferTraffic(configuration: Configuration, layer: LayerShape): BufferTraffic;
  leastBuffers(configuration: Configuration, layer: LayerShape): LeastBuffers;

  readonly operandParameters: readonly string[];
  operandWidths(configuration: Configuration): OperandWidths;

  /** The parts of one processing element: area, dynamic energy of a busy cycle, and leakage. */
  readonly componentParameters: readonly string[];
  components(configuration: Configuration, technology: Technology): readonly Component[];
  /** Highest clock at the nominal supply voltage. */
  readonly clockParameters: readonly string[];
  nominalClock_GHz(configuration: Configuration, technology: Technology): number;
}
