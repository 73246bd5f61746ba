import { normal, type Uniform } from "../random.ts";
import { digamma, logGamma, solveMonotone, trigamma } from "./gamma-function.ts";

/** Shapes that are told apart: a kurtosis of 300 at the one end, nearly uniform at the other. */
const leastShape = 0.25;
const mostShape = 32;

/**
 * A gamma deviate of `shape` ≥ 1 and scale 1. Method: Marsaglia and Tsang, "A Simple Method for Generating Gamma
 * Variables", ACM TOMS 26(3), 2000.
 */
const gammaDeviate = (shape: number): ((uniform: Uniform) => number) => {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  return (uniform) => {
    for (;;) {
      const x = normal(uniform);
      const root = 1 + c * x;
      if (root <= 0) continue;
      const v = root * root * root;
      const u = uniform();
      const square = x * x;
      if (u < 1 - 0.0331 * square * square) return d * v;
      if (Math.log(u) < square / 2 + d * (1 - v + Math.log(v))) return d * v;
    }
  };
};

/**
 * Deviates of the generalized normal distribution (exponential power) of mean 0 and variance 1: density proportional to
 * exp(−|x / a|^shape), a² = Γ(1/shape) / Γ(3/shape). Shape 1 is Laplace, 2 normal, the limit uniform. Drawn as a product
 * of a uniform deviate in −1 … 1 and a · g^(1/shape), g of the gamma distribution with shape 1 + 1/shape (Walker and
 * Gutiérrez-Peña, "Robustifying Bayesian procedures", Bayesian Statistics 6, 1999).
 */
export const generalizedNormal = (shape: number): ((uniform: Uniform) => number) => {
  const power = 1 / shape;
  const scale = Math.exp((logGamma(power) - logGamma(3 * power)) / 2);
  const gamma = gammaDeviate(1 + power);
  return (uniform) => {
    const width = scale * gamma(uniform) ** power;
    return width * (2 * uniform() - 1);
  };
};

/** (E|x|)² / E x² of a generalized normal distribution; rises with the shape, from 1/2 for Laplace over 2/π for normal. */
const magnitudeRatio = (shape: number): number =>
  Math.exp(2 * logGamma(2 / shape) - logGamma(1 / shape) - logGamma(3 / shape));

/**
 * The shape of the generalized normal distribution that has this (E|x|)² / E x² (Mallat, IEEE PAMI 11(7), 1989, appendix
 * C), in 0.25 … 32.
 */
export const shapeOfRatio = (ratio: number): number =>
  solveMonotone(magnitudeRatio, ratio, leastShape, mostShape);

/** E x⁴ / (E x²)² of a generalized normal distribution: 6 for Laplace, 3 for normal, 1.8 for uniform. */
export const kurtosis = (shape: number): number =>
  Math.exp(logGamma(5 / shape) + logGamma(1 / shape) - 2 * logGamma(3 / shape));

/** Spreads of ln scales below this are none. */
const leastSpread = 1e-3;

/**
 * Deviates of ln s with mean 0 and standard deviation `spread`, s² of a gamma distribution: its shape k has ψ′(k) =
 * 4 · spread². For small spreads s is log-normal; for larger ones, few scales lie far below the rest and none far above.
 */
export const logScale = (spread: number): ((uniform: Uniform) => number) => {
  if (spread < leastSpread) return () => 0;
  const shape = solveMonotone(trigamma, 4 * spread * spread, 1e-3, 1e6);
  const mean = digamma(shape);
  const gamma = gammaDeviate(shape + 1);
  // The deviate of shape + 1 times u^(1/shape) has this shape; its logarithm exists where it would underflow.
  return (uniform) => (Math.log(gamma(uniform)) + Math.log(1 - uniform()) / shape - mean) / 2;
};
