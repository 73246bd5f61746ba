import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type GroupRequest, groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { DecodeError, ModelError } from "../../../core/errors.ts";
import { parseFormat } from "../../../core/numerics/formats.ts";
import { countBits } from "../../../core/workloads/bit-counts.ts";
import { decodeSafetensors } from "../../../core/workloads/decode/safetensors.ts";
import { summarizeCounted, summarizeGroups } from "../../../core/workloads/group-summary.ts";
import { CatalogError } from "../../../explore/catalog/catalog-error.ts";
import { type FileTensor, readTensorHeaders } from "../../../explore/catalog/safetensors-stream.ts";
import { answerTensor, refusal, streamTensor } from "../../../explore/engine/stream-tensor.ts";
import { type WrittenSafetensor, writeSafetensors } from "../../fixtures/safetensors-writer.ts";
import { temporaryFolder } from "./fixture.ts";

const request: GroupRequest = {
  format: "fixed8",
  quantization: "per-tensor",
  laneWidth: 16,
  window: 8,
  activePlanes: 24,
  activationExponents: "distribution",
  activationVectors: 2,
  activationZeros: 0,
  seed: 0,
  stream: 1,
};

const folder = temporaryFolder();

/** Writes a file; answers with its bytes and tensors. */
const written = async (tensors: readonly WrittenSafetensor[]) => {
  const bytes = writeSafetensors(tensors);
  writeFileSync(join(folder, "m.safetensors"), bytes);
  return { bytes, tensors: await readTensorHeaders("m.safetensors", folder) };
};

const taskOf = (tensor: FileTensor, asked: Partial<GroupRequest> = {}, mostValues = 100) => ({
  tensor,
  request: { ...request, ...asked },
  mostValues,
  done: new SharedArrayBuffer(8),
});

const bytesDone = (done: SharedArrayBuffer): number => Number(new BigInt64Array(done)[0]);

/** Whole numbers that every element type holds, between other tensors. */
const between = (dtype: WrittenSafetensor["dtype"], shape: readonly number[]): WrittenSafetensor[] => {
  const values = Array.from({ length: shape.reduce((product, size) => product * size, 1) }, (_, index) =>
    Math.floor(100 * Math.abs(Math.sin(index + 1))),
  );
  return [
    { name: "before", dtype: "U8", shape: [3], values: [1, 2, 3] },
    { name: "w", dtype, shape, values },
    { name: "behind", dtype: "F32", shape: [1], values: [5] },
  ];
};

describe("streamTensor", () => {
  it.each(["F64", "F32", "F16", "BF16", "U8", "I8"] as const)(
    "equals the result of the whole file for %s, with filters in parts and in blocks",
    async (dtype) => {
      for (const shape of [
        [7, 3, 11],
        [3, 250],
      ]) {
        const { bytes, tensors } = await written(between(dtype, shape));
        const values = decodeSafetensors(bytes).get("w")!.values;
        for (const format of ["float32", "fixed8"]) {
          const task = taskOf(tensors[1], { format });
          const { bits, groups } = streamTensor(task);
          expect(bits).toEqual(countBits(values, shape[0], parseFormat(format), "per-tensor"));
          const whole = groupStatistics(values, shape[0], task.request);
          expect(summarizeCounted([groups])).toEqual(summarizeGroups([whole]));
          expect(bytesDone(task.done)).toBe(tensors[1].end - tensors[1].begin);
        }
      }
    },
  );

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses %d by file, tensor and index",
    async (bad) => {
      const values = new Array<number>(300).fill(1).with(217, bad);
      const { tensors } = await written([{ name: "w", dtype: "F32", shape: [10, 30], values }]);
      for (const format of ["float32", "fixed8"]) {
        expect(() => streamTensor(taskOf(tensors[0], { format }))).toThrow(ModelError);
        expect(() => streamTensor(taskOf(tensors[0], { format }))).toThrow(
          `${join(folder, "m.safetensors")}: tensor "w": value 217 is ${bad}, expected finite values for ${format}`,
        );
      }
    },
  );

  it("refuses numbers beyond float32, and beyond the format", async () => {
    const values = new Array<number>(300).fill(1).with(217, -1e39);
    const { tensors } = await written([{ name: "w", dtype: "F64", shape: [10, 30], values }]);
    expect(() => streamTensor(taskOf(tensors[0]))).toThrow(DecodeError);
    expect(() => streamTensor(taskOf(tensors[0]))).toThrow(
      `safetensors: ${join(folder, "m.safetensors")}: tensor "w": value 217 is -1e+39, beyond the range of float32`,
    );
    const large = await written([
      { name: "w", dtype: "F32", shape: [10, 30], values: values.with(217, 7e4) },
    ]);
    expect(() => streamTensor(taskOf(large.tensors[0], { format: "float16" }))).toThrow(
      'tensor "w", values 180 to 269: the value 70000 is infinite in float16',
    );
  });

  it("refuses a file that has become shorter since its header was read, by byte and tensor", async () => {
    const { bytes, tensors } = await written(between("F32", [7, 33]));
    truncateSync(join(folder, "m.safetensors"), bytes.length - 10);
    const task = taskOf(tensors[1]);
    expect(() => streamTensor(task)).toThrow(DecodeError);
    expect(() => streamTensor(task)).toThrow(
      `m.safetensors: byte ${bytes.length - 10}: the file ends there, inside tensor "w"`,
    );
  });

  it("carries errors between threads as plain data, which are errors again on the other side", async () => {
    const { tensors } = await written(between("F32", [7, 33]));
    const [, tensor] = tensors;
    const carried = (task: ReturnType<typeof taskOf>): Error => {
      const answer = structuredClone(answerTensor(task));
      if (!("refused" in answer)) throw new Error("expected a refusal");
      return refusal(answer.refused);
    };
    const gone = carried(taskOf({ ...tensor, path: join(folder, "gone.safetensors") }));
    expect(gone).toBeInstanceOf(CatalogError);
    expect(gone.message).toMatch(/gone\.safetensors: ENOENT/);
    const request = carried(taskOf(tensor, { laneWidth: 0 }));
    expect(request).toBeInstanceOf(ModelError);
    expect(request).toMatchObject({ code: "request", message: expect.stringContaining("laneWidth 0") });
    truncateSync(join(folder, "m.safetensors"), 100);
    const short = carried(taskOf(tensor));
    expect(short).toBeInstanceOf(DecodeError);
    expect(short).toMatchObject({ format: "safetensors", where: expect.stringMatching(/: byte \d+$/) });
  });

  it("lets errors of the program itself through", async () => {
    const { tensors } = await written(between("F32", [7, 33]));
    const broken = { ...tensors[1], shape: undefined as unknown as number[] };
    expect(() => answerTensor(taskOf(broken))).toThrow(TypeError);
  });
});
