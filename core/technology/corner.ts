import type { Technology } from "./technology.ts";

/** Every uncertain number at the low end of its range, at its value, or at the high end. */
export const corners = ["low", "nominal", "high"] as const;
export type Corner = (typeof corners)[number];

/**
 * The tables with every quantity that has a range at that end of it. Costs rise with every such quantity, so that
 * energy and area of a design lie between those of its two ends.
 */
export const technologyAt = (technology: Technology, corner: Corner): Technology => {
  if (corner === "nominal") return technology;
  const known = ends.get(technology) ?? {
    low: atEnd(technology, 0) as Technology,
    high: atEnd(technology, 1) as Technology,
  };
  ends.set(technology, known);
  return known[corner];
};

const ends = new WeakMap<Technology, Readonly<Record<"low" | "high", Technology>>>();

const atEnd = (data: unknown, end: 0 | 1): unknown => {
  if (Array.isArray(data)) return data.map((item) => atEnd(item, end));
  if (typeof data !== "object" || data === null) return data;
  const { value, range } = data as { readonly value?: unknown; readonly range?: readonly number[] };
  if (typeof value === "number" && range !== undefined) return { ...data, value: range[end] };
  return Object.fromEntries(Object.entries(data).map(([name, item]) => [name, atEnd(item, end)]));
};
