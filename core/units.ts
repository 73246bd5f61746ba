/**
 * Units as type-level brands. A plain number may be given where a unit is asked for (arithmetic yields plain
 * numbers), but one unit is never accepted for another: passing `Joules` where `Seconds` is asked does not compile.
 */
type Unit<U extends string> = number & { readonly _unit?: U };

export type Cycles = Unit<"cycle">;
export type Seconds = Unit<"s">;
export type Bits = Unit<"bit">;
export type Bytes = Unit<"B">;
export type Joules = Unit<"J">;
export type SquareMillimetres = Unit<"mm2">;
