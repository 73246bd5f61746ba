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

/** A node whose areas, powers and SRAM energies are `factor` times those of the first. */
const node = (factor: number): Node => {
  const times = (values: readonly number[]): number[] => values.map((value) => value * factor);
  const scaled = (row: Record<BitletModule, number>): Record<BitletModule, number> => {
    const [first, second, third, fourth, fifth] = times(Object.values(row));
    return modules(first, second, third, fourth, fifth);
  };
  return {
    bitlet: {
      ...evidence,
      pes: 4,
      laneWidth: 16,
      clock_GHz: 2,
      // 1 mm² over 4 processing elements.
      area_mm2: scaled(modules(0.4, 0.2, 0.1, 0.2, 0.1)),
      // At 4 · 2 GHz: 100, 65 and 53 pJ a busy cycle.
      power_mW: {
        float32: scaled(modules(480, 96, 48, 144, 32)),
        fixed16: scaled(modules(320, 64, 32, 96, 8)),
        fixed8: scaled(modules(320, 32, 16, 48, 8)),
      },
    },
    sram: {
      ...evidence,
      accessBits: 64,
      sizes_KiB: [1 / 32, 1 / 16, 1, 4, 16, 64],
      read_pJ: times([4, 8, 8, 16, 32, 64]),
      write_pJ: times([8, 24, 16, 32, 64, 128]),
      leakage_mW: times([0.1, 0.2, 0.4, 1.6, 6.4, 25.6]),
      area_mm2: times([0.001, 0.002, 0.01, 0.04, 0.16, 0.64]),
    },
  };
};

/** A technology of round numbers, made up for calculations by hand; 65 nm is 3 times 28 nm in every respect. */
export const exampleTechnology: Technology = {
  nodes: { "28nm": node(1), "65nm": node(3) },
  gates: {
    ...evidence,
    mark: "measured",
    laneWidths: [16, 32, 64],
    preprocessing: [100, 200, 400],
    // 24 check windows and 60, 240, 960 gates of wiring.
    computeEngine: [300, 720, 1920],
    checkWindow: [10, 20, 40],
    accumulator: [50, 50, 50],
    postprocessing: [20, 20, 20],
  },
  dram: {
    ddr3: { ...evidence, energy_pJPerBit: 10, bandwidth_GBs: 0.4 },
    hbm2: { ...evidence, energy_pJPerBit: 2, bandwidth_GBs: 64 },
  },
  leakShare: { ...evidence, value: 0.05 },
};
