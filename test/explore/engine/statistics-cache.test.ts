import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type GroupProfile,
  type GroupRequest,
  groupStatistics,
} from "../../../core/bit-interleaving/group-statistics.ts";
import { normal, uniformStream } from "../../../core/random.ts";
import type { Layer } from "../../../core/workloads/layer.ts";
import { entryBytes, readEntry, slabBytes, slabEntry, writeEntry } from "../../../explore/engine/slab.ts";
import { cacheFile, contentHash, readCached, writeCached } from "../../../explore/engine/statistics-cache.ts";
import { smallLayer } from "../../core/machines/small-layer.ts";
import { temporaryFolder } from "./fixture.ts";

const request: GroupRequest = {
  format: "float32",
  quantization: "per-tensor",
  laneWidth: 16,
  window: 8,
  activePlanes: 24,
  activationExponents: "distribution",
  activationVectors: 16,
  activationZeros: 0,
  seed: 1,
  stream: 2,
};
const uniform = uniformStream(4, 4);
const weights = Float32Array.from({ length: 5 * 37 }, () => normal(uniform));
const layer: Layer = {
  ...smallLayer({ filters: 5, channels: 37, outputHeight: 1, outputWidth: 1 }),
  weights: { shape: [5, 1, 1, 37], values: weights, stored: "float32", origin: "trained" },
};
const asked = (changes: Partial<GroupRequest> = {}) => ({
  kind: "groups",
  request: { ...request, ...changes },
});
const statistics = groupStatistics(weights, 5, request);

describe("the slab and the cache of statistics", () => {
  it("give back what was put in, beside other entries", () => {
    const first = slabEntry(layer, asked(), 0);
    const second = slabEntry(layer, asked({ format: "fixed8" }), slabBytes(first));
    const slab = new SharedArrayBuffer(slabBytes(first) + slabBytes(second));
    writeEntry(slab, first, statistics);
    writeEntry(slab, second, groupStatistics(weights, 5, { ...request, format: "fixed8" }));
    expect(readEntry(slab, first)).toEqual(statistics);
    expect((readEntry(slab, second) as GroupProfile).vectors).toBe(1);
  });

  it("read a cached statistic, and none that is damaged, cut or absent", async () => {
    const file = cacheFile(temporaryFolder(), contentHash(weights), 5, asked());
    const entry = slabEntry(layer, asked(), 0);
    const slab = new SharedArrayBuffer(slabBytes(entry));
    expect(await readCached(file, entryBytes(slab, entry))).toBe(false);
    writeEntry(slab, entry, statistics);
    await writeCached(file, entryBytes(slab, entry));
    const copy = new SharedArrayBuffer(slabBytes(entry));
    expect(await readCached(file, entryBytes(copy, entry))).toBe(true);
    expect(readEntry(copy, entry)).toEqual(statistics);
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(file, bytes);
    expect(await readCached(file, entryBytes(copy, entry))).toBe(false);
    writeFileSync(file, bytes.subarray(0, 40));
    expect(await readCached(file, entryBytes(copy, entry))).toBe(false);
  });

  it("are found by the content of the weights and by every part of the request", () => {
    const hash = contentHash(weights);
    const changed = weights.slice();
    changed[7] += 1;
    const files = [
      cacheFile("c", hash, 5, asked()),
      cacheFile("c", contentHash(changed), 5, asked()),
      cacheFile("c", hash, 37, asked()),
      cacheFile("c", hash, 5, { ...asked(), kind: "others" }),
      ...Object.entries({
        format: "fixed8",
        laneWidth: 32,
        window: 4,
        activePlanes: 8,
        seed: 2,
        stream: 3,
      }).map(([name, value]) => cacheFile("c", hash, 5, asked({ [name]: value }))),
    ];
    expect(new Set(files).size).toBe(files.length);
  });
});
