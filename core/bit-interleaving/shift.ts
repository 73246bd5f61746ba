/** Shifts a signed integer left by `bits`, which may be negative: then it is rounded down (floor). */
export const shift = (value: bigint, bits: number): bigint =>
  bits < 0 ? value >> BigInt(-bits) : value << BigInt(bits);

/** Shifts a signed integer left by `bits`, which may be negative: then it is rounded to nearest, half to even. */
export const shiftToNearest = (value: bigint, bits: number): bigint => {
  const floor = shift(value, bits);
  if (bits >= 0) return floor;
  const half = 1n << BigInt(-bits - 1);
  const rest = value - (floor << BigInt(-bits));
  return rest > half || (rest === half && (floor & 1n) === 1n) ? floor + 1n : floor;
};
