import { floatFields } from "../numerics/float-fields.ts";
import { gridPlanes } from "../numerics/formats.ts";
import { activationOperands, float32View } from "./activation-operands.ts";
import { roundToFixed } from "./fixed-result.ts";
import { roundToFloat32 } from "./float-result.ts";
import { checkGroup, type Group, type ProcessingElement } from "./group.ts";

/**
 * The result word that a processing element without numerical short cuts would give for a group: the exact sum of the
 * exact products, rounded once, half to even. Float: to float32 with denormals, overflow to infinity, and IEEE 754's
 * infinities and NaN (7fc00000) for such operands. Fixed: the integer sum shifted right by quant, saturated to 25 bits.
 * `docs/processing-element.md` lists where `processGroup` differs; it takes the same cycles.
 *
 * A plane mask drops the bits it disables, and a bit below plane 0 of the grid shares the fate of plane 0: so nothing
 * is lost with all planes enabled, and pruning the least significant planes drops all that lies under the cut. The grid
 * hangs from the largest exponent of the products that are not zero.
 * Throws ModelError for a setting or an operand out of range (see `checkGroup`).
 */
export const idealResult = (element: ProcessingElement, group: Group): number => {
  checkGroup(element, group);
  return element.kind === "float" ? idealFloat(element.mask, group) : idealFixed(element, group);
};

const idealFixed = ({ mask, quant }: ProcessingElement, { weights, activations }: Group): number => {
  const { mantissas } = activationOperands("fixed", activations);
  let sum = 0n;
  for (let lane = 0; lane < mantissas.length; lane++) {
    const product = BigInt(weights.magnitudes[lane] & mask) * BigInt(mantissas[lane]);
    sum += weights.signs[lane] === 1 ? -product : product;
  }
  return roundToFixed(sum, quant);
};

const idealFloat = (mask: number, { weights, activations }: Group): number => {
  const fields = floatFields(float32View(activations));
  const products = Array.from(activations, (word, lane) => ({
    negative: (weights.signs[lane] ^ (word >>> 31)) === 1,
    weight: weights.magnitudes[lane],
    activation: fields.magnitudes[lane],
    weightExponent: weights.exponents[lane],
    activationExponent: fields.exponents[lane],
  }));
  const special = specialSum(products);
  if (special !== undefined) return special;
  const terms = products
    .filter(({ weight, activation }) => weight !== 0 && activation !== 0)
    .map((product) => ({ ...product, exponent: product.weightExponent + product.activationExponent }));
  const largest = Math.max(...terms.map(({ exponent }) => exponent));
  let sum = 0n;
  for (const { negative, weight, activation, exponent } of terms) {
    const product = BigInt(keptBits(weight, largest - exponent, mask)) * BigInt(activation);
    sum += (negative ? -product : product) << BigInt(exponent);
  }
  // Both magnitudes count in units of 2^(exponent − 150).
  return roundToFloat32(sum);
};

/** The bits of a magnitude that stay when its bit `distance` lies on plane 0 and all below it goes with plane 0. */
const keptBits = (magnitude: number, distance: number, mask: number): number => {
  const below = (mask & 1) === 1 ? 2 ** Math.min(distance, gridPlanes) - 1 : 0;
  const within = distance < gridPlanes ? mask << distance : 0;
  return magnitude & (within | below);
};

interface Product {
  readonly negative: boolean;
  readonly weight: number;
  readonly activation: number;
  readonly weightExponent: number;
  readonly activationExponent: number;
}

/** The sum as a word where an operand is infinite or NaN and thus decides it; undefined where all are finite. */
const specialSum = (products: readonly Product[]): number | undefined => {
  let sum = 0;
  for (const { negative, weight, activation, weightExponent, activationExponent } of products) {
    const product = standIn(weight, weightExponent) * standIn(activation, activationExponent);
    sum += negative ? -product : product;
  }
  if (Number.isNaN(sum)) return 0x7fc00000;
  if (Number.isFinite(sum)) return undefined;
  return sum < 0 ? 0xff800000 : 0x7f800000;
};

/** A small number that meets infinities and NaN as the operand itself does. */
const standIn = (magnitude: number, exponent: number): number => {
  if (exponent === 255) return (magnitude & 0x7fffff) === 0 ? Infinity : Number.NaN;
  return magnitude === 0 ? 0 : 1;
};
