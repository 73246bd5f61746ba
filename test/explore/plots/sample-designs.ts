import { normal, uniformStream } from "../../../core/random.ts";
import { paretoFront } from "../../../explore/pareto/front.ts";
import type { DesignPoints } from "../../../explore/plots/design-points.ts";

/**
 * Invented designs that look like a sweep's: throughput over four decades on a few lattice lines, energy and area that
 * follow it with scatter, the true front of the three, and one design as baseline.
 */
export const sampleDesigns = (count: number): DesignPoints => {
  const uniform = uniformStream(3, count);
  const throughput_ips = new Float64Array(count);
  const energy_J = new Float64Array(count);
  const area_mm2 = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    const pes = 2 ** (1 + Math.floor(uniform() * 8));
    const lanes = 2 ** (3 + Math.floor(uniform() * 5));
    const buffer = 2 ** (4 + Math.floor(uniform() * 6));
    const efficiency = Math.exp(0.4 * normal(uniform)) / (1 + lanes / 100);
    throughput_ips[row] = 0.05 * pes * lanes * efficiency;
    energy_J[row] =
      (2e-4 * (1 + 40 / buffer) * Math.exp(0.2 * normal(uniform))) / efficiency ** 0.5 + 1e-7 * pes * lanes;
    area_mm2[row] = 0.02 + 0.0012 * pes * lanes + 0.004 * buffer * (0.9 + 0.2 * uniform());
  }
  const isBaseline = new Uint8Array(count);
  isBaseline[Math.floor(count / 3)] = 1;
  const onFront = new Uint8Array(count);
  for (const row of paretoFront([throughput_ips, energy_J, area_mm2], ["maximize", "minimize", "minimize"])) {
    onFront[row] = 1;
  }
  return { throughput_ips, energy_J, area_mm2, onFront, isBaseline };
};
