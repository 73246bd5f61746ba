/**
 * Profiles a generated safetensors file of a little over 2 GiB, which is not loaded whole, in a process of its own, and holds its answer to what is known of the
 * file, whose filters repeat, and its memory to a bound that no loading of the file would keep. Takes some minutes and
 * 2 GiB of disk in the temporary folder, so that CI leaves it out; prints time, rate and peak memory.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type GroupRequest, groupStatistics } from "../../core/bit-interleaving/group-statistics.ts";
import { parseFormat } from "../../core/numerics/formats.ts";
import { normal, uniformStream } from "../../core/random.ts";
import { bitShares, countBits } from "../../core/workloads/bit-counts.ts";
import { type GroupSummary, summarizeGroups } from "../../core/workloads/group-summary.ts";
import type { WeightsProfile } from "../../explore/report/weights-profile.ts";
import { engineering } from "../../explore/table/engineering.ts";
import { safetensorsFile } from "../fixtures/safetensors-writer.ts";

const mebibyte = 2 ** 20;

/** What the process may take at its peak, with its two threads: a third of the file. */
const mostMemory = 700 * mebibyte;

/** A tensor that repeats some filters. */
interface Repeated {
  readonly name: string;
  readonly filters: number;
  readonly reductionLength: number;
  readonly times: number;
}

const tensors: readonly Repeated[] = [
  // Whole filters at once; the filters that are repeated fill whole sets of 256 in lockstep.
  { name: "first", filters: 512, reductionLength: 4096, times: 96 },
  // Filters that come in blocks, the last group of each incomplete.
  { name: "long", filters: 1, reductionLength: 2 ** 21 - 5, times: 32 },
  { name: "second", filters: 512, reductionLength: 4096, times: 96 },
];

/** Zeros that take no room on the disk, behind the others. */
const zeros = { name: "zeros", shape: [65_600, 1024] };

const request = (stream: number): GroupRequest => ({
  format: "float32",
  quantization: "per-tensor",
  laneWidth: 64,
  window: 8,
  activePlanes: 24,
  activationExponents: "distribution",
  activationVectors: 16,
  activationZeros: 0,
  seed: 0,
  stream,
});

/** The filters that a tensor repeats. */
const drawn = ({ filters, reductionLength }: Repeated, stream: number): Float32Array => {
  const uniform = uniformStream(17, stream);
  return Float32Array.from({ length: filters * reductionLength }, () =>
    uniform() < 0.05 ? 0 : 0.02 * normal(uniform),
  );
};

/** Writes the file; answers with its size in bytes. */
const writeFile = (path: string): number => {
  const shapes = tensors.map(({ name, filters, reductionLength, times }) => ({
    name,
    shape: [filters * times, reductionLength],
  }));
  let end = 0;
  const entries = [...shapes, zeros].map(({ name, shape }) => {
    const begin = end;
    end += 4 * shape[0] * shape[1];
    return [name, { dtype: "F32", shape, data_offsets: [begin, end] }] as const;
  });
  const start = safetensorsFile(JSON.stringify(Object.fromEntries(entries)));
  const file = openSync(path, "w");
  writeFileSync(file, start);
  tensors.forEach((tensor, stream) => {
    const bytes = new Uint8Array(drawn(tensor, stream).buffer);
    for (let time = 0; time < tensor.times; time++) writeFileSync(file, bytes);
  });
  ftruncateSync(file, start.length + end);
  closeSync(file);
  return start.length + end;
};

/** Profiles the file in a process of its own; answers with its JSON, and its peak of resident memory in bytes. */
const profile = async (folder: string): Promise<{ profiled: WeightsProfile; peak: number }> => {
  const report = `process.on("exit", () => fs.writeFileSync("peak", String(1024 * process.resourceUsage().maxRSS)))`;
  const main = fileURLToPath(new URL("../../explore/cli/main.ts", import.meta.url));
  const imports = [
    `data:text/javascript,${encodeURIComponent(`import fs from "node:fs"; ${report}`)}`,
    import.meta.resolve("tsx"),
  ];
  const child = spawn(
    process.execPath,
    [
      ...imports.flatMap((specifier) => ["--import", specifier]),
      ...[main, "profile", "large.safetensors", "--workers", "2", "--json"],
    ],
    { cwd: folder, stdio: ["ignore", "pipe", "inherit"] },
  );
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
  });
  const status = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(status, 0);
  return { profiled: JSON.parse(text), peak: Number(readFileSync(join(folder, "peak"), "utf8")) };
};

/** Numbers that are sums of rounded ones agree but for the rounding; all others exactly. */
const assertSummary = (found: GroupSummary, once: GroupSummary, times: number): void => {
  const { cycleShares, lockstepLoss, alignedPlaneDensity, alignedSqnr_dB, standardError_cycles } = once;
  const close = (own: number, known: number): void =>
    assert.ok(Math.abs(own - known) <= 1e-9 * Math.max(1, Math.abs(known)), `${own}, expected ${known}`);
  for (const key of Object.keys(cycleShares) as (keyof typeof cycleShares)[]) {
    close(found.cycleShares[key], cycleShares[key]);
  }
  for (const [pes, loss] of Object.entries(lockstepLoss)) close(found.lockstepLoss[pes], loss);
  alignedPlaneDensity.forEach((density, plane) => {
    close(found.alignedPlaneDensity[plane], density);
  });
  close(found.alignedSqnr_dB ?? 0, alignedSqnr_dB ?? 0);
  close(found.standardError_cycles, standardError_cycles);
  const scaled = (values: readonly number[]): number[] => values.map((value) => times * value);
  assert.deepEqual(
    { ...found, cycleShares, lockstepLoss, alignedPlaneDensity, alignedSqnr_dB, standardError_cycles },
    {
      ...once,
      groups: times * once.groups,
      histogram: scaled(once.histogram),
      essentialBits: scaled(once.essentialBits),
    },
  );
};

/** What is known of a tensor: its statistics are those of the filters that it repeats, in greater number. */
const assertLayer = (layer: WeightsProfile["layers"][number], tensor: Repeated, stream: number): void => {
  const { filters, reductionLength, times } = tensor;
  const values = drawn(tensor, stream);
  const format = parseFormat("float32");
  const bits = countBits(values, filters, format, "per-tensor");
  assert.deepEqual(
    [layer.name, layer.filters, layer.channels, layer.macs],
    [tensor.name, times * filters, reductionLength, times * values.length],
  );
  const { zeroValues, zeroBits, essentialDigits, sqnr_dB } = bitShares([bits], format);
  assert.deepEqual(
    [layer.zeroValues, layer.zeroBits, layer.essentialDigits, layer.sqnr_dB],
    [zeroValues, zeroBits, essentialDigits, sqnr_dB],
  );
  assert.deepEqual(
    layer.planeDensity,
    bits.ones.map((ones) => ones / bits.weights),
  );
  // Filters that are repeated one by one take in lockstep what each takes alone.
  const once = summarizeGroups([groupStatistics(values, filters, request(stream))]);
  assertSummary(layer.distillation, once, times);
};

const folder = mkdtempSync(join(tmpdir(), "bitfront-large-"));
try {
  const bytes = writeFile(join(folder, "large.safetensors"));
  console.log(`- a file of ${(bytes / mebibyte).toFixed(1)} MiB`);
  const began = performance.now();
  const { profiled, peak } = await profile(folder);
  const seconds = (performance.now() - began) / 1000;
  console.log(
    `- profiled in ${seconds.toFixed(0)} s: ${engineering(bytes / seconds)} bytes/s, ` +
      `${engineering(profiled.macs / seconds)} weights/s; peak ${(peak / mebibyte).toFixed(0)} MiB`,
  );
  assert.ok(peak < mostMemory, `peak of ${peak} bytes, expected less than ${mostMemory}`);
  assert.equal(profiled.layers.length, tensors.length + 1);
  tensors.forEach((tensor, stream) => {
    assertLayer(profiled.layers[stream], tensor, stream);
  });
  const nothing = profiled.layers[tensors.length];
  assert.deepEqual([nothing.name, nothing.zeroValues, nothing.zeroBits], [zeros.name, 1, 1]);
  // Eight empty windows of eight lanes.
  assert.equal(nothing.distillation.mean_cycles, 8);
  console.log("- and as is known of it");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
