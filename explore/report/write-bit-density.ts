import { join } from "node:path";
import { parseFormat } from "../../core/numerics/formats.ts";
import type { NetworkProfile } from "../../core/workloads/profile.ts";
import { bitDensity } from "../plots/bit-density.ts";
import { writePlot } from "../plots/write-plot.ts";
import type { Distilled } from "./distillation-profile.ts";

/**
 * Draws the bit density of a profiled network, layer by plane, as the channels see it, into `profiles/` of the results
 * folder. Answers with the path of the PNG file.
 */
export const writeBitDensity = async (
  profile: Distilled & Pick<NetworkProfile, "network" | "mark">,
  results: string,
): Promise<string> => {
  const { network, settings, layers, distillation, mark } = profile;
  const format = parseFormat(settings.format);
  const directory = join(results, "profiles", `${network}-${format.name}`);
  const seen =
    format.kind === "float"
      ? `after alignment in groups of ${settings.laneWidth}, with ${alignedWith[settings.activationExponents]}`
      : `${settings.quantization} scales`;
  const zeros = distillation.alignedPlaneDensity.slice(0, format.planes);
  const ones = zeros.reduce((sum, density) => sum + density, 0) / format.planes;
  const spec = bitDensity(
    layers.map(({ name, distillation: { alignedPlaneDensity } }) => ({ name, density: alignedPlaneDensity })),
    format.planes,
    {
      title: `${network}: ones in the bit planes, ${format.name}`,
      subtitle: `${seen}; ${(100 * ones).toFixed(1)} % ones in all${mark === undefined ? "" : `; ${mark}`}`,
    },
  );
  await writePlot(directory, "bit-density", spec);
  return join(directory, "bit-density.png");
};

const alignedWith = {
  ignore: "equal activation exponents",
  distribution: "half-normal activations",
  captured: "captured activations",
} as const;
