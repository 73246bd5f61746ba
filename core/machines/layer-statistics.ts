import type { LayerShape } from "../workloads/layer.ts";

/** What the statistics of every machine say of a layer's operands; each machine adds what its own cycles are taken from. */
export interface LayerStatistics {
  /** Σ w² over the weights, and Σ (w − w′)² with w′ as the machine multiplies them. */
  readonly signalPower: number;
  readonly noisePower: number;
  /** Standard error of the mean cycles over activation vectors, as a share of them; 0 where activations decide nothing. */
  readonly standardError: number;
}

/** Which statistics of a layer are asked for: plain data, also the key under which they are kept. */
export interface StatisticsRequest {
  readonly format: string;
}

/** The operands of a layer, as statistics are taken of them. */
export interface LayerOperands {
  readonly layer: LayerShape;
  /** Shape [M, R, S, C/G], channels innermost. */
  readonly weights: Float32Array;
  /** Captured ones, if the layer has them and the request asks for them: shape [vectors, groups, reductionLength]. */
  readonly activations?: { readonly values: Float32Array; readonly vectors: number };
}

/** Where the activations of a request come from: a kind of its own for each machine, but these names mean the same in all. */
export interface ActivationRequest {
  /** Drawn ones (see `activationCodes`), or those that were captured for the layer. */
  readonly activations: "distribution" | "captured";
  readonly activationVectors: number;
  /** Share of zeros among drawn activations, in [0, 1). */
  readonly activationZeros: number;
  readonly seed: number;
  /** Random stream: layers that read different activations have different streams. */
  readonly stream: number;
}

/**
 * Statistics of one kind: how they are computed, and how they lie in memory that threads share. `Shape` is plain data
 * that says how long the parts of one are.
 */
export interface StatisticsRule<
  Request extends StatisticsRequest = StatisticsRequest,
  Statistics extends LayerStatistics = LayerStatistics,
  Shape = unknown,
> {
  /** A name of its own among all kinds. */
  readonly kind: string;
  /** What of a layer's shape decides its statistics beside the operands: plain data, part of the cache's key. */
  decides(layer: LayerShape): unknown;
  /** Where the request takes its activations from; undefined where it takes none. */
  activationsOf(request: Request): "distribution" | "captured" | undefined;
  /** `capturedVectors` of a layer whose activations were captured. */
  shape(layer: LayerShape, request: Request, capturedVectors: number | undefined): Shape;
  /** Bytes in memory, a multiple of 8. */
  bytes(shape: Shape): number;
  /** Throws ModelError where the operands have no such statistics. */
  compute(operands: LayerOperands, request: Request): Statistics;
  write(memory: ArrayBufferLike, offset: number, shape: Shape, statistics: Statistics): void;
  /** Views into the memory; arrays are not copied. */
  read(memory: ArrayBufferLike, offset: number, shape: Shape): Statistics;
}

/** Lengths of the arrays of statistics that are the same for every layer; each field is an array of doubles. */
type Fields = Readonly<Record<string, number>>;
type FieldStatistics<F extends Fields> = LayerStatistics & { readonly [Name in keyof F]: Float64Array };

/** The rule for statistics that are some arrays of doubles, of lengths that no layer and no request decides. */
export const fieldStatistics = <Request extends StatisticsRequest, const F extends Fields>(
  kind: string,
  fields: F,
  rule: {
    readonly decides: StatisticsRule["decides"];
    readonly activationsOf: (request: Request) => "distribution" | "captured" | undefined;
    readonly compute: (operands: LayerOperands, request: Request) => FieldStatistics<F>;
  },
): StatisticsRule<Request, FieldStatistics<F>, null> => {
  const common = ["signalPower", "noisePower", "standardError"] as const;
  const doubles = Object.values(fields).reduce((sum, length) => sum + length, common.length);
  return {
    kind,
    ...rule,
    shape: () => null,
    bytes: () => 8 * doubles,
    write: (memory, offset, _, statistics) => {
      const all = new Float64Array(memory, offset, doubles);
      all.set(common.map((name) => statistics[name]));
      let at = common.length;
      for (const [name, length] of Object.entries(fields)) {
        const values = statistics[name];
        if (values.length !== length)
          throw new RangeError(`${kind}: ${name} has ${values.length} numbers, not ${length}`);
        all.set(values, at);
        at += length;
      }
    },
    read: (memory, offset) => {
      const all = new Float64Array(memory, offset, doubles);
      const [signalPower, noisePower, standardError] = all;
      let at = common.length;
      const arrays = Object.entries(fields).map(([name, length]) => {
        const values = all.subarray(at, at + length);
        at += length;
        return [name, values] as const;
      });
      return { signalPower, noisePower, standardError, ...Object.fromEntries(arrays) } as FieldStatistics<F>;
    },
  };
};

/** A layer's shape without its name and its biases, which decide no statistics. */
export const shapeAlone = ({ name: _, biasParameters: __, ...shape }: LayerShape): unknown => shape;
