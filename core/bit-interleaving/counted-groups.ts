import { ModelError } from "../errors.ts";
import type { Format } from "../numerics/formats.ts";
import type { Powers } from "../numerics/round-floats.ts";
import { type ActivationExponents, equalExponents, exponentDraws } from "./activation-exponents.ts";
import {
  closeFilters,
  distilPart,
  type FilterCounts,
  type GroupDetails,
  type GroupTotals,
  groupTotals,
  startGroups,
  type TensorPart,
} from "./group-counts.ts";
import type { GroupRequest } from "./group-request.ts";
import { type LockstepCounter, lockstepCounter, lockstepPes } from "./lockstep-sums.ts";
import { planeMask } from "./planes.ts";

/** The statistics of a tensor whose groups are counted by their cycles, not listed. */
export interface CountedGroups extends GroupTotals, GroupDetails {
  /** Groups by their cycles, index = cycles; each counts once for every activation vector. */
  readonly histogram: Float64Array;
}

/** No groups by their cycles: a scan takes at most as many cycles as a group has lanes. */
export const emptyHistogram = (): Float64Array => new Float64Array(512);

/** Counts groups by their cycles. */
export const addCycles = (histogram: Float64Array, cycles: Uint16Array): void => {
  for (let index = 0; index < cycles.length; index++) histogram[cycles[index]]++;
};

/** The distillation of a tensor in blocks, each of the next weights of every filter. */
export interface BlockPass {
  /** Begins a block of `length` weights a filter: whole groups, but at the end of the filters. */
  begin(length: number): void;
  /** Distils the next filters of the block; `own` has what was counted of them in the blocks before. */
  distil(part: TensorPart, own: FilterCounts): void;
  /** Adds the next filters that were distilled in all blocks. */
  close(own: FilterCounts): void;
  /** All that was counted. `fixedNoise` is the noise power of a fixed format; that of a float format was measured. */
  counted(signalPower: number, fixedNoise: number): CountedGroups;
}

/**
 * Starts to distil a tensor as `groupStatistics` does and to the same bits, without a list of its groups: memory is that
 * of the activations of a block and, a vector, of some lists of a filter's groups in it. Throws ModelError
 * `no-activations` where captured ones are asked for.
 */
export const startBlocks = (
  filters: number,
  reductionLength: number,
  request: GroupRequest,
  format: Format,
): BlockPass => {
  const { laneWidth, window } = request;
  const draws = format.kind === "float" ? activationDraws(request) : undefined;
  const vectors = draws?.vectors ?? 1;
  const mask = planeMask(format.planes, request.activePlanes);
  const counts = startGroups({ filters, reductionLength, laneWidth, window, mask, vectors });
  const histogram = emptyHistogram();
  /** Of the blocks before, shape [vectors, lockstepPes]. */
  const lockstep = new Float64Array(vectors * lockstepPes.length);
  let counters: LockstepCounter[] = [];
  let activations: ActivationExponents | undefined;

  const end = (): void => {
    counters.forEach((counter, vector) => {
      counter.sums().forEach((sum, level) => {
        lockstep[vector * lockstepPes.length + level] += sum;
      });
    });
    counters = [];
  };

  return {
    begin: (length) => {
      end();
      activations = draws?.next(length);
      const groups = Math.ceil(length / laneWidth);
      counters = Array.from({ length: vectors }, () => lockstepCounter(groups));
    },
    distil: (part, own) => {
      const cycles = distilPart(counts, part, activations, own);
      addCycles(histogram, cycles);
      const groups = cycles.length / (vectors * part.filters);
      counters.forEach((counter, vector) => {
        for (let filter = 0; filter < part.filters; filter++) {
          counter.add(cycles, (vector * part.filters + filter) * groups);
        }
      });
    },
    close: (own) => {
      closeFilters(counts, own);
    },
    counted: (signalPower, fixedNoise) => {
      end();
      const powers: Powers = {
        signalPower,
        noisePower: format.kind === "fixed" ? fixedNoise : counts.lostPower,
      };
      return { ...groupTotals(counts, powers, meanOverVectors(lockstep, vectors)), histogram };
    },
  };
};

/** Vectors of activations that come piece by piece. */
const activationDraws = (
  request: GroupRequest,
): { readonly vectors: number; readonly next: (length: number) => ActivationExponents } => {
  const { seed, stream, activationVectors, activationZeros } = request;
  switch (request.activationExponents) {
    case "ignore":
      return { vectors: 1, next: equalExponents };
    case "distribution":
      return {
        vectors: activationVectors,
        next: exponentDraws(seed, stream, activationVectors, activationZeros),
      };
    case "captured":
      throw new ModelError(
        "no-activations",
        "activationExponents captured: a tensor in parts has no captured activations",
      );
  }
};

const meanOverVectors = (sums: Float64Array, vectors: number): Float64Array => {
  const mean = new Float64Array(lockstepPes.length);
  for (let index = 0; index < sums.length; index++) {
    mean[index % lockstepPes.length] += sums[index] / vectors;
  }
  return mean;
};
