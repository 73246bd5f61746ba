/** Probabilities of 0 … `draws` successes among independent draws that each succeed with `probability`, in [0, 1]. */
export const binomial = (draws: number, probability: number): Float64Array => {
  const masses = new Float64Array(draws + 1);
  masses[0] = 1;
  for (let draw = 0; draw < draws; draw++) {
    for (let count = draw + 1; count > 0; count--) {
      masses[count] = masses[count] * (1 - probability) + masses[count - 1] * probability;
    }
    masses[0] *= 1 - probability;
  }
  return masses;
};
