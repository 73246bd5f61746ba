/**
 * Dynamic exponent matching of one group (MICRO 2021 §3; RTL): with Eᵢ = weight exponent + activation exponent and
 * Emax = max Eᵢ over the group, each magnitude is shifted right by Emax − Eᵢ. Bits that leave the 24-bit grid are
 * dropped, without rounding. Zero products take part in Emax, as in the RTL. Writes `aligned[0 … lanes)`; returns Emax.
 */
export const alignGroup = (
  magnitudes: Int32Array,
  weightExponents: Uint8Array,
  weightOffset: number,
  activationExponents: Uint8Array,
  activationOffset: number,
  lanes: number,
  aligned: Int32Array,
): number => {
  let largest = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const sum = weightExponents[weightOffset + lane] + activationExponents[activationOffset + lane];
    if (sum > largest) largest = sum;
  }
  for (let lane = 0; lane < lanes; lane++) {
    const sum = weightExponents[weightOffset + lane] + activationExponents[activationOffset + lane];
    // Magnitudes have 24 bits: a shift by 31 leaves nothing, as does any longer one.
    aligned[lane] = magnitudes[weightOffset + lane] >>> Math.min(31, largest - sum);
  }
  return largest;
};
