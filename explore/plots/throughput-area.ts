import type { DesignPoints, PlotText } from "./design-points.ts";
import { designScatter } from "./design-scatter.ts";
import type { TopLevelSpec } from "./render.ts";

/** Throughput against area: what the silicon buys. */
export const throughputArea = (points: DesignPoints, text: PlotText): TopLevelSpec =>
  designScatter("throughput-area", points, text, "area_mm2", undefined);
