import type { DesignPoints, PlotText } from "./design-points.ts";
import { designScatter } from "./design-scatter.ts";
import type { TopLevelSpec } from "./render.ts";

/** Throughput against energy, with the area as colour: the three classic objectives in one picture. */
export const throughputEnergy = (points: DesignPoints, text: PlotText): TopLevelSpec =>
  designScatter("throughput-energy", points, text, "energy_J", "area_mm2");
