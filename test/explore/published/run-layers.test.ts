import { describe, expect, it } from "vitest";
import { machines } from "../../../core/machines/registry.ts";
import { withWeights } from "../../../core/workloads/architecture.ts";
import { runLayers } from "../../../explore/published/run-layers.ts";
import { smallLayer } from "../../core/machines/small-layer.ts";

const { bitlet, dadiannao } = machines;

describe("layers on a machine", () => {
  it("run without weights where no operand decides the cycles", () => {
    // 32 filters over 16 · 16 at once, 20 channels of 16 lanes in two steps, 2 · 2 positions one by one.
    const [run] = runLayers(dadiannao, {}, [smallLayer({ filters: 32 })]);
    expect(run.traced.cycles).toBe(8);
    expect(run.analytical.cycles).toBe(8);
    expect(run.activePes).toBe(32);
    expect(run.configuration).toMatchObject({ precision: "fixed16", tiles: 16 });
    expect(run.statistics).toEqual({ signalPower: 0, noisePower: 0, standardError: 0 });
  });

  it("need weights where operands decide", () => {
    expect(() => runLayers(bitlet, {}, [smallLayer()])).toThrow(
      "layer small has no weights, which decide the cycles of Bitlet",
    );
  });

  it("take the machine's statistics of their weights", () => {
    const network = {
      name: "made",
      source: "made up",
      inputs: {},
      layers: [smallLayer({ channels: 64 })],
      movements: [],
      absorbed: {},
    };
    const { layers } = withWeights(network, ({ filters }) => ({
      shape: [filters, 1, 1, 64],
      // Codes of ±127 with seven ones each: every plane of a group has 64 of them.
      values: new Float32Array(filters * 64).fill(1),
      stored: "float32",
      origin: "synthetic",
    }));
    const changes = { precision: "fixed8", pipeline: "published", pes: 3, spread: "filters" };
    const [run] = runLayers(bitlet, changes, layers);
    // A group of L + D = 10 + 64 cycles at each of four positions.
    expect(run.traced.cycles).toBe(4 * 74);
    expect(run.statistics.signalPower).toBe(3 * 64);
  });

  it("refuse a parameter that the machine does not have", () => {
    expect(() => runLayers(dadiannao, { lanes: 3 }, [smallLayer()])).toThrow("no parameter lanes");
  });
});
