import { closeSync, openSync, readSync } from "node:fs";
import type { GroupRequest } from "../../core/bit-interleaving/group-request.ts";
import { DecodeError, ModelError } from "../../core/errors.ts";
import { type Format, parseFormat } from "../../core/numerics/formats.ts";
import { checkRange } from "../../core/numerics/round-floats.ts";
import { safetensorsValues, tensorPlace } from "../../core/workloads/decode/safetensors.ts";
import { type MatrixStatistics, matrixStatistics } from "../../core/workloads/matrix-statistics.ts";
import { elementCount } from "../../core/workloads/shape.ts";
import { CatalogError } from "../catalog/catalog-error.ts";
import { located } from "../catalog/located.ts";
import type { FileTensor } from "../catalog/safetensors-stream.ts";

/** A tensor of a file to be profiled as a weight matrix [first dimension, product of the others]. */
export interface TensorTask {
  readonly tensor: FileTensor;
  readonly request: GroupRequest;
  /** The most values that are held at once. */
  readonly mostValues: number;
  /** One 64-bit number: bytes of weights that were distilled, of all tasks together. */
  readonly done: SharedArrayBuffer;
}

/** What a worker answers: the statistics, or an error as plain data, since errors lose their fields between threads. */
export type TensorAnswer = MatrixStatistics | { readonly refused: Refusal };

type Refusal =
  | Pick<DecodeError, "_tag" | "format" | "where" | "problem">
  | Pick<ModelError, "_tag" | "code" | "message">
  | Pick<CatalogError, "_tag" | "subject" | "problem">;

/** Bytes of a file, which must not end before them. */
const readFrom = (file: number, { path, name }: FileTensor, start: number, bytes: Uint8Array): void => {
  let filled = 0;
  while (filled < bytes.length) {
    const read = readSync(file, bytes, filled, bytes.length - filled, start + filled);
    if (read === 0) {
      throw new DecodeError(
        "safetensors",
        `${path}: byte ${start + filled}`,
        `the file ends there, inside ${tensorPlace(name)}: it has become shorter since its header was read`,
      );
    }
    filled += read;
  }
};

/** Refuses values that the format cannot hold, with the tensor and, where it is one, the index. */
const checkValues = (values: Float32Array, first: number, place: string, format: Format): void => {
  for (let index = 0; index < values.length; index++) {
    if (Number.isFinite(values[index])) continue;
    throw new ModelError(
      "not-finite",
      `${place}: value ${first + index} is ${values[index]}, expected finite values for ${format.name}`,
    );
  }
  checkRange(values, format, `${place}, values ${first} to ${first + values.length - 1}`);
};

/**
 * The statistics of a tensor that is read from its file in parts: see `matrixStatistics`. Throws DecodeError for a file
 * that became shorter and for numbers beyond float32, ModelError for values that the format cannot hold, each with file,
 * tensor and index.
 */
export const streamTensor = ({ tensor, request, mostValues, done }: TensorTask): MatrixStatistics => {
  const { path, name, shape, width, dataStart, begin } = tensor;
  const format = parseFormat(request.format);
  const bytesDone = new BigInt64Array(done);
  const file = openSync(path, "r");
  try {
    const source = {
      filters: shape[0],
      reductionLength: elementCount(shape.slice(1)),
      read: (first: number, count: number): Float32Array => {
        const bytes = new Uint8Array(count * width);
        readFrom(file, tensor, dataStart + begin + first * width, bytes);
        const values = located(path, () => safetensorsValues(tensor, new DataView(bytes.buffer), first));
        checkValues(values, first, `${path}: ${tensorPlace(name)}`, format);
        return values;
      },
      distilled: (count: number): void => {
        Atomics.add(bytesDone, 0, BigInt(count * width));
      },
    };
    return matrixStatistics(source, request, mostValues);
  } finally {
    closeSync(file);
  }
};

/** What a worker answers to a task. */
export const answerTensor = (task: TensorTask): TensorAnswer => {
  try {
    return streamTensor(task);
  } catch (error) {
    if (error instanceof DecodeError) {
      const { _tag, format, where, problem } = error;
      return { refused: { _tag, format, where, problem } };
    }
    if (error instanceof ModelError) {
      const { _tag, code, message } = error;
      return { refused: { _tag, code, message } };
    }
    // Errors of the file system have a code.
    if (!(error instanceof Error && "code" in error)) throw error;
    return { refused: { _tag: "CatalogError", subject: task.tensor.path, problem: error.message } };
  }
};

/** The error that a worker's answer stands for. */
export const refusal = (refused: Refusal): DecodeError | ModelError | CatalogError => {
  switch (refused._tag) {
    case "DecodeError":
      return new DecodeError(refused.format, refused.where, refused.problem);
    case "ModelError":
      return new ModelError(refused.code, refused.message);
    case "CatalogError":
      return new CatalogError(refused.subject, refused.problem);
  }
};
