import type { Component } from "../technology/component.ts";
import type { Technology } from "../technology/technology.ts";
import type { Bits, Bytes, Cycles } from "../units.ts";
import type { LayerShape, Product } from "../workloads/layer.ts";
import type { LayerStatistics, StatisticsRequest, StatisticsRule } from "./layer-statistics.ts";
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

/** What a machine does not spend time on. */
export interface Skip {
  readonly operand: "weights" | "activations";
  readonly what: "zero values" | "zero bits" | "zero bit columns" | "pruned bit columns";
}

/**
 * An accelerator: plain data and pure functions. Everything here is asked for once for each distinct assignment of the
 * parameters it depends on (`…Parameters`), never once a design. `core/model` adds the memory system, time and energy,
 * which are the same for all machines.
 */
export interface Machine<
  Statistics extends LayerStatistics = LayerStatistics,
  Request extends StatisticsRequest = StatisticsRequest,
> {
  readonly name: string;
  /** As people write it. */
  readonly title: string;
  readonly citation: string;
  readonly parameters: readonly ParameterDescriptor[];
  /** Nothing, for a machine whose cycles no operand decides. */
  readonly skips: readonly Skip[];
  /** What the model of this machine does not cover, a sentence each; shown to users beside its results. */
  readonly leavesOut: readonly string[];
  /** What is to be said of a configuration's results beyond that, a sentence each: rules used where nothing verified them. */
  caveats(configuration: Configuration): readonly string[];

  /** The products of training that it runs at all; a layer of another one is refused. */
  readonly products: readonly Product[];
  /** Those of them that its rule accelerates: how it runs the others, it says in `leavesOut`. */
  readonly accelerates: readonly Product[];

  /**
   * The dot product Σ aᵢ·wᵢ of integer codes, computed the way the machine does it: exact, unless `leavesOut` says what
   * its arithmetic gives up. Codes must fit the configuration's precision.
   */
  dotProduct(configuration: Configuration, weights: Int32Array, activations: Int32Array): number;

  /** What one of the machine's processing elements is, in words; the parts in `components` are those of one. */
  readonly processingElement: string;
  /** The parameter by which the machine grows: processing elements and lanes go with it, everything else equal. */
  readonly sizeParameter: string;
  /** All parameters that these two depend on. */
  readonly sizeParameters: readonly string[];
  /** Processing elements of a configuration. */
  processingElements(configuration: Configuration): number;
  /** Weight–activation pairs that the array has side by side, each with a place of its own. */
  lanes(configuration: Configuration): number;

  /** Statistics of a layer's operands that the configuration needs, and the parameters they depend on. */
  readonly statisticsRule: StatisticsRule<Request, Statistics>;
  readonly statisticsParameters: readonly string[];
  statistics(configuration: Configuration, seed: number, stream: number): Request;

  /** Compute cycles of a layer from densities alone, and from the operands themselves. */
  readonly computeParameters: readonly string[];
  analyticalCycles(configuration: Configuration, layer: LayerShape, statistics: Statistics): ComputeCycles;
  tracedCycles(configuration: Configuration, layer: LayerShape, statistics: Statistics): TracedCycles;
  /** Processing elements that have work in the layer; all busy cycles are theirs (see `ComputeCycles`). */
  activePes(configuration: Configuration, layer: LayerShape): number;
  /** The same statistics for a model that knows nothing of the operands; absent where the operands decide nothing. */
  dataBlind?(statistics: Statistics): Statistics;

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

/** The members that the organisation of an array decides, whatever its processing elements do. */
export type ArrayMembers = Pick<
  Machine,
  | "sizeParameter"
  | "sizeParameters"
  | "processingElements"
  | "lanes"
  | "activePes"
  | "trafficParameters"
  | "bufferTraffic"
  | "leastBuffers"
  | "operandParameters"
  | "operandWidths"
  | "componentParameters"
  | "components"
  | "clockParameters"
  | "nominalClock_GHz"
>;
