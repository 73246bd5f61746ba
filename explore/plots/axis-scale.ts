/** How positive values are laid along an axis or a colour bar: the scale, its ends, its ticks and their format. */
export interface AxisScale {
  readonly type: "log" | "linear";
  readonly domain: readonly [number, number];
  /** Undefined where Vega's own ticks do. */
  readonly ticks: number[] | undefined;
  /** A d3 number format: SI prefixes where ticks are very small or very large. */
  readonly format: string;
}

/** Ticks of a logarithmic axis: 1, 2, 5 a decade while these are few, then every or every n-th power of ten. */
const logarithmicTicks = (low: number, high: number): number[] => {
  const decades = Math.log10(high) - Math.log10(low);
  const multipliers = decades < 3 ? [1, 2, 5] : [1];
  const step = Math.max(1, Math.ceil(decades / 10));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    if (power % step !== 0) continue;
    for (const multiplier of multipliers) {
      const tick = Number(`${multiplier}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
};

/**
 * The scale for finite, positive values: logarithmic where they spread over more than a decade, otherwise linear
 * without a forced zero. `margin` is the share of the axis left free at either end. `prefixes` allows SI prefixes,
 * which suit joules but not square millimetres.
 */
export const axisScale = (values: Float64Array, margin: number, prefixes: boolean): AxisScale => {
  let [low, high] = [Infinity, 0];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const format = prefixes && (low < 0.01 || high >= 10_000) ? "~s" : ".6~g";
  if (high / 10 > low) {
    const factor = 10 ** (margin * (Math.log10(high) - Math.log10(low)));
    const domain = [
      Math.max(low / factor, Number.MIN_VALUE),
      Math.min(high * factor, Number.MAX_VALUE),
    ] as const;
    return { type: "log", domain, ticks: logarithmicTicks(...domain), format };
  }
  // Values that agree to nine digits are one value: an axis between them could not be labelled.
  const free = high - low > 1e-9 * high ? (high - low) * margin : high * 0.1;
  return {
    type: "linear",
    domain: [low - free, Math.min(high + free, Number.MAX_VALUE)],
    ticks: undefined,
    format,
  };
};

/** Where a value lies on the axis: 0 at its beginning, 1 at its end. */
export const positionOn = ({ type, domain }: AxisScale, value: number): number => {
  const along = type === "log" ? Math.log : (plain: number) => plain;
  return (along(value) - along(domain[0])) / (along(domain[1]) - along(domain[0]));
};

/** The value at a position of the axis; the inverse of positionOn. */
export const valueAt = ({ type, domain: [low, high] }: AxisScale, position: number): number =>
  type === "log" ? low ** (1 - position) * high ** position : low + (high - low) * position;
