import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as Effect from "effect/Effect";
import { expect, it } from "vitest";
import { profileStream } from "../../../explore/cli/profile-stream.ts";
import { writeSafetensors } from "../../fixtures/safetensors-writer.ts";
import { temporaryFolder } from "../engine/fixture.ts";
import { bitfront } from "./command.ts";

const folder = temporaryFolder();
const matrix = (name: string, dtype: "F32" | "BF16", values: readonly number[]) => ({
  name,
  dtype,
  shape: [2, values.length / 2],
  values,
});

writeFileSync(
  join(folder, "one.safetensors"),
  writeSafetensors([
    matrix("a", "F32", [7, -3, 0, 4]),
    { name: "b", dtype: "F32", shape: [3], values: [1, 2, 3] },
  ]),
);
writeFileSync(join(folder, "two.safetensors"), writeSafetensors([matrix("c", "BF16", [7, 7])]));
writeFileSync(
  join(folder, "model.safetensors.index.json"),
  JSON.stringify({ weight_map: { a: "one.safetensors", b: "one.safetensors", c: "two.safetensors" } }),
);
const vector = writeSafetensors([{ name: "b", dtype: "F32", shape: [1], values: [1] }]);
writeFileSync(join(folder, "vector.safetensors"), vector);

it("profile reads the shards of an index in a format of more bits than they have if asked to, and answers as of a network", async () => {
  const { status, stdout, stderr } = await bitfront(
    folder,
    ...["profile", "model.safetensors.index.json", "--allow-upcast", "--workers", "1", "--json"],
  );
  expect([status, stderr]).toEqual([0, ""]);
  const profile = JSON.parse(stdout);
  // Significands: 7 = 1.11, 3 = 1.1, 0, 4 = 1, and 1.11 twice.
  expect(profile).toMatchObject({
    network: "model",
    format: "float32",
    macs: 6,
    parameters: 9,
    zeroValues: 1 / 6,
    zeroBits: 1 - 12 / (6 * 24),
    otherTensors: { count: 1, parameters: 3 },
    layers: [
      { name: "a", kind: "linear", macs: 4, parameters: 4, filters: 2, channels: 2, stored: "float32" },
      { name: "c", kind: "linear", macs: 2, parameters: 2, filters: 2, channels: 1, stored: "bfloat16" },
    ],
  });
  expect(profile.distillation.groups).toBe(4);
});

it.each([
  [
    "inputs",
    "one.safetensors",
    { input: ["x=1"] },
    "ignore",
    /--input has no effect on .*, which has weights alone/,
  ],
  [
    "a phase of training",
    "one.safetensors",
    { phase: "training" },
    "ignore",
    /--phase has no effect on .*, which has weights alone/,
  ],
  [
    "captured activations",
    "one.safetensors",
    {},
    "captured",
    /captured: .* has weights alone, no activations/,
  ],
  [
    "a file without a matrix",
    "vector.safetensors",
    {},
    "ignore",
    /has no tensor of two or more dimensions to profile/,
  ],
  [
    "a float format of weights that were stored in fewer bits",
    "two.safetensors",
    {},
    "ignore",
    /two, tensor "c" was stored in bfloat16: as float32 its low mantissa bits would count as sparsity/,
  ],
  ["a file that is absent", "absent.safetensors", {}, "ignore", /absent\.safetensors: there is no such file/],
] as const)("profile refuses %s", async (_, file, changes, activationExponents, message) => {
  const flags = {
    network: join(folder, file),
    allowUpcast: false,
    input: [],
    phase: "forward" as const,
    workers: 1,
    results: join(folder, "results"),
    json: true,
    ...changes,
  };
  const settings = {
    format: "float32",
    quantization: "per-tensor",
    laneWidth: 64,
    window: 8,
    activePlanes: 24,
    activationExponents,
    activationVectors: 16,
    activationZeros: 0,
    seed: 0,
  } as const;
  const error = await Effect.runPromise(Effect.flip(profileStream(flags, settings)));
  expect(error.message).toMatch(message);
});
