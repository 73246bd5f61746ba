import { type Encoding, type SignedDigits, signedDigits } from "./encodings.ts";

/**
 * In which signed powers of two ("terms") a term-serial machine takes an operand. `none`: the ones of the magnitude;
 * `dnnsim`: the recoding of the DNNsim simulator, which turns runs of ones into a difference (see `runDigits`);
 * `canonical`: canonical signed digits, the fewest terms there are.
 */
export type Recoding = "none" | "dnnsim" | "canonical";

/** Every recoding. */
export const recodings: readonly Recoding[] = ["none", "dnnsim", "canonical"];

/**
 * Writes codes of `bits` bits, sign included, in terms: code = positive − negative, a term for each one in either word.
 * Terms have the significances 0 … bits − 1: a recoding may use one place more than the magnitude has.
 * Throws ModelError `code-range` for a code that does not fit sign and magnitude, and where `bits` is not 1 … 31.
 */
export const recodedDigits = (codes: Int32Array, bits: number, recoding: Recoding): SignedDigits => {
  if (recoding !== "dnnsim") return signedDigits(codes, bits, encodingOf[recoding]);
  const digits = signedDigits(codes, bits, "signMagnitude");
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index];
    const { plus, minus } = runDigits(Math.abs(code));
    digits.positive[index] = code < 0 ? minus : plus;
    digits.negative[index] = code < 0 ? plus : minus;
  }
  return digits;
};

const encodingOf: Readonly<Record<Exclude<Recoding, "dnnsim">, Encoding>> = {
  none: "signMagnitude",
  canonical: "canonicalSignedDigits",
};

/**
 * The recoding of DNNsim (github isakedo/DNNsim) of one magnitude below 2³⁰, from the top bit down. Outside a run, 111
 * opens one with a term one place above it, and any other 1 is a term. Inside a run each 0 is a negative term, and a 1
 * before 00 closes the run with a negative term; the other ones of a run cost nothing. Below the last bit are zeros.
 */
const runDigits = (magnitude: number): { readonly plus: number; readonly minus: number } => {
  let plus = 0;
  let minus = 0;
  let inRun = false;
  for (let place = 31 - Math.clz32(magnitude); place >= 0; place--) {
    const bit = 1 << place;
    const one = (magnitude & bit) !== 0;
    // This bit and the two below it, as a number; zeros below the last.
    const three = ((magnitude << 2) >> place) & 7;
    if (inRun) {
      if (!one) minus |= bit;
      else if (three === 4) {
        minus |= bit;
        inRun = false;
      }
    } else if (three === 7) {
      plus |= bit << 1;
      inRun = true;
    } else if (one) plus |= bit;
  }
  return { plus, minus };
};
