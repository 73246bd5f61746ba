/** Banks of the accumulators of a processing element. */
export const banks = 32;

/**
 * The bank of output (x, y) of filter k [DNNsim]: (((k & 4) ≪ 2 ^ (x & 2) ≪ 3 ^ (y & 2) ≪ 3) + ((x & 1) ≪ 3) +
 * ((y & 1) ≪ 2) + (k & 3)) mod 32. x, y are coordinates in the output plane and k counts the filters of the layer, as in
 * DNNsim. The sum has no carries, so that the bank is that of the filter, exclusive-or'ed with that of the position.
 */
export const bankOf = (k: number, x: number, y: number): number => bankOfFilter(k) ^ (placeOf(x, y) << 2);

/** Bits 0, 1 and 4 of the bank. */
export const bankOfFilter = (k: number): number => (k & 3) | ((k & 4) << 2);

/** Bits 2, 3 and 4 of the bank as a number from 0 to 7. */
const placeOf = (x: number, y: number): number => (y & 1) | ((x & 1) << 1) | (((x ^ y) & 2) << 1);

/** Values of `placeOf`. */
export const places = 8;
