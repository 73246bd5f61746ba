/** 2^(exponent − 150) for a biased exponent: the value of the lowest of 24 magnitude bits. */
const lowestBit = Float64Array.from({ length: 256 }, (_, exponent) => 2 ** (exponent - 150));

const shifts = new Uint16Array(256);

/**
 * Aligns one group as `alignGroup` does, its slow twin, and measures what is lost: returns Σ (|w| − |w′|)² over the
 * lanes, w the weights and w′ what the processing element adds up in their place: the aligned magnitudes without the
 * bits that left the 24-bit grid and without those of planes outside `mask`, back at the scale of each weight.
 * Writes `aligned[0 … lanes)`; at most 256 lanes.
 */
export const alignMeasured = (
  weights: Float32Array,
  magnitudes: Int32Array,
  weightExponents: Uint8Array,
  weightOffset: number,
  activationExponents: Uint8Array,
  activationOffset: number,
  lanes: number,
  mask: number,
  aligned: Int32Array,
): number => {
  let largest = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const sum = weightExponents[weightOffset + lane] + activationExponents[activationOffset + lane];
    shifts[lane] = sum;
    if (sum > largest) largest = sum;
  }
  let power = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const place = weightOffset + lane;
    const shift = Math.min(31, largest - shifts[lane]);
    const word = magnitudes[place] >>> shift;
    aligned[lane] = word;
    const lost = Math.abs(weights[place]) - ((word & mask) << shift) * lowestBit[weightExponents[place]];
    power += lost * lost;
  }
  return power;
};
