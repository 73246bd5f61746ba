import type { Quantity } from "../../../core/technology/component.ts";
import type { DramType } from "../../../core/technology/dram.ts";
import type { BitletModule, Node, Technology } from "../../../core/technology/technology.ts";

/** Values of the five modules in the order of `bitletModules`. */
const modules = (
  preprocessing: number,
  wireOrchestrator: number,
  checkWindow: number,
  adderTree: number,
  postprocessing: number,
): Record<BitletModule, number> => ({
  preprocessing,
  wireOrchestrator,
  checkWindow,
  adderTree,
  postprocessing,
});

const evidence = { source: "made up", mark: "stated" } as const;

/** A quantity of round numbers. */
const made = (value: number, unit: string, range?: readonly [number, number]): Quantity => ({
  ...evidence,
  value,
  unit,
  ...(range && { range }),
});

const reference = { pes: 4, laneWidth: 16, inputPorts: 8, window: 8, clock_GHz: 2 };

/** A node whose areas, powers and SRAM costs are `factor` times those of the first. */
const node = (node_nm: number, factor: number): Node => {
  const times = (values: readonly number[]): number[] => values.map((value) => value * factor);
  const rows = (row: Record<BitletModule, number>, unit: string): Record<BitletModule, Quantity> =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, made(value * factor, unit)]),
    ) as Record<BitletModule, Quantity>;
  return {
    node_nm,
    bitlet: {
      ...reference,
      // 1 mm² over 4 processing elements.
      area: rows(modules(0.4, 0.2, 0.1, 0.2, 0.1), "mm2"),
      // At 4 · 2 GHz: 100, 65 and 53 pJ a busy cycle.
      power: {
        float32: rows(modules(480, 96, 48, 144, 32), "mW"),
        fixed16: rows(modules(320, 64, 32, 96, 8), "mW"),
        fixed8: rows(modules(320, 32, 16, 48, 8), "mW"),
      },
      printedArea: made(1 * factor, "mm2"),
      printedPower: { float32: made(800 * factor, "mW") },
    },
    sram: {
      lop: {
        ...evidence,
        cycle: made(1, "ns"),
        ports: [
          {
            bits: 64,
            sizes_KiB: [1 / 32, 1 / 16, 1, 4, 16, 64],
            validity_KiB: [1 / 64, 128],
            read_pJ: times([4, 8, 8, 16, 32, 64]),
            write_pJ: times([8, 24, 16, 32, 64, 128]),
          },
          {
            bits: 128,
            sizes_KiB: [1, 16],
            validity_KiB: [0.5, 32],
            read_pJ: times([10, 40]),
            write_pJ: times([20, 80]),
          },
        ],
        leakage_mW: times([0.1, 0.2, 0.4, 1.6, 6.4, 25.6]),
        area_mm2: times([0.001, 0.002, 0.01, 0.04, 0.16, 0.64]),
      },
    },
  };
};

const dram = (energy: number, bandwidth: number, background: Quantity, burst: number): DramType => ({
  energy: made(energy, "pJ/bit"),
  bandwidth: made(bandwidth, "GB/s"),
  background,
  burst: made(burst, "B"),
});

/** A technology of round numbers, made up for calculations by hand; 65 nm is 3 times 28 nm in every respect. */
export const exampleTechnology: Technology = {
  nodes: { "28nm": node(28, 1), "65nm": node(65, 3) },
  gates: {
    ...evidence,
    mark: "measured",
    laneWidths: [16, 32, 64],
    inputPorts: [8, 8, 8],
    window: 8,
    validity: [8, 128],
    // Straight lines, through which fits are exact: 20 + 5 N, of which 8 ports have 8.
    preprocessing: [100, 180, 340],
    // 24 check windows of 2 + N / 2, and 4 N of wiring.
    computeEngine: [24 * 10 + 64, 24 * 18 + 128, 24 * 34 + 256],
    checkWindow: [10, 18, 34],
    accumulator: [50, 50, 50],
    postprocessing: [20, 20, 20],
    inputPort: made(1, "GE"),
    node_nm: 28,
    clock_GHz: 2,
    area: made(0.5, "um2"),
    energy: made(0.25, "fJ", [0.125, 0.5]),
  },
  totals: {
    fig8: { ...reference, node_nm: 28, power: { float: made(0.8, "W"), fixed: made(0.4, "W") } },
    "tables6-7": { ...reference, node_nm: 28, power: { float: made(0.8, "W"), fixed: made(0.2, "W") } },
  },
  bbs28: {
    node_nm: 28,
    clock_GHz: 0.5,
    laneWidth: 32,
    format: "fixed8",
    area: made(1000, "um2"),
    power: made(0.5, "mW"),
    layoutPower: made(2, "1"),
  },
  machines: {},
  dram: {
    ddr3: dram(10, 0.4, made(0.02, "W", [0.01, 0.05]), 4),
    hbm2: dram(2, 64, made(1, "W"), 32),
  },
  shares: { leakShare: made(0.05, "1"), idleShare: made(0.5, "1", [0.1, 1]) },
  layout: { power: made(2, "1", [1.5, 3]), area: made(1.25, "1", [1, 2]) },
  // Clock at a voltage V: (V − 0.4) / V / 0.6 of the nominal one.
  supply: {
    threshold: made(0.4, "1"),
    exponent: made(1, "1"),
    minimum: made(0.8, "1"),
    maximum: made(1.2, "1"),
    pathLevels: made(10, "1"),
  },
  scaling: {
    ...evidence,
    mark: "derived",
    from_nm: 65,
    to_nm: 28,
    divisors: {
      logicArea: 3,
      logicPower: 3,
      sramRead: 3,
      sramWrite: 3,
      sramLeakage: 3,
      sramArea: 3,
    },
    validity_nm: [7, 180],
  },
};
