import { beforeAll, describe, expect, it } from "vitest";
import { type GroupStatistics, groupStatistics } from "../../../core/bit-interleaving/group-statistics.ts";
import { bitlet } from "../../../core/machines/bitlet/bitlet.ts";
import type { Configuration } from "../../../core/machines/parameter.ts";
import { type Agreement, agreement } from "../../../core/model/agreement.ts";
import type { Network } from "../../../core/workloads/network.ts";
import { loadNetwork } from "../../../explore/catalog/load-network.ts";

const published: Configuration = Object.fromEntries(
  bitlet.parameters.map((parameter) => [parameter.name, parameter.default]),
);
const formats = ["float32", "fixed16", "fixed8"];
const networkNames = ["esrgan-slim", "ocr-recognition"];
const networks: Record<string, Network> = {};
const found = new Map<string, Agreement>();

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

beforeAll(async () => {
  const lines: string[] = [];
  for (const name of networkNames) {
    const network = await loadNetwork(name, { baseDirectory: process.cwd() });
    networks[name] = network;
    for (const precision of formats) {
      const configuration = { ...published, precision };
      const statistics: GroupStatistics[] = network.layers.map((layer, index) =>
        groupStatistics(layer.weights.values, layer.filters, bitlet.statistics(configuration, 7, index)),
      );
      for (const pes of [1, 32]) {
        const result = agreement(
          bitlet,
          { ...configuration, pes },
          network.layers,
          (layer) => statistics[layer],
        );
        found.set(`${name} ${precision} ${pes}`, result);
        const { analytical, dataBlind } = result;
        lines.push(
          `${name} ${precision} on ${pes}: median ${percent(analytical.median)}, MAC-weighted ` +
            `${percent(analytical.macWeighted)}, worst ${analytical.worst.layer} ${percent(analytical.worst.error)}; ` +
            `data-blind ${percent(dataBlind.median)}, ${percent(dataBlind.macWeighted)}`,
        );
      }
    }
  }
  console.log(lines.join("\n"));
}, 120_000);

describe.each(networkNames)("group time of %s, analytical against cycle model", (name) => {
  it.each(formats)("%s on one PE: median ≤ 1 %%, MAC-weighted ≤ 2 %%", (precision) => {
    const { analytical } = found.get(`${name} ${precision} 1`) as Agreement;
    expect(analytical.median).toBeLessThanOrEqual(0.01);
    expect(analytical.macWeighted).toBeLessThanOrEqual(0.02);
  });

  it.each(formats)("%s on 32 PEs in lockstep: MAC-weighted ≤ 5 %%", (precision) => {
    const { analytical } = found.get(`${name} ${precision} 32`) as Agreement;
    expect(analytical.macWeighted).toBeLessThanOrEqual(0.05);
  });

  it("errs at least 5 times less than a data-blind model on fixed8 with one PE", () => {
    const { analytical, dataBlind } = found.get(`${name} fixed8 1`) as Agreement;
    expect(dataBlind.macWeighted).toBeGreaterThanOrEqual(5 * analytical.macWeighted);
    expect(dataBlind.median).toBeGreaterThanOrEqual(5 * analytical.median);
  });
});
